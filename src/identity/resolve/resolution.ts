/** Who stands behind a principal, in kind (contract, column `person_kind`). */
export type PersonKind = 'human' | 'agent' | 'workload' | 'service' | 'unknown';

/** How the person was found (contract, column `identity_method`). */
export type IdentityMethod =
  | 'identity-center'
  | 'source-identity'
  | 'sso-session'
  | 'iam-user'
  | 'saml-subject'
  | 'oidc-subject'
  | 'role-chain'
  | 'sql-comment'
  | 'session-name'
  | 'directory'
  | 'root'
  | 'workload'
  | 'service'
  | 'unresolved';

/** `verified`: AWS vouches for it. `asserted`: the caller chose it. `claimed`: text inside the SQL. */
export type IdentityConfidence = 'verified' | 'asserted' | 'claimed' | 'none';

/** One step from the person to the query, first hop first: an event, and what it proves. */
export interface Hop {
  readonly eventId: string;
  /** Epoch milliseconds. */
  readonly eventTime: number;
  /** Null when only the event's id was kept. */
  readonly eventName: string | null;
  /** ARN of whoever called; its id when the record has no ARN. */
  readonly caller: string | null;
  /** ARN of what the caller got: a role session, a federated user, a Spark or sign-in session. */
  readonly issued: string | null;
  /** What the event proves, in words for the user. */
  readonly proves: string;
}

/** Two pieces of evidence that name different people; the one that was not followed. */
export interface EvidenceConflict {
  readonly person: string;
  readonly method: IdentityMethod;
  readonly reason: string;
}

/** The answer for one start. */
export interface Resolution {
  /** Person id of the directory, else the name as AWS states it; null when unresolved. */
  readonly person: string | null;
  readonly kind: PersonKind;
  readonly method: IdentityMethod;
  readonly confidence: IdentityConfidence;
  /** `event:<eventID>`, `key:<accessKeyId>`, `comment:<app>`, `directory:<rule>`; first hop first. */
  readonly evidence: readonly string[];
  readonly team: string | null;
  readonly conflict: EvidenceConflict | null;
  /** What is missing to name the person (better), in words for the user; null when nothing is. */
  readonly unresolvedReason: string | null;
  readonly chain: readonly Hop[];
}
