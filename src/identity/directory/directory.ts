import {
  aliasKey,
  CHARGEBACK_FIELDS,
  type ChargebackField,
  type Directory,
  type DirectoryPerson,
  type DirectoryRole,
  scopeKey,
} from './directory-entries.js';

export type { Directory, DirectoryPerson, DirectoryRole } from './directory-entries.js';

export const EMPTY_DIRECTORY: Directory = {
  people: [],
  roles: [],
  teams: [],
  chargeback: [],
  comments: [],
  accounts: new Set(),
  issuers: new Set(),
  peopleByAlias: new Map(),
  rolesByKey: new Map(),
};

/** Finds the person that one of these names belongs to; the earlier name decides. */
export function personOf(directory: Directory, names: readonly (string | null)[]): DirectoryPerson | null {
  for (const name of names) {
    const person = name === null ? undefined : directory.peopleByAlias.get(aliasKey(name));
    if (person) return person;
  }
  return null;
}

/** Where a name was given: the account of a user or session, and the identity provider, by every name it has. */
export interface NameScope {
  readonly account: string | null;
  readonly issuers: readonly (string | null)[];
}

/**
 * Finds the person whom one of these names means in this account or of this provider. `isBound`: the directory says so of this very
 * account or provider; a name alone may be somebody else's there.
 */
export function personNamed(
  directory: Directory,
  names: readonly (string | null)[],
  { account, issuers }: NameScope,
): { readonly person: DirectoryPerson; readonly isBound: boolean } | null {
  const scopes = [account, ...issuers].filter((scope) => scope !== null);
  for (const name of names) {
    for (const scope of name === null ? [] : scopes) {
      const person = directory.peopleByAlias.get(aliasKey(name ?? '', scope));
      if (person) return { person, isBound: true };
    }
  }
  const person = personOf(directory, names);
  if (!person) return null;
  const isOwn = issuers.length === 0 && account !== null && directory.accounts.has(scopeKey(account));
  const isOfProvider = issuers.some((issuer) => issuer !== null && directory.issuers.has(scopeKey(issuer)));
  return { person, isBound: isOwn || isOfProvider };
}

/** Finds the role by the ARN of a role or IAM user; a rule with an ARN goes before one with a name, which means roles only. */
export function roleOf(directory: Directory, arn: string | null): DirectoryRole | null {
  if (arn === null || directory.rolesByKey.size === 0) return null;
  const key = arn.toLowerCase();
  const byArn = directory.rolesByKey.get(key);
  if (byArn || !key.includes(':role/')) return byArn ?? null;
  return directory.rolesByKey.get(key.slice(key.lastIndexOf('/') + 1)) ?? null;
}

/** The team of a role: its own, else that of the person who owns it, else the owner when the owner is a team. */
export function teamOfRole(directory: Directory, role: DirectoryRole): string | null {
  if (role.team !== null) return role.team;
  const owner = personOf(directory, [role.owner]);
  if (owner) return owner.team;
  return directory.teams.find(({ name }) => name.toLowerCase() === role.owner?.toLowerCase())?.name ?? null;
}

/** A workgroup has many tags, a line each; anything else has one value. */
function valuesOf(facts: ChargebackFacts, field: ChargebackField): readonly string[] {
  const value = facts[field] ?? '';
  return field === 'tag' ? value.split('\n') : [value];
}

function isAnyLike(patterns: readonly string[] | undefined, values: readonly string[]): boolean {
  return patterns?.some((pattern) => values.some((value) => isLike(pattern, value))) ?? true;
}

type ChargebackFacts = Readonly<Partial<Record<ChargebackField, string | null>>>;

/** The cost centre of a query: the first chargeback rule that holds, else the person's, else the team's; null when nobody says. */
export function costCenterOf(directory: Directory, facts: ChargebackFacts): string | null {
  const rule = directory.chargeback.find(({ when }) =>
    CHARGEBACK_FIELDS.every((field) => isAnyLike(when[field], valuesOf(facts, field))),
  );
  if (rule) return rule.costCenter;
  const person = personOf(directory, [facts.person ?? null]);
  if (person && person.costCenter !== null) return person.costCenter;
  const team = facts.team?.toLowerCase();
  return directory.teams.find(({ name }) => name.toLowerCase() === team)?.costCenter ?? null;
}

function isLike(pattern: string, value: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const text = value.toLowerCase();
  if (parts.length === 1) return text === parts[0];
  const first = parts.shift() ?? '';
  const last = parts.pop() ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
