import { parseHourKey } from '../../tree/layout.js';
import { type Finding, fail, pass, skip, warn } from './finding.js';

const HOUR_MS = 3_600_000;
/** A day's hours are handed over when it is closed: what waits longer than the next day's close does not wait for its turn. */
const FAIL_HOURS = 48;

/** What a feed of the stack was handed, by folders of hours, and what it should have been. */
export interface FeedState {
  readonly feed: string;
  /** By the folder of each hour: the sealed sha256 of its manifest when it was last handed over. */
  readonly seen: ReadonlyMap<string, string>;
  /** The same as it is sealed now. */
  readonly sealed: ReadonlyMap<string, string>;
}

/** Tells of a feed which hour it was handed last, and what waits. `functionName` is whose log says why. */
export function checkFeed(
  { feed, seen, sealed }: FeedState,
  run: { readonly now: number; readonly functionName: string },
): Finding {
  const check = 'feeds';
  const { now, functionName } = run;
  if (sealed.size === 0) return skip(check, `${feed}: no hour is sealed yet, so none was handed over`);
  const handed = [...seen.keys()].sort().at(-1);
  const waiting = [...sealed].filter(([folder, sha256]) => seen.get(folder) !== sha256).map(([folder]) => folder);
  const last = handed === undefined ? 'nothing was handed over yet' : `the last hour handed over is ${nameOf(handed)}`;
  if (waiting.length === 0) return pass(check, `${feed}: ${last}; nothing waits`);
  waiting.sort();
  const [oldest = ''] = waiting;
  const message = `${feed}: ${last}; ${waiting.length} ${waiting.length === 1 ? 'hour waits' : 'hours wait'}, the oldest ${nameOf(oldest)}`;
  const fix = `look at the log /aws/lambda/${functionName} and at what may be written in FeedLocation; the next run hands over what waits: aws lambda invoke --function-name ${functionName} fed.json does it now`;
  // Old hours are sealed anew, too: what counts is whether new ones arrive.
  const newest = [...sealed.keys()].sort().at(-1) ?? '';
  const isBehind =
    handed === undefined
      ? ageOf(newest, now) > FAIL_HOURS
      : handed < newest && ageOf(waitingAfter(waiting, handed), now) > FAIL_HOURS;
  return isBehind ? fail(check, message, fix) : warn(check, message, fix);
}

function waitingAfter(waiting: readonly string[], handed: string): string {
  return waiting.find((folder) => folder > handed) ?? handed;
}

/** Hours since the label of a folder, taken as UTC: the zone is no matter at this size. */
function ageOf(folder: string, now: number): number {
  const label = parseHourKey(`${folder}_manifest.json`)?.label;
  return label ? (now - Date.parse(`${label.reportDate}T${String(label.hour).padStart(2, '0')}:00:00Z`)) / HOUR_MS : 0;
}

function nameOf(folder: string): string {
  const label = parseHourKey(`${folder}_manifest.json`)?.label;
  return label ? `${label.reportDate} hour ${label.hour}` : folder;
}
