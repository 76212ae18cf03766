import { createHash } from 'node:crypto';
import { type FileChange, isOtherVersion, type ReadFile } from '../../cloudtrail/file-change.js';
import { isSameFile, joinReadings, type LogFileEntry } from '../../cloudtrail/log-file-entry.js';
import type { FileLedger, LogFolder, PlacedLogFile } from '../../ports/file-ledger.js';
import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import { listParts, type Part } from '../../tree/evidence/evidence-log.js';
import { missingIn, namesReadOnce } from '../../tree/evidence/evidence-view.js';
import {
  decodeFileEntries,
  encodeFileEntries,
  type FileEntries,
  type OtherFile,
  withoutEntry,
} from '../../tree/files/file-entries.js';
import { workFolder, workKey } from '../../tree/layout.js';
import { update } from '../../tree/update.js';
import type { EndedFile } from './read-files.js';

/** The ledger as its scan keeps it. */
export interface TreeLedger extends FileLedger {
  /** Names of the parts that hold what an entry, which was recalled, says lies in a folder. */
  partsBehind(entry: LogFileEntry, folder: string): readonly string[];
  /** True for a file that was recalled since the last keeping, and of which nothing was known, by whatever reader. */
  isNews(file: PlacedLogFile): boolean;
  /** Keeps what was taken from files. All of it must be durable; `partsOf` names the parts in which it lies. */
  keep(files: readonly EndedFile[], partsOf: (folder: string) => readonly string[]): Promise<void>;
  /** Takes note that files are gone: they are not told again. That they are must be durable. */
  keepGone(changes: readonly FileChange[]): Promise<void>;
}

export interface LedgerTask {
  /** Name and version of this program. */
  readonly generator: string;
  readonly tell: (message: string) => void;
  /** Epoch milliseconds: nothing was delivered later. */
  readonly now: number;
}

/**
 * Opens what a tree knows of the log files that were read into it. An entry counts only while all parts of the evidence are there in
 * which its lines lie. Memory: the files of one account, Region and day, and the names of the parts of the days that they reach.
 */
export function openFileLedger(store: ReportStore, { generator, tell, now }: LedgerTask): TreeLedger {
  const behind = new WeakMap<LogFileEntry, FileEntries>();
  const listed = new Map<string, readonly Part[]>();
  const asked = new Set<string>();
  const news = new Set<string>();
  let open: { readonly key: string; readonly stored: FileEntries | null } | null = null;
  let known: { readonly of: FileEntries; readonly reader: string; readonly standing: FileEntries } | null = null;
  const readerOf = (reader: string) => `${generator} ${reader}`;
  // Asked for each account, Region and day of delivery, of each hour that their files reach into.
  const namesOf = namesReadOnce(store);
  const partsListed = (date: string) => listOnce(store, date, listed);

  /** What is known of the files of a folder, whoever read them. */
  async function read(files: LogFolder): Promise<FileEntries | null> {
    const key = keyOf(files);
    if (open?.key === key) return open.stored;
    asked.add(key);
    const decoded = await decode(key);
    open = { key, stored: decoded?.folder === files.folder ? decoded : null };
    return open.stored;
  }

  async function decode(key: string): Promise<FileEntries | null> {
    const stored = await store.read(key);
    const entries = stored && decodeFileEntries(stored.bytes);
    if (stored && !entries) tell(`${key} is damaged: the files that it tells of are read again`);
    return entries;
  }

  async function entriesFor(stored: FileEntries, reader: string): Promise<FileEntries> {
    if (known?.of === stored && known.reader === reader) return known.standing;
    const standing = await standingFor(stored, reader, partsListed);
    for (const entry of standing.entries.values()) behind.set(entry, standing);
    known = { of: stored, reader, standing };
    return standing;
  }

  /** What entries say only while their evidence is there, and to the reader that made them; of others only that they were read. */
  async function standingFor(stored: FileEntries, reader: string, partsOn: typeof partsListed): Promise<FileEntries> {
    const lost = new Set<string>();
    const isOwn = stored.reader === readerOf(reader);
    for (const [folder, names] of Object.entries(isOwn ? stored.parts : {})) {
      const [date = ''] = folder.split('/');
      const parts = (await partsOn(date)).filter((part) => part.folder === folder);
      if (names.length === 0 || (await missingIn(parts, names, namesOf)).length > 0) lost.add(folder);
    }
    const isThere = (folder: string) => stored.parts[folder] !== undefined && !lost.has(folder);
    const stands = (entry: LogFileEntry) => isOwn && foldersOf(entry).every(isThere);
    const fallen = [...stored.entries].filter(([, entry]) => !stands(entry));
    return {
      ...stored,
      reader: readerOf(reader),
      parts: Object.fromEntries(Object.entries(stored.parts).filter(([folder]) => isOwn && !lost.has(folder))),
      entries: new Map([...stored.entries].filter(([, entry]) => stands(entry))),
      others: new Map([...stored.others, ...fallen.map(([name, file]) => [name, withoutEntry(file)] as const)]),
    };
  }

  /** Others may write it at the same time, again and again: then the files are read again the next time. */
  async function change(
    key: string,
    files: number,
    to: (before: FileEntries | null) => Promise<FileEntries | null> | FileEntries | null,
  ): Promise<void> {
    try {
      await update(store, key, async (stored) => {
        const after = await to(stored ? decodeFileEntries(stored.bytes) : null);
        return after && encodeFileEntries(after);
      });
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      tell(`${key} was changed by others again and again: ${files} files are read again the next time`);
    }
  }

  return {
    tell,
    async recall(file, reader) {
      const stored = await read(file);
      const before = stored?.entries.get(file.name) ?? stored?.others.get(file.name);
      if (!before) news.add(pathOf(file));
      if (!stored) return { entry: null, was: null };
      const wasRead = before !== undefined && !('state' in before && before.state === 'unread');
      if (wasRead && !isSameFile(before, file))
        return { entry: null, was: isOtherVersion(before, file) ? readFileOf(before) : null };
      return { entry: (await entriesFor(stored, reader)).entries.get(file.name) ?? null, was: null };
    },
    async filesIn(folder) {
      const stored = await read(folder);
      if (!stored) return [];
      const others = [...stored.others.values()].filter(({ state }) => state === 'read');
      return [...stored.entries.values(), ...others].map(readFileOf).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async *otherFolders({ from, to }, met = []) {
      for (const folder of met) asked.add(keyOf(folder));
      for (let at = Date.parse(from); at <= Math.min(Date.parse(to), now); at += DAY_MS) {
        const date = new Date(at).toISOString().slice(0, 10);
        for await (const { key } of store.list(`${workFolder.files}${date}/`)) {
          if (asked.has(key)) continue;
          const stored = await decode(key);
          if (stored && keyOf({ folder: stored.folder, date }) === key) yield { folder: stored.folder, date };
        }
      }
    },
    isNews: (file) => news.has(pathOf(file)),
    partsBehind: (entry, folder) => behind.get(entry)?.parts[folder] ?? [],
    async keep(files, partsOf) {
      // As the evidence is now: this scan has added to it since it looked.
      const relisted = new Map<string, readonly Part[]>();
      const partsNow = (date: string) => listOnce(store, date, relisted);
      for (const [key, group] of groupsOf(files)) {
        await change(key, group.files.length, async (stored) => {
          const isOwn = stored?.folder === group.folder;
          const before = stored && isOwn ? await standingFor(stored, group.reader, partsNow) : null;
          return joined(before, { ...group, reader: readerOf(group.reader) }, partsOf);
        });
        // What was kept is not looked at again: nobody lists a file twice in one scan.
      }
      for (const { met } of files) news.delete(pathOf(met.file));
    },
    async keepGone(changes) {
      const groups = new Map<string, FileChange[]>();
      for (const one of changes) if (one.now === null) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
      for (const [key, gone] of groups) await change(key, gone.length, (before) => before && without(before, gone));
    },
  };
}

const DAY_MS = 86_400_000;

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
  readonly files: { readonly met: OtherFile; readonly entry: LogFileEntry | null }[];
}

function groupsOf(files: readonly EndedFile[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { met, taken, lines } of files) {
    const { file, reader, isRead } = met;
    const key = keyOf(file);
    const group = groups.get(key) ?? { folder: file.folder, reader, files: [] };
    groups.set(key, group);
    group.files.push({
      met: { ...withoutEntry(file), state: isRead ? 'read' : 'unread' },
      entry: taken && lines.entryOf(taken),
    });
  }
  return groups;
}

/** What was known of files, and what is now. */
function joined(before: FileEntries | null, now: Group, partsOf: (folder: string) => readonly string[]): FileEntries {
  const entries = new Map(before?.entries);
  const others = new Map(before?.others);
  const parts: Record<string, readonly string[]> = { ...before?.parts };
  const grown = new Set<string>();
  for (const { met, entry } of now.files) {
    const { name } = met;
    const known = entries.get(name);
    const isKnown = known !== undefined && isSameFile(known, met);
    if (entry) entries.set(name, isKnown ? joinReadings(known, entry) : entry);
    else if (!isKnown) entries.delete(name);
    if (entries.has(name)) others.delete(name);
    else others.set(name, met);
    for (const folder of entry ? foldersOf(entry) : []) grown.add(folder);
  }
  for (const folder of grown) parts[folder] = [...new Set([...(parts[folder] ?? []), ...partsOf(folder)])].sort();
  return { folder: now.folder, reader: now.reader, parts, entries, others, isCut: before?.isCut ?? false };
}

/** What is known of files without those that are gone; one that is another one by now is there. */
function without(before: FileEntries, gone: readonly FileChange[]): FileEntries {
  const entries = new Map(before.entries);
  const others = new Map(before.others);
  for (const { name, was } of gone) {
    const file = entries.get(name) ?? others.get(name);
    if (!file || isOtherVersion(file, was)) continue;
    entries.delete(name);
    others.set(name, { ...withoutEntry(file), state: 'gone' });
  }
  return { ...before, entries, others };
}

function readFileOf(file: LogFileEntry | OtherFile): ReadFile {
  const { name, size, tag, version } = file;
  const folders = 'state' in file ? [] : foldersOf(file);
  const reportDates = [...new Set(folders.map((folder) => folder.slice(0, 'YYYY-MM-DD'.length)))].sort();
  return { name, size, tag, version, reportDates };
}

function foldersOf({ hours, days }: LogFileEntry): string[] {
  return [...Object.keys(hours), ...days];
}

const pathOf = ({ folder, date, name }: PlacedLogFile) => `${folder}${date}/${name}`;

function keyOf({ folder, date }: LogFolder): string {
  return workKey.files(date, createHash('sha256').update(folder).digest('hex').slice(0, 24));
}
