import type { PlaceAccount } from '../../analytics/audit/places.js';
import { EVENT_HISTORY_MS } from '../../cloudtrail/limits.js';
import type { DashboardContext } from '../server/context.js';
import { type CopyPlace, quoted } from './copy-as.js';

/** What to do next about an account and Region that lacks something. */
export interface PlaceAdvice {
  /** The command that reads what lacks; null when nothing does. */
  readonly command: string | null;
  /** What else the command needs. */
  readonly note: string | null;
}

/** Reads days of a tree again. */
export function collectAgain(
  { location, program }: CopyPlace,
  { tree, from, to }: { readonly tree: string; readonly from: string; readonly to: string },
): string {
  return `${program} collect --from ${from} --to ${to} --output ${quoted(joined(location, tree))}`;
}

/** Keeps that the open findings were looked at. */
export function acceptCommand({ location, program }: CopyPlace): string {
  return `${program} verify ${quoted(location)} --accept "<why>"`;
}

/** Gives each account and Region the command that would make it complete. */
export function withCommands(
  places: readonly PlaceAccount[],
  { location, program, now }: CopyPlace & Pick<DashboardContext, 'now'>,
): (PlaceAccount & PlaceAdvice)[] {
  return places.map((place) => ({ ...place, ...adviceFor(place, { location, program, now: now() }) }));
}

export function adviceFor(
  place: Pick<PlaceAccount, 'tree' | 'spans'>,
  { location, program, now }: CopyPlace & { readonly now: number },
): PlaceAdvice {
  const lacking = place.spans.filter(({ hoursLacking }) => hoursLacking > 0);
  const [from, to] = [lacking[0]?.from, lacking.at(-1)?.to];
  if (from === undefined || to === undefined) return { command: null, note: null };
  const isTooOld = now - Date.parse(`${from}T00:00:00Z`) > EVENT_HISTORY_MS;
  return {
    command: collectAgain({ location, program }, { tree: place.tree, from, to }),
    note: isTooOld
      ? 'Older than 90 days: CloudTrail’s event history no longer tells, only the log files of a trail do (--trail).'
      : 'With the roles and Regions of the first time; it reads only what is missing.',
  };
}

/** The place of a tree in a forest. */
function joined(location: string, tree: string): string {
  return tree === '' ? location : `${location.replace(/\/+$/, '')}/${tree.replace(/\/$/, '')}`;
}
