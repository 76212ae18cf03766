import { type DirectoryProblem, parseDirectoryDocument } from './directory-document.js';
import {
  CHARGEBACK_FIELDS,
  type ChargebackField,
  type Directory,
  type DirectoryPerson,
  type DirectoryRole,
} from './directory-entries.js';

export type { DirectoryProblem } from './directory-document.js';
export type { ChargebackField, Directory, DirectoryPerson, DirectoryRole } from './directory-entries.js';

export const EMPTY_DIRECTORY: Directory = {
  people: [],
  roles: [],
  teams: [],
  chargeback: [],
  peopleByAlias: new Map(),
  rolesByKey: new Map(),
};

/** A directory file that cannot be used, with every problem and its line. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly problems: readonly DirectoryProblem[];
  constructor(problems: readonly DirectoryProblem[]) {
    const lines = problems.map(({ line, message }) => `line ${line}: ${message}`);
    super(
      `the identity directory has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}`,
    );
    this.problems = problems;
  }
}

/**
 * Reads a directory written in YAML or JSON.
 * @throws DirectoryError with all problems and their lines: unknown keys (with the nearest known one), wrong types, an alias
 * of two people, a role listed twice, an unknown team.
 */
export function parseDirectory(text: string): Directory {
  const { problems, ...directory } = parseDirectoryDocument(text);
  if (problems.length > 0) throw new DirectoryError(problems);
  return directory;
}

/** Finds the person that one of these names belongs to; the earlier name decides. */
export function personOf(directory: Directory, names: readonly (string | null)[]): DirectoryPerson | null {
  for (const name of names) {
    const person = name === null ? undefined : directory.peopleByAlias.get(name.toLowerCase());
    if (person) return person;
  }
  return null;
}

/** Finds the role by the ARN of a role or IAM user (a rule with an ARN goes before one with a name). */
export function roleOf(directory: Directory, arn: string | null): DirectoryRole | null {
  if (arn === null || directory.rolesByKey.size === 0) return null;
  const key = arn.toLowerCase();
  return directory.rolesByKey.get(key) ?? directory.rolesByKey.get(key.slice(key.lastIndexOf('/') + 1)) ?? null;
}

/** The team of a role: its own, else that of the person who owns it, else the owner when the owner is a team. */
export function teamOfRole(directory: Directory, role: DirectoryRole): string | null {
  if (role.team !== null) return role.team;
  const owner = personOf(directory, [role.owner]);
  if (owner) return owner.team;
  return directory.teams.find(({ name }) => name.toLowerCase() === role.owner?.toLowerCase())?.name ?? null;
}

/** The cost centre of a query: the first chargeback rule that holds, else the person's, else the team's; null when nobody says. */
export function costCenterOf(
  directory: Directory,
  facts: Readonly<Partial<Record<ChargebackField, string | null>>>,
): string | null {
  const rule = directory.chargeback.find(({ when }) =>
    CHARGEBACK_FIELDS.every((field) => when[field]?.some((pattern) => isLike(pattern, facts[field] ?? '')) ?? true),
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
