import type { CredentialGraph } from '../chain/credential-graph.js';
import type { StoredLink } from '../chain/link-store.js';
import { type Directory, type DirectoryRole, personOf, teamOfRole } from '../directory/directory.js';
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

/**
 * Somebody was found. The person is whom the directory knows by one of the aliases or the name (in this order), else the
 * name as it is.
 */
export function found(
  search: Search,
  who: { readonly name: string; readonly aliases?: readonly (string | null)[] },
  finding: Pick<Finding, 'kind' | 'method' | 'confidence' | 'evidence'> & Partial<Finding>,
): Finding {
  const known = personOf(search.directory, [...(who.aliases ?? []), who.name]);
  return {
    conflict: null,
    reason: null,
    hops: [],
    ...finding,
    person: known?.id ?? who.name,
    team: known?.team ?? null,
    evidence: known ? [...finding.evidence, `directory:${known.id}`] : finding.evidence,
  };
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
    kind: role.kind === 'tool' ? 'workload' : role.kind,
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
