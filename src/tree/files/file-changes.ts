import { createHash } from 'node:crypto';
import { addDays } from '../../calendar/report-day.js';
import type { FileChange, FileVersion } from '../../cloudtrail/file-change.js';
import type { FileChangesFacts } from '../../findings/facts.js';
import type { ReportStore } from '../../ports/report-store.js';
import { hasMembers, isCount, isDate, isInstant, isListOf, isNullOr, isText } from '../../record/text/shape.js';
import { packLines, unpackLines } from '../json-lines.js';
import { parseKey, workFolder, workKey } from '../layout.js';

/** A change, and when a run first noticed it. */
export interface NotedChange extends FileChange {
  /** ISO 8601 UTC. */
  readonly seenAt: string;
}

/**
 * Keeps what was noticed of log files that changed or are gone, for ever: JSON lines by day of delivery, in files that are named by
 * the hash of their text and written once. Writing the same again, at another time, tells nothing new.
 */
export async function keepFileChanges(
  store: ReportStore,
  changes: readonly FileChange[],
  { now }: { readonly now: number },
): Promise<void> {
  const seenAt = new Date(now).toISOString();
  const days = new Map<string, NotedChange[]>();
  for (const change of changes) days.set(change.date, [...(days.get(change.date) ?? []), { ...change, seenAt }]);
  for (const [date, noted] of days) {
    const sorted = noted.sort((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));
    await store.write(workKey.fileChanges(date, hashOf(sorted)), packLines(sorted), 'any');
  }
}

/** What was noticed in a tree. */
export interface FileChanges {
  /** Each once, as it was noticed first; by day, folder and name. */
  readonly changes: readonly NotedChange[];
  /** Keys of files that are not what their names say. */
  readonly damaged: readonly string[];
}

/** Reads all that was noticed in a tree (its folder ends in `/`, or is empty). */
export async function readFileChanges(store: ReportStore, tree = ''): Promise<FileChanges> {
  const noted = new Map<string, NotedChange>();
  const damaged: string[] = [];
  for await (const { key } of store.list(tree + workFolder.fileChanges)) {
    const changes = await changesIn(store, key);
    if (changes === null) damaged.push(key.slice(tree.length));
    for (const change of changes ?? []) {
      const known = noted.get(identityOf(change));
      if (!known || change.seenAt < known.seenAt) noted.set(identityOf(change), change);
    }
  }
  const sorted = [...noted].sort(([a], [b]) => (a < b ? -1 : 1));
  return { changes: sorted.map(([, change]) => change), damaged };
}

/** What is found of all changes that were noticed in some trees, by their folders. */
export async function fileChangesByTree(
  store: ReportStore,
  trees: readonly string[],
): Promise<Record<string, FileChangesFacts[]>> {
  const found: Record<string, FileChangesFacts[]> = {};
  for (const tree of trees)
    found[tree] = fileChangesFacts((await readFileChanges(store, tree)).changes, { from: null, to: null });
  return found;
}

/** What is found of changes, by day of delivery: of those that may concern some report dates (inclusive; null: no bound). */
export function fileChangesFacts(
  changes: readonly NotedChange[],
  { from, to }: { readonly from: string | null; readonly to: string | null },
): FileChangesFacts[] {
  const groups = new Map<string, NotedChange[]>();
  for (const change of changes) {
    const name = `${change.date} ${change.now === null}`;
    groups.set(name, [...(groups.get(name) ?? []), change]);
  }
  return [...groups.values()].flatMap((group) => {
    const [{ date, now } = { date: '', now: null }] = group;
    // Of what was delivered on a day, much lies in the report day before, whatever its zone.
    const dates = [addDays(date, -1), date, ...group.flatMap(({ reportDates }) => reportDates)].sort();
    const days = { from: dates[0] ?? date, to: dates.at(-1) ?? date };
    if ((from !== null && days.to < from) || (to !== null && days.from > to)) return [];
    const hash = createHash('sha256').update(group.map(identityOf).join('\n')).digest('hex');
    const told = group.slice(0, MOST_TOLD).map(textOf);
    return [{ date, isGone: now === null, count: group.length, told, hash, days }];
  });
}

/** Files that a finding names. */
const MOST_TOLD = 5;

function textOf({ folder, date, name, was, now, seenAt }: NotedChange): string {
  const version = (file: FileVersion) => `${file.size} bytes, ${file.version}`;
  const after = now === null ? `missed ${seenAt}` : `is ${version(now)}, seen ${seenAt}`;
  return `${folder}${date.replaceAll('-', '/')}/${name} (was ${version(was)}; ${after})`;
}

/** Null where it is not what its name says. */
async function changesIn(store: ReportStore, key: string): Promise<readonly NotedChange[] | null> {
  const parsed = parseKey(key);
  const stored = await store.read(key);
  if (parsed.kind !== 'work' || parsed.what !== 'file-changes' || !stored) return null;
  const [date, sha256] = parsed.parts;
  try {
    const changes = unpackLines(stored.bytes, key);
    if (!changes.every(isNoted)) return null;
    const noted = changes as NotedChange[];
    return hashOf(noted) === sha256 && noted.every((change) => change.date === date) ? noted : null;
  } catch {
    return null; // It is told as damaged.
  }
}

/** What is the same change, whenever it was noticed. */
function identityOf({ date, folder, name, was, now }: FileChange): string {
  return JSON.stringify([date, folder, name, was.size, was.version, now && [now.size, now.version]]);
}

function hashOf(changes: readonly NotedChange[]): string {
  const text = changes.map((change) => JSON.stringify(change)).join('\n');
  return createHash('sha256').update(text).digest('hex');
}

const isVersion = hasMembers({ size: isCount, version: isText });
const isNoted = hasMembers({
  ...{ folder: isText, date: isDate, name: isText, was: isVersion, now: isNullOr(isVersion) },
  ...{ reportDates: isListOf(isDate), seenAt: isInstant },
});
