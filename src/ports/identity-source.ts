import type { CredentialLink } from '../cloudtrail/credential-link.js';
import type { SourceAccount } from './start-source.js';

/** Finds the events that issued credentials or sessions. */
export interface LinkSource {
  /** STS events, by the access key that they issued. */
  find(accessKeyIds: readonly string[], signal?: AbortSignal): AsyncIterable<CredentialLink>;
  /** Events that were signed with these keys and say on behalf of whom; absent where they cannot be asked for. */
  findUses?(accessKeyIds: readonly string[], signal?: AbortSignal): AsyncIterable<CredentialLink>;
  /** Athena's `StartSession` events of these Spark sessions; absent where they cannot be asked for. */
  findSparkStarts?(uses: readonly SparkUse[], signal?: AbortSignal): AsyncIterable<CredentialLink>;
  /** True when some account or Region could not be asked: what was not found may be there. Absent where failures are thrown. */
  hasFailed?(): boolean;
  account(): SourceAccount;
}

/** When and where a Spark session started queries; times are epoch milliseconds. */
export interface SparkUse {
  readonly sessionId: string;
  readonly region: string;
  readonly firstUse: number;
  readonly lastUse: number;
}

/** Knows the user names of IAM Identity Center. */
export interface UserNameSource {
  /**
   * Asks for users, each `<identity store ARN>#<user id>`. Yields those it got an answer for; the name is null when the store
   * has no such user. What may not be asked is told as a warning, and left out.
   */
  find(
    users: readonly string[],
    signal?: AbortSignal,
  ): AsyncIterable<{ readonly user: string; readonly name: string | null }>;
  account(): SourceAccount;
}
