import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReportStore } from '../../ports/report-store.js';
import { parseHourKey } from '../../tree/layout.js';
import { rowsOf } from '../cache/duck.js';
import { CONCURRENCY, inParallel } from '../cache/in-parallel.js';
import { MANIFEST_KEY } from '../cache/load-hours.js';
import {
  type KnownHour,
  type ListedHour,
  listedHours,
  newestDayFirst,
  planSync,
  type SyncPlan,
} from '../cache/sync-plan.js';
import {
  copiesIn,
  type FetchedWorkFile,
  fetchWorkFile,
  type KnownWorkFile,
  listedWorkFiles,
  planWorkFiles,
  type WorkFile,
} from '../cache/work-files.js';
import type { HeldDays, LeftOut } from '../held/held-days.js';

/** What a generation holds, by the names and tags of the files it was read from. */
export interface Known {
  readonly hours: readonly KnownHour[];
  readonly workFiles: readonly KnownWorkFile[];
  readonly copies: readonly string[];
  /** Days that are collected and not here, as JSON of `LeftOut`; `null` of none. */
  readonly left: string;
}

export const NOTHING: Known = { hours: [], workFiles: [], copies: [], left: 'null' };

/** Reads what a generation holds. */
export async function knownIn(connection: DuckDBConnection): Promise<Known> {
  const rows = await rowsOf(
    connection,
    `SELECT ${MANIFEST_KEY} AS manifest_key, manifest_tag, manifest_bytes, report_key, report_bytes FROM hour_log`,
  );
  const files = await rowsOf(connection, 'SELECT file, tag, bytes FROM work_file_log');
  const copies = await rowsOf(connection, 'SELECT tree FROM copy_log ORDER BY tree');
  const left = await rowsOf(connection, "SELECT value FROM meta WHERE name = 'left'");
  return {
    hours: rows.map((row) => ({
      manifestKey: String(row.manifest_key),
      manifestTag: String(row.manifest_tag),
      manifestBytes: Number(row.manifest_bytes),
      reportKey: String(row.report_key),
      reportBytes: Number(row.report_bytes),
    })),
    workFiles: files.map((row) => ({ key: String(row.file), tag: String(row.tag), bytes: Number(row.bytes) })),
    copies: copies.map((row) => String(row.tree)),
    left: String(left[0]?.value ?? 'null'),
  };
}

/** What changed of the working files; null when nothing did. */
export interface WorkChanges {
  readonly read: readonly FetchedWorkFile[];
  readonly remove: readonly string[];
  readonly copies: readonly string[] | null;
}

/** Where to look. */
export interface Look {
  readonly store: ReportStore;
  /** Folders of the store to look at; the others keep what the cache holds. Absent: everything. */
  readonly prefixes?: readonly string[];
  /** Working files to look at besides those folders, by their keys. */
  readonly files?: readonly string[];
  /** Which hours are held; absent: all. */
  readonly bound?: HeldDays;
  /** Called with all hours that a look at everything found, before any is read. */
  readonly onListed?: (hours: readonly ListedHour[]) => void;
  readonly signal?: AbortSignal;
  /** Called with what is left out, and why. */
  readonly onWarning?: (message: string) => void;
}

/** Compares what is there with what a generation holds: which hours and working files to read anew, and which are gone. */
export async function findChanges(
  options: Look,
  known: Known,
): Promise<SyncPlan & { readonly work: WorkChanges | null; readonly left: LeftOut | null | undefined }> {
  const { store, prefixes, bound } = options;
  const files: { key: string; bytes: number }[] = [];
  for (const prefix of prefixes ?? ['']) {
    for await (const file of store.list(prefix)) {
      options.signal?.throwIfAborted();
      files.push(file);
    }
  }
  const scope = prefixes && ((key: string) => prefixes.some((prefix) => key.startsWith(prefix)));
  const listed = listedHours(files);
  if (prefixes === undefined) options.onListed?.(listed);
  const { held, left, dropBefore } = bound?.choose(listed, prefixes === undefined) ?? {
    held: listed,
    left: prefixes === undefined ? null : undefined,
    dropBefore: null,
  };
  const isDropped = (key: string) => dropBefore !== null && (parseHourKey(key)?.label.reportDate ?? '') < dropBefore;
  const plan = planSync(held, known.hours, scope && ((key) => scope(key) || isDropped(key)));
  const tags = new Map(known.hours.map((hour) => [hour.manifestKey, hour.manifestTag]));
  const rewritten = await changedOf(options, plan.check, ({ manifestKey }) => [manifestKey, tags.get(manifestKey)]);
  const copies = prefixes
    ? null
    : copiesIn(
        files,
        listed.map(({ tree }) => tree),
      );
  const work = await workChangesOrWarning(options, { files: listedWorkFiles(files), known, copies, scope });
  if (rewritten.length === 0) return { ...plan, work, left };
  return { ...plan, read: newestDayFirst([...plan.read, ...rewritten]), work, left };
}

/** Who may read the reports may not read the working files: then the cache keeps what it has of them, and the reports come all the same. */
async function workChangesOrWarning(...request: Parameters<typeof workChanges>): Promise<WorkChanges | null> {
  const [{ signal, onWarning }] = request;
  try {
    return await workChanges(...request);
  } catch (error) {
    signal?.throwIfAborted();
    onWarning?.(
      `closings and acceptances under _work/ cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  }
}

/** A look at some folders reads closings that are new or of another size, and files named by their tags; a look at everything compares the tags of all. */
async function workChanges(
  options: Look,
  found: {
    readonly files: readonly WorkFile[];
    readonly known: Known;
    readonly copies: readonly string[] | null;
    readonly scope: ((key: string) => boolean) | undefined;
  },
): Promise<WorkChanges | null> {
  const { known } = found;
  const plan = planWorkFiles(found.files, known.workFiles, found.scope);
  const tags = new Map(known.workFiles.map(({ key, tag }) => [key, tag]));
  const rewritten = options.prefixes
    ? []
    : await changedOf(options, plan.check, ({ key }): [string, string | undefined] => [key, tags.get(key)]);
  const named = await namedChanges(options, tags);
  const remove = [...plan.remove, ...named.remove];
  const read: FetchedWorkFile[] = [];
  await inParallel([...plan.read, ...rewritten, ...named.read], CONCURRENCY, async (file) => {
    options.signal?.throwIfAborted();
    const fetched = await fetchWorkFile(options.store, file);
    if (fetched) read.push(fetched);
  });
  const copies = JSON.stringify(found.copies) === JSON.stringify(known.copies) ? null : found.copies;
  return read.length + remove.length === 0 && copies === null ? null : { read, remove, copies };
}

/** Looks at single files: those whose tag is not the one that is known, and those known that are gone. */
async function namedChanges(
  { store, files = [], signal }: Look,
  tags: ReadonlyMap<string, string>,
): Promise<{ readonly read: WorkFile[]; readonly remove: string[] }> {
  const read: WorkFile[] = [];
  const remove: string[] = [];
  await inParallel(files, CONCURRENCY, async (key) => {
    signal?.throwIfAborted();
    const [tag, known] = [await store.tagOf(key), tags.get(key)];
    if (tag === null && known !== undefined) remove.push(key);
    if (tag !== null && tag !== known) read.push(...listedWorkFiles([{ key, bytes: 0 }]));
  });
  return { read, remove };
}

/** The items whose tag is not the one that is known. */
async function changedOf<T>(
  { store, signal }: Look,
  items: readonly T[],
  nameOf: (item: T) => readonly [key: string, tag: string | undefined],
): Promise<T[]> {
  const changed: T[] = [];
  await inParallel(items, CONCURRENCY, async (item) => {
    signal?.throwIfAborted();
    const [key, known] = nameOf(item);
    const tag = await store.tagOf(key);
    if (tag !== null && tag !== known) changed.push(item);
  });
  return changed;
}
