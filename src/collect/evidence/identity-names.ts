import type { UserNameSource } from '../../ports/identity-source.js';
import { type ReportStore, WriteConflict } from '../../ports/report-store.js';
import { DamagedWorkingFile } from '../../tree/json-lines.js';

/** What IAM Identity Center said about its users, kept with the tree: the same rows whoever builds them, and nobody asks twice. */
interface NameFile {
  readonly schema: 1;
  /** By `<identity store ARN>#<user id>`; null for a user that the store does not have. */
  readonly users: Readonly<Record<string, string | null>>;
}

const KEY = '_work/identity-store.json';

/** User names learnt so far, by `<identity store ARN>#<user id>`. */
export async function readUserNames(store: ReportStore): Promise<Map<string, string>> {
  const { users } = (await read(store)).file;
  return new Map(Object.entries(users).flatMap(([user, name]) => (name === null ? [] : [[user, name] as const])));
}

/** Asks for users that nobody asked for before, and keeps the answers. */
export async function askForNames(request: {
  readonly store: ReportStore;
  readonly users: readonly string[];
  readonly source: UserNameSource;
  readonly signal?: AbortSignal;
}): Promise<void> {
  const { store, users, source, signal } = request;
  const { file } = await read(store);
  const unknown = users.filter((user) => !(user in file.users)).sort();
  if (unknown.length === 0) return;
  const learnt: Record<string, string | null> = {};
  for await (const { user, name } of source.find(unknown, signal)) learnt[user] = name;
  if (Object.keys(learnt).length > 0) await add(store, learnt);
}

async function add(store: ReportStore, learnt: Readonly<Record<string, string | null>>): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { file, tag } = await read(store);
    const users = Object.entries({ ...file.users, ...learnt }).sort(([a], [b]) => (a < b ? -1 : 1));
    const next: NameFile = { schema: 1, users: Object.fromEntries(users) };
    const bytes = Buffer.from(`${JSON.stringify(next, null, 2)}\n`);
    try {
      await store.write(KEY, bytes, tag === null ? { absent: true } : { tag });
      return;
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries >= 5) throw error;
    }
  }
}

async function read(store: ReportStore): Promise<{ readonly file: NameFile; readonly tag: string | null }> {
  const stored = await store.read(KEY);
  if (!stored) return { file: { schema: 1, users: {} }, tag: null };
  return { file: parse(stored.bytes), tag: stored.tag };
}

/** @throws DamagedWorkingFile: going on without it would forget names that nobody may be able to ask for any more */
function parse(bytes: Uint8Array): NameFile {
  try {
    const file = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<NameFile> | null;
    const names = Object.values(file?.users ?? 'damaged');
    if (file?.schema === 1 && file.users && names.every((name) => name === null || typeof name === 'string'))
      return { schema: 1, users: file.users };
  } catch (error) {
    throw new DamagedWorkingFile(KEY, error);
  }
  throw new DamagedWorkingFile(KEY, new Error('it does not hold names by user'));
}
