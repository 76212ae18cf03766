import { addDays } from '../calendar/report-day.js';
import type { CredentialLink } from '../cloudtrail/credential-link.js';
import type { Start } from '../cloudtrail/start.js';
import { packLines, unpackLines } from './json-lines.js';
import { type ReportStore, WriteConflict } from './ports.js';

/**
 * What the events of one report day tell about credentials, kept in `_work/links/`: STS links, and starts whose principal
 * reveals more than other events of the same session do (fact sheet 3.4: `onBehalfOf` is stamped per service).
 */
export interface DayLinks {
  readonly links: readonly CredentialLink[];
  readonly revealing: readonly Start[];
  /** Access keys whose origin was asked for already: nobody asks twice. */
  readonly askedKeys: readonly string[];
}

const NONE: DayLinks = { links: [], revealing: [], askedKeys: [] };

type Line = { readonly link: CredentialLink } | { readonly revealing: Start } | { readonly asked: string };

/** Sessions last up to 12 hours and a console's sign-in may be older: a day is resolved with its neighbours' links. */
export async function readLinksAround(store: ReportStore, reportDate: string): Promise<DayLinks> {
  const days = [addDays(reportDate, -1), reportDate, addDays(reportDate, 1)];
  let joined = NONE;
  for (const day of days) joined = joinLinks(joined, (await readDayLinks(store, day)).links);
  return joined;
}

/** Adds to what a day knows; nothing is ever taken away. Writes only when something is new. */
export async function addDayLinks(store: ReportStore, reportDate: string, news: Partial<DayLinks>): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { links, tag, bytes } = await readDayLinks(store, reportDate);
    const packed = packDayLinks(joinLinks(links, { ...NONE, ...news }));
    if (bytes && Buffer.compare(bytes, packed) === 0) return;
    try {
      await store.write(linksKey(reportDate), packed, tag === null ? { absent: true } : { tag });
      return;
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= 5) throw error;
    }
  }
}

/** Tells whether a start's principal says something about its session that another event of the session may lack. */
export function isRevealing({ principal }: Start): boolean {
  return (
    principal.onBehalfOfUserId !== null || principal.sourceIdentity !== null || principal.signInSessionArn !== null
  );
}

async function readDayLinks(
  store: ReportStore,
  reportDate: string,
): Promise<{ links: DayLinks; tag: string | null; bytes: Uint8Array | null }> {
  const key = linksKey(reportDate);
  const stored = await store.read(key);
  if (!stored) return { links: NONE, tag: null, bytes: null };
  const links: CredentialLink[] = [];
  const revealing: Start[] = [];
  const askedKeys: string[] = [];
  for (const line of unpackLines(stored.bytes, key) as Line[]) {
    if ('link' in line) links.push(line.link);
    else if ('revealing' in line) revealing.push(line.revealing);
    else askedKeys.push(line.asked);
  }
  return { links: { links, revealing, askedKeys }, tag: stored.tag, bytes: stored.bytes };
}

function joinLinks(a: DayLinks, b: DayLinks): DayLinks {
  return {
    links: unique([...a.links, ...b.links], (link) => JSON.stringify(link)),
    // One start for each principal is enough: it is the principal that reveals.
    revealing: unique([...a.revealing, ...b.revealing], (start) => JSON.stringify([start.principal, start.console])),
    askedKeys: unique([...a.askedKeys, ...b.askedKeys], (key) => key),
  };
}

function packDayLinks(day: DayLinks): Uint8Array {
  return packLines([
    ...day.links.map((link) => ({ link })),
    ...day.revealing.map((revealing) => ({ revealing })),
    ...day.askedKeys.map((asked) => ({ asked })),
  ]);
}

/** Keeps, of values with one key, the one whose JSON sorts first; the result does not depend on the order. */
function unique<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  const kept = new Map<string, { text: string; value: T }>();
  for (const value of values) {
    const key = keyOf(value);
    const text = JSON.stringify(value);
    const known = kept.get(key);
    if (!known || text < known.text) kept.set(key, { text, value });
  }
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { value }]) => value);
}

function linksKey(reportDate: string): string {
  return `_work/links/${reportDate}.jsonl.gz`;
}
