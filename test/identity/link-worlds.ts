import fc from 'fast-check';
import type { CredentialLink } from '../../src/cloudtrail/credential-link.js';
import { type Principal, readPrincipal } from '../../src/cloudtrail/principal.js';
import { LINK_EVENT_NAMES } from '../../src/cloudtrail/read-credential-link.js';
import type { Start } from '../../src/cloudtrail/start.js';
import { type DayLine, textOfDayLine } from '../../src/tree/evidence/evidence-lines.js';
import type { EvidenceView } from '../../src/tree/evidence/evidence-view.js';
import { dayEvidence, hourEvidence } from '../../src/tree/layout.js';
import { type Chain, chains } from './link-chains.js';

/** The day whose rows are asked about. */
export const DAY = '2026-11-02';
const NOON = Date.UTC(2026, 10, 2, 12);

/** What lies in a tree, with what somebody may ask. */
export interface LinkWorld {
  readonly starts: readonly Start[];
  /** Lines of the days around, part by part. */
  readonly parts: readonly { readonly date: string; readonly lines: readonly DayLine[] }[];
}

/** How many keys, sessions and events there are: in a narrow world everything claims everything, in a wide one little hangs together. */
export interface Width {
  readonly ids: number;
  readonly lines: number;
}

const ACCOUNTS = ['111122223333', '444455556666'];
const STORES = ['arn:aws:identitystore::111122223333:identitystore/d-1', 'arn:aws:identitystore::1:identitystore/d-2'];
const SPARKS = [0, 1, 2].map((n) => `0000000${n}-0000-4000-8000-00000000000${n}`);
const PORTAL = 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Analyst_0123456789abcdef';
const MCP = 'https://aws-mcp.us-east-1.api.aws/mcp';
const COGNITO = 'cognito-identity.amazonaws.com';

const rarely = <T>(of: fc.Arbitrary<T>, freq = 4) => fc.option(of, { freq, nil: null }).map((value) => value ?? null);
const seldom = <T>(of: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: of });

/** Any world: forged, contradicting and cyclic ones as well as those that AWS would record. */
export function linkWorlds({ ids, lines }: Width): fc.Arbitrary<LinkWorld> {
  const number = fc.nat({ max: ids - 1 });
  const key = fc.oneof(
    { weight: 9, arbitrary: number.map((n) => `ASIA${String(n).padStart(16, 'X')}`) },
    { weight: 1, arbitrary: fc.constantFrom('AKIAUSER', '', 'ASIA"\\quote', 'ASIA ключ') },
  );
  const roleId = fc.nat({ max: 3 }).map((n) => `AROAROLE${n}`);
  const sessionName = fc.oneof(
    number.map((n) => `session-${n}`),
    fc.constantFrom('ana', 'bob@acorn.example', 'i-0abcdef0123456789', ...SPARKS.map((id) => `AthenaExecutor-${id}`)),
    fc.constantFrom(...SPARKS),
  );
  const roleArn = fc.oneof(
    fc.nat({ max: 3 }).map((n) => `arn:aws:iam::${ACCOUNTS[n % 2]}:role/Role${n}`),
    fc.constantFrom(PORTAL, 'arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Own'),
  );
  /** Seconds, half of them beside each other. */
  const time = fc.oneof(
    number.map((n) => NOON + n * 1000),
    fc.integer({ min: -3000, max: 3000 }).map((n) => NOON + n * 1000),
    fc.integer({ min: -130_000, max: 130_000 }).map((n) => NOON + n * 1000),
  );
  const signIn = number.map((n) => `arn:aws:signin:us-east-1:111122223333:session/s${n % 7}`);
  const principal: fc.Arbitrary<Principal> = fc
    .record({
      type: fc.constantFrom(
        'AssumedRole',
        'AssumedRole',
        'AssumedRole',
        'AssumedRole',
        'Root',
        'IAMUser',
        'FederatedUser',
        'AWSAccount',
        'AWSService',
        'SAMLUser',
        null,
      ),
      roleId,
      session: sessionName,
      key: rarely(key),
      account: fc.constantFrom(...ACCOUNTS),
      issuer: rarely(roleArn),
      began: rarely(time),
      sourceIdentity: seldom(fc.constantFrom('ana', 'bob', 'eve')),
      user: seldom(fc.constantFrom('user-1', 'user-2', ...SPARKS)),
      store: rarely(fc.constantFrom(...STORES)),
      signIn: seldom(signIn),
      arn: rarely(fc.boolean()),
      service: fc.constantFrom('lambda', 'athena', 'rolesanywhere', 'newthing', 'signin'),
      provider: seldom(fc.constantFrom(COGNITO, 'token.actions.githubusercontent.com')),
    })
    .map((of) => {
      if (of.type === 'AWSService')
        return { ...readPrincipal({ type: of.type, invokedBy: `${of.service}.amazonaws.com` }) };
      const isUser = of.type === 'IAMUser';
      const read = readPrincipal({
        ...(of.type === null ? {} : { type: of.type }),
        principalId: isUser ? of.roleId.replace('AROAROLE', 'AIDAUSER') : `${of.roleId}:${of.session}`,
        ...(of.arn === null
          ? {}
          : {
              arn: isUser
                ? `arn:aws:iam::${of.account}:user/u${of.roleId.slice(-1)}`
                : `arn:aws:sts::${of.account}:assumed-role/R/${of.session}`,
            }),
        accountId: of.account,
        ...(of.key === null ? {} : { accessKeyId: of.key }),
        ...(isUser ? { userName: `u${of.roleId.slice(-1)}` } : {}),
      });
      return {
        ...read,
        ...(isUser
          ? {}
          : { issuerType: 'Role', issuerArn: of.issuer, issuerPrincipalId: of.issuer === null ? null : of.roleId }),
        creationDate: of.began,
        sourceIdentity: of.sourceIdentity,
        onBehalfOfUserId: of.user,
        onBehalfOfStoreArn: of.user === null ? null : of.store,
        signInSessionArn: of.signIn,
        federatedProvider: of.provider,
        ...(of.provider === COGNITO ? { federatedSubject: 'us-east-1:1', isGuest: false } : {}),
      };
    });
  const isConsole = fc.constantFrom(true, null, null);
  const eventId = number.map((n) => `e${String(n * 3).padStart(34, '0')}`);
  const link: fc.Arbitrary<CredentialLink> = fc
    .record({
      eventId: fc.oneof({ weight: 1, arbitrary: eventId }, { weight: 4, arbitrary: fc.uuid() }),
      eventTime: time,
      eventName: fc.constantFrom('AssumeRole', 'AssumeRole', ...LINK_EVENT_NAMES),
      account: rarely(fc.constantFrom(...ACCOUNTS)),
      shared: seldom(number.map((n) => `shared-${n % 9}`)),
      caller: principal,
      console: isConsole,
      key: rarely(key),
      roleId: rarely(roleId),
      session: sessionName,
      roleArn: rarely(roleArn),
      sourceIdentity: seldom(fc.constantFrom('ana', 'CN=host', 'eve')),
      subject: seldom(fc.constantFrom('ana@acorn.example', 'repo:acorn/x:y', 'us-east-1:1')),
      issuer: seldom(fc.constantFrom(COGNITO, 'https://idp.acorn.example')),
      token: seldom(number.map((n) => `token-${n % 5}`)),
      sourceArn: seldom(
        fc.constantFrom('arn:aws:iam::111122223333:user/u1', 'arn:aws:sts::111122223333:assumed-role/R/ana'),
      ),
      isGuest: seldom(fc.boolean()),
      spark: seldom(fc.constantFrom(...SPARKS)),
      signIn: seldom(signIn),
      resource: seldom(fc.constantFrom(MCP, 'https://other.example')),
    })
    .map((of) => ({
      kind: 'link',
      eventId: of.eventId,
      eventTime: of.eventTime,
      eventName: of.eventName,
      region: 'us-east-1',
      accountId: of.account,
      sharedEventId: of.shared,
      caller: of.caller,
      console: of.console,
      sourceIp: null,
      userAgent: null,
      issuedAccessKeyId: of.key,
      issuedPrincipalId: of.roleId === null ? null : `${of.roleId}:${of.session}`,
      issuedArn: null,
      roleArn: of.roleArn,
      roleSessionName: of.session,
      sourceIdentity: of.sourceIdentity,
      subject: of.subject,
      subjectType: null,
      issuer: of.issuer,
      providerArn: null,
      webIdentityTokenId: of.token,
      sourcePrincipalArn: of.sourceArn,
      isGuest: of.isGuest,
      sparkSessionId: of.spark,
      signInSessionArn: of.signIn,
      resource: of.resource,
      tags: ['a="issuedAccessKeyId":"ASIAXXXXXXXXXXXXXXX1"'],
    }));
  const use = fc.record({ principal, eventId: fc.uuid(), eventTime: time, console: isConsole });
  const start: fc.Arbitrary<Start> = use.map((one) => ({
    ...one,
    kind: 'start',
    region: 'us-east-1',
    accountId: ACCOUNTS[0] ?? '',
    queryExecutionId: one.eventId,
    ...{ errorCode: null, errorMessage: null, workGroup: 'primary', catalog: null, database: null, queryString: null },
    ...{ outputLocation: null, sourceIp: null, userAgent: 'Boto3', sharedEventId: null, replacesEventId: null },
  }));
  const line: fc.Arbitrary<DayLine> = fc.oneof(
    { weight: 14, arbitrary: link.map((one) => ({ link: one })) },
    { weight: 3, arbitrary: use.map((one) => ({ revealing: one })) },
    { weight: 1, arbitrary: fc.record({ id: roleId, arn: roleArn }).map((shown) => ({ shown })) },
    {
      weight: 1,
      arbitrary: fc
        .record({ user: fc.constantFrom(`${STORES[0]}#user-1`, 'x#user-2'), name: fc.constantFrom('ana', 'bob') })
        .map((named) => ({ named })),
    },
    { weight: 1, arbitrary: fc.oneof(key, fc.constant('spark:1')).map((asked) => ({ asked })) },
    { weight: 1, arbitrary: fc.constant({ elsewhere: { reportDate: DAY, ids: ['x'] } }) },
  );
  const part = fc.record({
    date: fc.constantFrom('2026-10-31', '2026-11-01', DAY, '2026-11-03'),
    lines: fc.array(line, { maxLength: lines }),
  });
  const random = fc.record({
    starts: fc.array(start, { minLength: 1, maxLength: 4 }),
    parts: fc.array(part, { minLength: 1, maxLength: 5 }),
  });
  return fc.tuple(random, fc.array(chains({ link, start }), { maxLength: 3 }), fc.infiniteStream(fc.nat())).map(mixed);
}

/** Puts the lines of chains among the others, wherever chance will have them. */
function mixed([world, found, chance]: readonly [LinkWorld, readonly Chain[], Iterator<number>]): LinkWorld {
  const next = (below: number) => Number(chance.next().value) % below;
  const parts = world.parts.map(({ date, lines }) => ({ date, lines: [...lines] }));
  for (const { lines } of found) {
    for (const line of lines) {
      const part = parts[next(parts.length)];
      part?.lines.splice(next(part.lines.length + 1), 0, line);
    }
  }
  return { starts: [...world.starts, ...found.map(({ start }) => start)], parts };
}

/** A world as the evidence of a tree; its starts lie in an hour of the day. */
export function viewOf({ parts, starts }: LinkWorld, hour = 8): EvidenceView {
  const label = { reportDate: DAY, hour };
  const texts = new Map<string, readonly string[]>();
  for (const [at, { lines }] of parts.entries()) texts.set(`${at}`, lines.map(textOfDayLine));
  texts.set(
    'starts',
    starts.map((start) => JSON.stringify({ start })),
  );
  const part = (folder: string, key: string) => ({
    folder,
    sha256: key,
    isMerged: false,
    shard: null,
    key,
    bytes: 500,
  });
  return {
    parts: async (folder) => [
      ...parts.flatMap(({ date }, at) => (dayEvidence(date) === folder ? [part(folder, `${at}`)] : [])),
      ...(hourEvidence(label) === folder ? [part(folder, 'starts')] : []),
    ],
    async *lines({ key }) {
      const all = texts.get(key) ?? [];
      for (let at = 0; at < all.length; at += 3) yield all.slice(at, at + 3);
    },
  };
}
