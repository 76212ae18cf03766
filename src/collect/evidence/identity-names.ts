import type { UserNameSource } from '../../ports/identity-source.js';
import type { ReportStore } from '../../ports/report-store.js';
import { workKey } from '../../tree/layout.js';
import { readDocument, type TreeDocument, updateDocument } from '../../tree/update.js';
import { openDayLinks } from './day-links.js';

/** What IAM Identity Center said about its users, of all days: nobody asks twice. */
interface NameFile {
  readonly schema: 1;
  /** By `<identity store ARN>#<user id>`; null for a user that the store does not have. */
  readonly users: Readonly<Record<string, string | null>>;
}

/**
 * Notes the names of a day's users with its evidence, so that its rows depend on nothing else. Asks for those that nobody asked
 * for before, where somebody can be asked.
 */
export async function nameUsers(request: {
  readonly store: ReportStore;
  readonly reportDate: string;
  readonly users: readonly string[];
  readonly source: UserNameSource | null;
  readonly signal?: AbortSignal;
}): Promise<void> {
  const { store, reportDate, users, source, signal } = request;
  if (users.length === 0) return;
  let { users: known } = await readDocument(store, NAMES);
  const unknown = users.filter((user) => !(user in known)).sort();
  const learnt: Record<string, string | null> = {};
  if (source && unknown.length > 0)
    for await (const { user, name } of source.find(unknown, signal)) learnt[user] = name;
  if (Object.keys(learnt).length > 0) {
    ({ users: known } = await updateDocument(store, NAMES, (file): NameFile => {
      const all = Object.entries({ ...file.users, ...learnt }).sort(([a], [b]) => (a < b ? -1 : 1));
      return { schema: 1, users: Object.fromEntries(all) };
    }));
  }
  const links = await openDayLinks(store, reportDate, ['named']);
  for (const user of [...users].sort()) {
    const name = known[user];
    if (typeof name === 'string') links.add({ named: { user, name } });
  }
  await links.commit();
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
