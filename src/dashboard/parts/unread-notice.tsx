import type { ReactNode } from 'preact/compat';
import { useStatus } from '../web/api.js';
import { addressOf } from '../web/url.js';
import { plural } from './format.js';
import { Go } from './parts.js';

/** Names told in the line; the rest is counted. */
const NAMED = 2;

/** One line when the numbers of a page lack an account or a Region; nothing else. */
export function UnreadNotice(): ReactNode {
  const places = useStatus()?.places;
  const [first] = places?.unread ?? [];
  if (!places || !first) return null;
  const names = places.unread.slice(0, NAMED).map(({ accountId, region }) => `${accountId} ${region}`);
  const rest = places.unread.length - names.length;
  const from = places.unread.map((one) => one.from).sort()[0];
  const to = places.unread
    .map((one) => one.to)
    .sort()
    .at(-1);
  return (
    <p className="notice">
      <b>
        {[...names, ...(rest > 0 ? [`${rest} more`] : [])].join(', ')} {places.unread.length === 1 ? 'was' : 'were'} not
        read
      </b>{' '}
      {from === to
        ? `on ${from}`
        : `on ${plural(Math.max(...places.unread.map(({ days }) => days)), 'day')} between ${from} and ${to}`}
      : what ran there may not be in the reports. <Go to={addressOf('/audit')}>Why, and what to do</Go>
    </p>
  );
}
