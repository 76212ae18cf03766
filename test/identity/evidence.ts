import type { CredentialLink } from '../../src/cloudtrail/credential-link.js';
import type { JsonObject } from '../../src/cloudtrail/json-access.js';
import { readCredentialLink } from '../../src/cloudtrail/read-credential-link.js';
import { readStart, type Start } from '../../src/cloudtrail/start.js';
import { createCredentialGraph } from '../../src/identity/chain/credential-graph.js';
import type { CommentTag } from '../../src/identity/comments/comment-tag.js';
import { type Directory, EMPTY_DIRECTORY } from '../../src/identity/directory/directory.js';
import type { Resolution } from '../../src/identity/resolve/resolution.js';
import { resolvePerson } from '../../src/identity/resolve/resolve-person.js';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const STORE = `arn:aws:identitystore::${ACCOUNT}:identitystore/d-9067642ac7`;

/** Members of a `userIdentity` in short: what differs from case to case. */
export interface Identity {
  readonly [key: string]: unknown;
}

export interface Session {
  readonly role: string;
  readonly name: string;
  readonly key?: string | null;
  readonly account?: string;
  /** Second of the day at which the session began. */
  readonly began?: number;
  readonly context?: Identity;
  readonly extra?: Identity;
}

/** A time of the day 2026-11-02 UTC, in seconds. */
export function at(second: number): string {
  return new Date(Date.UTC(2026, 10, 2) + second * 1000).toISOString().replace('.000', '');
}

export function roleArn(role: string, account = ACCOUNT): string {
  return `arn:aws:iam::${account}:role/${role}`;
}

export function portalRole(permissionSet: string): string {
  return `aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${permissionSet}_0123456789abcdef`;
}

/** The unique id of a role or user, made from its name. */
export function idOf(prefix: 'AROA' | 'AIDA', name: string): string {
  return (
    prefix +
    name
      .replace(/[^A-Za-z0-9]/g, '')
      .toUpperCase()
      .slice(-16)
      .padEnd(16, 'X')
  );
}

export function roleSession(session: Session): Identity {
  const { role, name, account = ACCOUNT, began = 0 } = session;
  const roleName = role.slice(role.lastIndexOf('/') + 1);
  const id = idOf('AROA', `${account}${role}`);
  return {
    type: 'AssumedRole',
    principalId: `${id}:${name}`,
    arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${name}`,
    accountId: account,
    ...(session.key === null ? { accessKeyId: '' } : { accessKeyId: session.key ?? `ASIA${id.slice(4)}` }),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: id,
        arn: roleArn(role, account),
        accountId: account,
        userName: roleName,
      },
      attributes: { creationDate: at(began), mfaAuthenticated: 'false' },
      ...session.context,
    },
    ...session.extra,
  };
}

export function iamUser(
  name: string,
  { key = `AKIA${name.toUpperCase()}`, account = ACCOUNT, path = '' } = {},
): Identity {
  return {
    type: 'IAMUser',
    principalId: idOf('AIDA', `${account}${name}`),
    arn: `arn:aws:iam::${account}:user/${path}${name}`,
    accountId: account,
    accessKeyId: key,
    userName: name,
  };
}

export function awsService(host: string): Identity {
  return { type: 'AWSService', invokedBy: host };
}

/** What the role owner's copy of a cross-account event knows of a caller. */
export function foreign(caller: Identity): Identity {
  return { type: 'AWSAccount', principalId: caller.principalId, accountId: caller.accountId };
}

let events = 0;
function eventId(): string {
  events += 1;
  return `00000000-0000-4000-8000-${String(events).padStart(12, '0')}`;
}

export function startRecord(identity: Identity, options: { second?: number; extra?: Identity } = {}): JsonObject {
  return {
    eventVersion: '1.11',
    eventSource: 'athena.amazonaws.com',
    eventName: 'StartQueryExecution',
    awsRegion: 'us-east-1',
    eventID: eventId(),
    eventTime: at(options.second ?? 1000),
    recipientAccountId: ACCOUNT,
    userIdentity: identity,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'Boto3/1.43.11 Botocore/1.43.11',
    requestParameters: { queryString: '***OMITTED***', workGroup: 'primary' },
    responseElements: { queryExecutionId: eventId() },
    ...options.extra,
  };
}

export function start(identity: Identity, options: { second?: number; extra?: Identity } = {}): Start {
  const read = readStart(startRecord(identity, options));
  if (read.kind !== 'start') throw new Error(`the test's start is no start: ${read.reason}`);
  return read;
}

/** An event that issues `issued` to `caller`. */
export function linkRecord(
  caller: Identity,
  issued: Session | null,
  options: {
    name?: string;
    second?: number;
    extra?: Identity;
    request?: Identity;
    response?: Identity;
    recipient?: string;
  } = {},
): JsonObject {
  const identity = issued ? roleSession(issued) : null;
  const name = options.name ?? 'AssumeRole';
  return {
    eventVersion: '1.08',
    eventSource:
      name === 'StartSession'
        ? 'athena.amazonaws.com'
        : /Token$/.test(name) && !/^Get(Session|Fed)/.test(name)
          ? 'signin.amazonaws.com'
          : 'sts.amazonaws.com',
    eventName: name,
    awsRegion: 'us-east-1',
    eventID: eventId(),
    eventTime: at(options.second ?? issued?.began ?? 0),
    recipientAccountId: options.recipient ?? issued?.account ?? ACCOUNT,
    userIdentity: caller,
    requestParameters: {
      ...(issued ? { roleArn: roleArn(issued.role, issued.account), roleSessionName: issued.name } : {}),
      ...options.request,
    },
    responseElements: {
      ...(identity
        ? {
            credentials: { accessKeyId: identity.accessKeyId, expiration: 'Nov 2, 2026, 11:00:00 PM' },
            assumedRoleUser: { assumedRoleId: identity.principalId, arn: identity.arn },
          }
        : {}),
      ...options.response,
    },
    ...options.extra,
  };
}

export function link(...parameters: Parameters<typeof linkRecord>): CredentialLink {
  const read = readCredentialLink(linkRecord(...parameters));
  if (!read) throw new Error("the test's link is no link");
  return read;
}

/** Resolves one start with everything given, in the given order. */
export function resolve(
  subject: Start,
  evidence: {
    links?: readonly CredentialLink[];
    others?: readonly Start[];
    directory?: Directory;
    tag?: CommentTag | null;
  } = {},
): Resolution {
  const graph = createCredentialGraph();
  for (const one of evidence.links ?? []) graph.addLink(one);
  for (const other of evidence.others ?? []) graph.addStart(other);
  graph.addStart(subject);
  return resolvePerson({
    start: subject,
    graph,
    directory: evidence.directory ?? EMPTY_DIRECTORY,
    tag: evidence.tag ?? null,
  });
}
