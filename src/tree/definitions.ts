import { createHash } from 'node:crypto';
import type { ReportStore } from '../ports/report-store.js';
import type { Definition } from '../sql/definition-book.js';
import { packLines, unpackLines } from './json-lines.js';
import { parseKey, workFolder, workKey } from './layout.js';
import { noteRowNews } from './row-news.js';
import { update } from './update.js';

/**
 * Texts of prepared statements and views as the executions of the tree defined them, and what AWS told of them, of tables and of
 * reservations, a file for each UTC month. They only grow; kept apart from the evidence of hours, because a query of today may run what was prepared
 * a year ago.
 */
type Line = Omit<Definition, 'at'> & {
  /** When the name was given this meaning, in order. */
  readonly at: readonly number[];
};

interface ReadFile {
  readonly tag: string;
  readonly sha256: string;
  readonly lines: readonly Line[];
}

/** Files that were read, by store and key: each day of a run reads them again, and few have changed. */
const READ = new WeakMap<ReportStore, Map<string, ReadFile>>();

/** Reads everything that was defined before an instant. @throws DamagedWorkingFile */
export async function readDefinitions(store: ReportStore, before: number): Promise<readonly Definition[]> {
  const definitions: Definition[] = [];
  for await (const { key } of store.list(workFolder.definitions)) {
    const parsed = parseKey(key);
    const month = parsed.kind === 'work' ? parsed.parts[0] : '';
    if (!month || Date.parse(`${month}-01`) >= before) continue;
    for (const line of (await readFile(store, key))?.lines ?? []) definitions.push(...eachOf(line));
  }
  return definitions;
}

/** sha256 of every file, damaged ones too, by key: seals cover them. */
export async function hashDefinitions(store: ReportStore): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for await (const { key } of store.list(workFolder.definitions)) {
    if (parseKey(key).kind !== 'work') continue;
    const known = READ.get(store)?.get(key);
    if (known && known.tag === (await store.tagOf(key))) hashes.set(key, known.sha256);
    else {
      const stored = await store.read(key);
      if (stored) hashes.set(key, sha256(stored.bytes));
    }
  }
  return hashes;
}

async function readFile(store: ReportStore, key: string): Promise<ReadFile | null> {
  const files = READ.get(store) ?? new Map<string, ReadFile>();
  READ.set(store, files);
  const known = files.get(key);
  if (known && known.tag === (await store.tagOf(key))) return known;
  const stored = await store.read(key);
  if (!stored) return null;
  const file = { tag: stored.tag, sha256: sha256(stored.bytes), lines: linesOf(stored.bytes, key) };
  files.set(key, file);
  return file;
}

/** Adds definitions; false when all were known. Notes from when on hours may now be read otherwise. */
export async function addDefinitions(store: ReportStore, definitions: readonly Definition[]): Promise<boolean> {
  const byMonth = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const month = new Date(definition.at).toISOString().slice(0, 7);
    const others = byMonth.get(month);
    if (others) others.push(definition);
    else byMonth.set(month, [definition]);
  }
  let isNew = false;
  for (const [month, some] of byMonth) if (await addToMonth(store, workKey.definitions(month), some)) isNew = true;
  return isNew;
}

async function addToMonth(store: ReportStore, key: string, definitions: readonly Definition[]): Promise<boolean> {
  let isNew = false;
  await update(store, key, async (stored) => {
    const lines = new Map((stored ? linesOf(stored.bytes, key) : []).map((line) => [meaningOf(line), line]));
    let since = Number.POSITIVE_INFINITY;
    isNew = false;
    for (const { at, ...meaning } of definitions) {
      const known = lines.get(meaningOf(meaning));
      if (known?.at.includes(at)) continue;
      lines.set(meaningOf(meaning), { ...meaning, ...known, at: [...(known?.at ?? []), at].sort((a, b) => a - b) });
      isNew = true;
      // Whoever writes a row has asked the catalog what its tables were: what it says later is about later queries.
      if (meaning.origin === 'tree' || meaning.kind === 'prepared') since = Math.min(since, at);
    }
    if (!isNew) return null;
    // First: a note without its definition makes hours be looked at in vain, a definition without it would be overlooked.
    if (since !== Number.POSITIVE_INFINITY) await noteRowNews(store, since);
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
    ...[unreadable, columns, line.workGroups],
  ]);
}

function* eachOf({ at, ...meaning }: Line): Generator<Definition> {
  for (const instant of at) yield { ...meaning, at: instant };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
