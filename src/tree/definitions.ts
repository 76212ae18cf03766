import type { ReportStore } from '../ports/report-store.js';
import type { Definition } from '../sql/definition-book.js';
import { packLines, unpackLines } from './json-lines.js';
import { parseKey, workFolder, workKey } from './layout.js';
import { noteRowNews } from './row-news.js';
import { update } from './update.js';

/**
 * Texts of prepared statements and views as the executions of the tree defined them, a file for each UTC day. They only grow, and
 * follow from the evidence of the hours; kept apart, because a query of today may run what was prepared a year ago.
 */
type Line = Omit<Definition, 'at'> & {
  /** When the name was given this meaning, in order. */
  readonly at: readonly number[];
};

/** Reads everything that was defined before an instant. @throws DamagedWorkingFile */
export async function* readDefinitions(store: ReportStore, before: number): AsyncGenerator<Definition> {
  for await (const { key } of store.list(workFolder.definitions)) {
    const parsed = parseKey(key);
    const date = parsed.kind === 'work' ? parsed.parts[0] : '';
    if (!date || Date.parse(date) >= before) continue;
    const stored = await store.read(key);
    if (stored) for (const line of linesOf(stored.bytes, key)) yield* eachOf(line);
  }
}

/** Adds definitions; false when all were known. Notes from when on hours may now be read otherwise. */
export async function addDefinitions(store: ReportStore, definitions: readonly Definition[]): Promise<boolean> {
  const byDay = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const date = new Date(definition.at).toISOString().slice(0, 10);
    byDay.set(date, [...(byDay.get(date) ?? []), definition]);
  }
  let isNew = false;
  for (const [date, ofDay] of byDay) if (await addToDay(store, workKey.definitions(date), ofDay)) isNew = true;
  return isNew;
}

async function addToDay(store: ReportStore, key: string, definitions: readonly Definition[]): Promise<boolean> {
  let isNew = false;
  await update(store, key, async (stored) => {
    const lines = new Map((stored ? linesOf(stored.bytes, key) : []).map((line) => [meaningOf(line), line]));
    let since = Number.POSITIVE_INFINITY;
    for (const { at, ...meaning } of definitions) {
      const known = lines.get(meaningOf(meaning))?.at ?? [];
      if (known.includes(at)) continue;
      lines.set(meaningOf(meaning), { ...meaning, at: [...known, at].sort((a, b) => a - b) });
      since = Math.min(since, at);
    }
    if (since === Number.POSITIVE_INFINITY) return null;
    isNew = true;
    // First: a note without its definition makes hours be looked at in vain, a definition without it would be overlooked.
    await noteRowNews(store, since);
    return packLines([...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line));
  });
  return isNew;
}

function linesOf(bytes: Uint8Array, key: string): Line[] {
  return unpackLines(bytes, key) as Line[];
}

function meaningOf(line: Omit<Definition, 'at'>): string {
  const { kind, accountId, region, workGroup, name, catalog, database, text, origin, unreadable, columns } = line;
  return JSON.stringify([
    ...[kind, accountId, region, workGroup, name, catalog, database, text, origin],
    ...[unreadable, columns],
  ]);
}

function* eachOf({ at, ...meaning }: Line): Generator<Definition> {
  for (const instant of at) yield { ...meaning, at: instant };
}
