import type { UserNameSource } from '../../ports/identity-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import { workKey } from '../../tree/layout.js';
import { readDocument, type TreeDocument, updateDocument } from '../../tree/update.js';

/** What IAM Identity Center said about its users, kept with the tree: the same rows whoever builds them, and nobody asks twice. */
interface NameFile {
  readonly schema: 1;
  /** By `<identity store ARN>#<user id>`; null for a user that the store does not have. */
  readonly users: Readonly<Record<string, string | null>>;
}

/** User names learnt so far, by `<identity store ARN>#<user id>`. */
export async function readUserNames(store: ReportStore): Promise<Map<string, string>> {
  const { users } = await readDocument(store, NAMES);
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
  const { users: known } = await readDocument(store, NAMES);
  const unknown = users.filter((user) => !(user in known)).sort();
  if (unknown.length === 0) return;
  const learnt: Record<string, string | null> = {};
  for await (const { user, name } of source.find(unknown, signal)) learnt[user] = name;
  if (Object.keys(learnt).length === 0) return;
  await updateDocument(store, NAMES, (file): NameFile => {
    const all = Object.entries({ ...file.users, ...learnt }).sort(([a], [b]) => (a < b ? -1 : 1));
    return { schema: 1, users: Object.fromEntries(all) };
  });
}

/** Going on without it would forget names that nobody may be able to ask for any more. */
const NAMES: TreeDocument<NameFile> = {
  key: workKey.identityStore,
  absent: { schema: 1, users: {} },
  parse: (value) => {
    const file = value as Partial<NameFile> | null;
    const names = Object.values(file?.users ?? 'damaged');
    const isWhole = file?.schema === 1 && names.every((name) => name === null || typeof name === 'string');
    return isWhole && file.users ? { schema: 1, users: file.users } : null;
  },
  whenDamaged: 'throw',
};
