import type { CredentialGraph } from '../chain/credential-graph.js';
import type { StoredLink } from '../chain/link-store.js';
import {
  type Directory,
  type DirectoryRole,
  type NameScope,
  personNamed,
  personOf,
  teamOfRole,
} from '../directory/directory.js';
import type { EvidenceConflict, Hop, IdentityConfidence, IdentityMethod, PersonKind } from './resolution.js';

/** What is known about one use of a credential: a resolution in the making. */
export interface Finding {
  readonly person: string | null;
  readonly kind: PersonKind;
  readonly method: IdentityMethod;
  readonly confidence: IdentityConfidence;
  readonly evidence: readonly string[];
  readonly team: string | null;
  readonly conflict: EvidenceConflict | null;
  readonly reason: string | null;
  readonly hops: readonly Hop[];
}

/** What a search works with. */
export interface Search {
  readonly graph: CredentialGraph;
  readonly directory: Directory;
  /** User names by `<identity store ARN>#<user id>` or user id, from `identitystore:DescribeUser`. */
  readonly identityStoreNames: ReadonlyMap<string, string>;
  /** Who stands behind the caller of a link: thousands of starts come out of one. Void when the graph grows. */
  readonly callers: Map<StoredLink, Finding>;
  /** User names by user id alone, filled at first need; null for an id that several stores have. Void when the graph grows. */
  readonly userNames: Map<string, string | null>;
}

/** Nobody was found, and why. */
export function notFound(reason: string, hops: readonly Hop[] = []): Finding {
  return {
    person: null,
    kind: 'unknown',
    method: 'unresolved',
    confidence: 'none',
    evidence: [],
    team: null,
    conflict: null,
    reason,
    hops,
  };
}

type Known = Pick<Finding, 'kind' | 'method' | 'confidence' | 'evidence'> & Partial<Finding>;

/** The names of somebody, by how much the directory's word about them proves. */
export interface Naming {
  readonly name: string;
  /** ARNs and unique ids, which AWS gives to one principal alone, and names of Identity Center. The first one known decides. */
  readonly ids?: readonly (string | null)[];
  /** Further names that an account or an identity provider gave; the same may mean somebody else in another. */
  readonly names?: readonly (string | null)[];
  /** Where the names were given. */
  readonly scope?: NameScope;
}

/**
 * Somebody was found. The person is whom the directory knows by an id, else by a name, else the name as it is. A bare alias that turns a
 * name into somebody of another name is the directory's word about that name only: then the person is asserted, unless the
 * directory says it of this account or provider.
 */
export function found(search: Search, who: Naming, finding: Known): Finding {
  const { directory } = search;
  const byId = personOf(directory, who.ids ?? []);
  const byName = byId ? null : personNamed(directory, [who.name, ...(who.names ?? [])], who.scope ?? NOWHERE);
  const known = byId ?? byName?.person ?? null;
  const isProven = byName === null || byName.isBound || isSameName(byName.person.id, who.name);
  const lowered = finding.confidence === 'verified' && !isProven;
  return {
    conflict: null,
    hops: [],
    ...finding,
    confidence: lowered ? 'asserted' : finding.confidence,
    reason: finding.reason ?? (lowered ? unbound(who.name, who.scope ?? NOWHERE) : null),
    person: known?.id ?? who.name,
    team: known?.team ?? null,
    evidence: known ? [...finding.evidence, `directory:${known.id}`] : finding.evidence,
  };
}

const NOWHERE: NameScope = { account: null, issuers: [] };

function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function unbound(name: string, { account, issuers }: NameScope): string {
  const issuer = issuers.find((one) => one !== null) ?? null;
  const alias =
    issuer === null ? `{ name: ${name}, account: "${account ?? ''}" }` : `{ name: ${name}, issuer: "${issuer}" }`;
  return `the directory does not say where "${name}" is the person's name; it would be proof as the alias ${alias}`;
}

/** A program was found: nobody's name, so the people of the directory are not looked through. */
export function foundProgram(name: string, finding: Known): Finding {
  return { conflict: null, reason: null, hops: [], team: null, ...finding, person: name };
}

/** Why a name of the looks `either` and `login` is of an unknown kind. */
export function eitherReason(name: string): string {
  return `nothing tells whether ${name} is a person or a program: the directory can say so, under people or roles`;
}

/** Somebody of whom nothing but the directory could tell that it is a person. `isPerson`: what is known beside says so. */
export function unlessUntold(who: Finding, name: string, isPerson: boolean): Finding {
  const isListed = who.evidence.some((id) => id.startsWith('directory:'));
  return who.kind !== 'human' || isListed || isPerson ? who : { ...who, kind: 'unknown', reason: eitherReason(name) };
}

/** A role of the directory: its tool, else its owner, else itself. */
export function foundRole(
  search: Search,
  role: DirectoryRole,
  finding: Pick<Finding, 'method' | 'confidence' | 'evidence'> & Partial<Finding>,
): Finding {
  const { tool, owner, name, arn } = role;
  const own = name ?? lastPart(arn ?? '');
  return {
    conflict: null,
    reason: null,
    hops: [],
    ...finding,
    person: tool ?? personOf(search.directory, [owner])?.id ?? owner ?? own,
    kind: role.kind === 'tool' || role.kind === 'broker' ? 'workload' : role.kind,
    team: teamOfRole(search.directory, role),
    evidence: [...finding.evidence, `directory:${own}`],
  };
}

/** The last part of an ARN or path: the name of a role or user. */
export function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Evidence ids in order, each once. */
export function unique(evidence: readonly string[]): readonly string[] {
  return evidence.filter((id, index) => evidence.indexOf(id) === index);
}
