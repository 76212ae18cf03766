import { createHash } from 'node:crypto';
import { isSameFile, joinReadings, type LogFileEntry } from '../../cloudtrail/log-file-entry.js';
import type { FileLedger, PlacedLogFile } from '../../ports/file-ledger.js';
import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import { listParts, type Part } from '../../tree/evidence/evidence-log.js';
import { missingIn } from '../../tree/evidence/evidence-view.js';
import { decodeFileEntries, encodeFileEntries, type FileEntries } from '../../tree/evidence/file-entries.js';
import { workKey } from '../../tree/layout.js';
import { update } from '../../tree/update.js';
import type { EndedFile } from './read-files.js';

/** The ledger as its scan keeps it. */
export interface TreeLedger extends FileLedger {
  /** Names of the parts that hold what an entry, which was recalled, says lies in a folder. */
  partsBehind(entry: LogFileEntry, folder: string): readonly string[];
  /** Keeps what was taken from files. All of it must be durable; `partsOf` names the parts in which it lies. */
  keep(files: readonly EndedFile[], partsOf: (folder: string) => readonly string[]): Promise<void>;
}

export interface LedgerTask {
  /** Name and version of this program. */
  readonly generator: string;
  readonly tell: (message: string) => void;
}

/**
 * Opens what a tree knows of the log files that were read into it. An entry counts only while all parts of the evidence are there in
 * which its lines lie. Memory: the files of one account, Region and day, and the names of the parts of the days that they reach.
 */
export function openFileLedger(store: ReportStore, { generator, tell }: LedgerTask): TreeLedger {
  const behind = new WeakMap<LogFileEntry, FileEntries>();
  const listed = new Map<string, readonly Part[]>();
  let open: { readonly key: string; readonly known: FileEntries | null } | null = null;
  const readerOf = (reader: string) => `${generator} ${reader}`;

  async function read(file: PlacedLogFile, reader: string): Promise<FileEntries | null> {
    const key = keyOf(file);
    if (open?.key === key) return open.known;
    const stored = await store.read(key);
    const decoded = stored ? entriesIn(stored.bytes, key) : null;
    const isOwn = decoded?.folder === file.folder && decoded.reader === readerOf(reader);
    const known = decoded && isOwn ? await standing(decoded, partsListed) : null;
    for (const entry of known?.entries.values() ?? []) if (known) behind.set(entry, known);
    open = { key, known };
    return known;
  }

  function entriesIn(bytes: Uint8Array, key: string): FileEntries | null {
    const entries = decodeFileEntries(bytes);
    if (!entries) tell(`${key} is damaged: the files that it tells of are read again`);
    return entries;
  }

  const partsListed = (date: string) => listOnce(store, date, listed);

  /** What an entry says only while its evidence is there. */
  async function standing(known: FileEntries, partsOn: typeof partsListed): Promise<FileEntries> {
    const lost = new Set<string>();
    for (const [folder, names] of Object.entries(known.parts)) {
      const [date = ''] = folder.split('/');
      const parts = (await partsOn(date)).filter((part) => part.folder === folder);
      if (names.length === 0 || (await missingIn(store, parts, names)).length > 0) lost.add(folder);
    }
    const isThere = (folder: string) => known.parts[folder] !== undefined && !lost.has(folder);
    const entries = [...known.entries].filter(([, entry]) => foldersOf(entry).every(isThere));
    const parts = Object.entries(known.parts).filter(([folder]) => !lost.has(folder));
    return { ...known, entries: new Map(entries), parts: Object.fromEntries(parts) };
  }

  return {
    async recall(file, reader) {
      const entry = (await read(file, reader))?.entries.get(file.name);
      if (!entry) return null;
      return isSameFile(entry, file) ? entry : 'changed';
    },
    partsBehind: (entry, folder) => behind.get(entry)?.parts[folder] ?? [],
    async keep(files, partsOf) {
      // As the evidence is now: this scan has added to it since it looked.
      const now = new Map<string, readonly Part[]>();
      const partsNow = (date: string) => listOnce(store, date, now);
      for (const [key, group] of groupsOf(files)) {
        try {
          await update(store, key, async (stored) => {
            const decoded = stored ? decodeFileEntries(stored.bytes) : null;
            const { folder, reader } = group;
            const isOwn = decoded?.folder === folder && decoded.reader === readerOf(reader);
            const before = decoded && isOwn ? await standing(decoded, partsNow) : null;
            return encodeFileEntries(
              joined(before, { folder, reader: readerOf(reader), entries: group.entries }, partsOf),
            );
          });
        } catch (error) {
          if (!(error instanceof WriteConflict)) throw error;
          tell(
            `${key} was changed by others again and again: ${group.entries.length} files are read again the next time`,
          );
        }
        // What was kept is not looked at again: nobody lists a file twice in one scan.
      }
    },
  };
}

async function listOnce(
  store: ReportStore,
  date: string,
  listed: Map<string, readonly Part[]>,
): Promise<readonly Part[]> {
  const parts = listed.get(date) ?? (await listParts(store, date));
  listed.set(date, parts);
  return parts;
}

interface Group {
  readonly folder: string;
  readonly reader: string;
  readonly entries: LogFileEntry[];
}

function groupsOf(files: readonly EndedFile[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { taken, lines } of files) {
    const entry = lines.entryOf(taken);
    if (!entry) continue;
    const key = keyOf(taken.file);
    const group = groups.get(key) ?? { folder: taken.file.folder, reader: taken.reader, entries: [] };
    groups.set(key, group);
    group.entries.push(entry);
  }
  return groups;
}

/** What was known of files, and what is now. */
function joined(before: FileEntries | null, now: Group, partsOf: (folder: string) => readonly string[]): FileEntries {
  const entries = new Map(before?.entries);
  const parts: Record<string, readonly string[]> = { ...before?.parts };
  for (const entry of now.entries) {
    const known = entries.get(entry.name);
    entries.set(entry.name, known && isSameFile(known, entry) ? joinReadings(known, entry) : entry);
    for (const folder of foldersOf(entry)) {
      parts[folder] = [...new Set([...(before?.parts[folder] ?? []), ...partsOf(folder)])].sort();
    }
  }
  return { folder: now.folder, reader: now.reader, parts, entries };
}

function foldersOf({ hours, days }: LogFileEntry): string[] {
  return [...Object.keys(hours), ...days];
}

function keyOf({ folder, date }: PlacedLogFile): string {
  return workKey.files(date, createHash('sha256').update(folder).digest('hex').slice(0, 24));
}
