import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../ports/clock.js';
import { isAccessDenied, PermissionDenied } from '../aws/aws-failure.js';

/** A role in another account, as its owner lets it be assumed. */
export interface RoleToAssume {
  readonly roleArn: string;
  /** What the role's trust policy asks for against confused deputies; null when nothing. */
  readonly externalId: string | null;
}

/** Credentials of a session; `expiration` as the SDK's clients want it. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** CloudTrail shows this name for all that the session does. */
const SESSION_NAME = 'athena-query-tracker';
/** The longest session that role chaining allows (aws-facts 9). */
const SESSION_SECONDS = 3600;
/** A session is renewed so long before it ends. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * Gives the credentials of a role for as long as somebody asks: one session for all clients of an account, renewed before it ends.
 * @throws PermissionDenied when the role may not be assumed
 */
export function createAssumedRole({
  sts,
  role,
  clock,
}: {
  readonly sts: Pick<STSClient, 'send'>;
  readonly role: RoleToAssume;
  readonly clock: Clock;
}): () => Promise<SessionCredentials> {
  let session: Promise<SessionCredentials> | null = null;
  let renewAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (session && clock.now() < renewAt) return session;
    // Clients that ask at once share the answer; a refusal is not remembered.
    renewAt = Number.POSITIVE_INFINITY;
    session = assume(sts, role);
    try {
      const credentials = await session;
      renewAt = credentials.expiration.getTime() - RENEW_BEFORE_MS;
      return credentials;
    } catch (error) {
      session = null;
      throw error;
    }
  };
}

async function assume(
  sts: Pick<STSClient, 'send'>,
  { roleArn, externalId }: RoleToAssume,
): Promise<SessionCredentials> {
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: SESSION_NAME,
        DurationSeconds: SESSION_SECONDS,
        ...(externalId === null ? {} : { ExternalId: externalId }),
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new Error(`STS answered AssumeRole of ${roleArn} without credentials`);
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  } catch (error) {
    if (isAccessDenied(error)) throw new PermissionDenied(`sts:AssumeRole of ${roleArn}`, error);
    throw error;
  }
}
