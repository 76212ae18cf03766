import type { ReactNode } from 'preact/compat';
import type { Acceptance } from '../../analytics/audit/acceptances.js';
import { useZone } from '../web/settings.js';
import { time } from './format.js';
import { CopyButton } from './menus.js';

/** Why something is in order all the same, and since when. */
export function Accepted({ by }: { readonly by: Acceptance | null }): ReactNode {
  const { zone } = useZone();
  if (by === null) return null;
  return (
    <span className="accepted">
      Accepted on {time(by.acceptedAt, zone, 'day')}: {by.reason}
    </span>
  );
}

/** A command line to copy, and what it needs. */
export function Command({ text, note = null }: { readonly text: string; readonly note?: string | null }): ReactNode {
  return (
    <div className="next-step">
      <code>{text}</code>
      <CopyButton text={text}>Copy</CopyButton>
      {note && <span className="soft">{note}</span>}
    </div>
  );
}
