import { type ReportStore, WriteConflict } from '../ports/report-store.js';
import type { Definition } from '../sql/definition-book.js';
import { packLines, unpackLines } from './json-lines.js';

/**
 * Texts of prepared statements and views as the executions of the tree defined them, under `_work/definitions/`, a file for each
 * UTC day. They only grow, and follow from the evidence of the hours; kept apart, because a query of today may run what was
 * prepared a year ago.
 */
const FOLDER = '_work/definitions/';

/** One meaning, and when it was given. */
type Line = Omit<Definition, 'at'> & { readonly at: readonly number[] };

/** Reads everything that was defined before an instant. @throws DamagedWorkingFile */
export async function* readDefinitions(store: ReportStore, before: number): AsyncGenerator<Definition> {
  for await (const { key } of store.list(FOLDER)) {
    const date = DAY_KEY.exec(key)?.[1];
    if (date === undefined || Date.parse(date) >= before) continue;
    const stored = await store.read(key);
    for (const line of stored ? (unpackLines(stored.bytes, key) as Line[]) : []) yield* eachOf(line);
  }
}

const DAY_KEY = /^_work\/definitions\/(\d{4}-\d\d-\d\d)\.jsonl\.gz$/;

/** Adds definitions; false when all were known. Notes from when on hours may now be read otherwise. */
export async function addDefinitions(store: ReportStore, definitions: readonly Definition[]): Promise<boolean> {
  const byDay = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const date = new Date(definition.at).toISOString().slice(0, 10);
    byDay.set(date, [...(byDay.get(date) ?? []), definition]);
  }
  let isNew = false;
  for (const [date, ofDay] of byDay) {
    if (await addToDay(store, `${FOLDER}${date}.jsonl.gz`, ofDay)) isNew = true;
  }
  return isNew;
}

/** Other runs add to the same day at the same time: 24 hours of it on Lambda. */
const TRIES = 50;

async function addToDay(store: ReportStore, key: string, definitions: readonly Definition[]): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    const stored = await store.read(key);
    const lines = new Map<string, Line>();
    for (const line of stored ? (unpackLines(stored.bytes, key) as Line[]) : []) lines.set(meaningOf(line), line);
    let since = Number.POSITIVE_INFINITY;
    for (const definition of definitions) {
      const { at, ...meaning } = definition;
      const line = lines.get(meaningOf(meaning)) ?? { ...meaning, at: [] };
      if (line.at.includes(at)) continue;
      lines.set(meaningOf(meaning), { ...line, at: [...line.at, at].sort((a, b) => a - b) });
      since = Math.min(since, at);
    }
    if (since === Number.POSITIVE_INFINITY) return false;
    // First: a note without its definition makes hours be looked at in vain, a definition without it would be overlooked.
    await noteNews(store, since);
    const packed = packLines([...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line));
    try {
      await store.write(key, packed, stored ? { tag: stored.tag } : { absent: true });
      return true;
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= TRIES) throw error;
    }
  }
}

/** Since when definitions have come that final hours may not know. */
export interface DefinitionNews {
  readonly since: number;
  readonly tag: string;
}

const NEWS_KEY = `${FOLDER}news.json`;

/** Null when there are none. A file that cannot be read is as old as can be: everything is looked at. */
export async function readDefinitionNews(store: ReportStore): Promise<DefinitionNews | null> {
  const stored = await store.read(NEWS_KEY);
  return stored ? { since: sinceOf(stored.bytes), tag: stored.tag } : null;
}

/** Forgets the news that were dealt with, unless more have come. */
export async function clearDefinitionNews(store: ReportStore, { tag }: DefinitionNews): Promise<void> {
  if ((await store.tagOf(NEWS_KEY)) === tag) await store.remove(NEWS_KEY);
}

async function noteNews(store: ReportStore, since: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    const known = await readDefinitionNews(store);
    if (known !== null && known.since <= since) return;
    try {
      const bytes = Buffer.from(`${JSON.stringify({ schema: 1, since: new Date(since).toISOString() })}\n`);
      await store.write(NEWS_KEY, bytes, known ? { tag: known.tag } : { absent: true });
      return;
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= TRIES) throw error;
    }
  }
}

function sinceOf(bytes: Uint8Array): number {
  try {
    const since = Date.parse((JSON.parse(Buffer.from(bytes).toString('utf8')) as { since: string }).since);
    return Number.isNaN(since) ? 0 : since;
  } catch {
    return 0; // Everything is looked at again then.
  }
}

function meaningOf(line: Omit<Definition, 'at'>): string {
  const { kind, accountId, region, workGroup, name, catalog, database, text } = line;
  return JSON.stringify([kind, accountId, region, workGroup, name, catalog, database, text]);
}

function* eachOf({ at, ...meaning }: Line): Generator<Definition> {
  for (const instant of at) yield { ...meaning, at: instant };
}
