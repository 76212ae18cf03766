import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCollect } from '../../src/cli/collect/collect.js';
import type { JsonObject } from '../../src/cloudtrail/json-access.js';
import { readCredentialLink } from '../../src/cloudtrail/read-credential-link.js';
import { parseDirectory } from '../../src/identity/directory/parse-directory.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import {
  ACCOUNT,
  at,
  foreign,
  type Identity,
  iamUser,
  link,
  linkRecord,
  OTHER_ACCOUNT,
  portalRole,
  resolve,
  roleSession,
  STORE,
  start,
  startRecord,
} from './evidence.js';

const console = { extra: { sessionCredentialFromConsole: 'true' } };

describe('a console switch', () => {
  const switched = { role: 'Admin', name: 'carla', key: 'ASIAMINTED', began: 300 };
  const carla = roleSession({ role: portalRole('Switcher'), name: 'carla', key: null, began: 10 });
  const subject = start(roleSession(switched), console);
  const by = (caller: Identity, second: number, options = {}) =>
    link(caller, { ...switched, key: `ASIA${second}` }, { second, ...options });

  it('is matched by the second in which the session began, else by the console’s own naming', () => {
    for (const second of [300, 301]) {
      const resolution = resolve(subject, { links: [by(carla, second, console)] });
      expect(resolution).toMatchObject({ person: 'carla', method: 'role-chain', confidence: 'verified' });
    }
  });

  it('is not somebody who took the same role under the same name a second later, whether or not the true event is here', () => {
    for (const options of [{}, console]) {
      const forged = by(iamUser('mallory'), 301, options);
      expect(resolve(subject, { links: [forged] })).toMatchObject({ person: 'carla', confidence: 'asserted' });
      const links = [forged, by(carla, 300, console)];
      expect(resolve(subject, { links })).toMatchObject({ person: 'carla', confidence: 'verified' });
    }
  });

  it('of another sign-in session is not it', () => {
    const arn = (id: string) => `arn:aws:signin:us-east-1:${ACCOUNT}:session/${id}`;
    const caller = roleSession({
      role: portalRole('A'),
      name: 'mallory',
      key: null,
      context: { signInSessionArn: arn('m') },
    });
    const use = start(roleSession({ ...switched, context: { signInSessionArn: arn('c') } }), console);
    expect(resolve(use, { links: [by(caller, 300, console)] })).toMatchObject({
      person: 'carla',
      confidence: 'asserted',
    });
  });
});

describe('an assumed root session', () => {
  const root = {
    type: 'Root',
    principalId: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    accountId: ACCOUNT,
    accessKeyId: 'ASIAROOT',
    sessionContext: { attributes: { creationDate: at(900) }, assumedRoot: 'true' },
  };

  it('is the account’s root by word only, unless the event that issued it is here', () => {
    expect(resolve(start(root))).toMatchObject({ person: `root:${ACCOUNT}`, confidence: 'asserted' });
    const asked = link(iamUser('rosa', { account: OTHER_ACCOUNT }), null, {
      name: 'AssumeRoot',
      second: 900,
      response: { credentials: { accessKeyId: 'ASIAROOT' } },
    });
    expect(resolve(start(root), { links: [asked] })).toMatchObject({ person: 'rosa', confidence: 'verified' });
  });
});

describe('Cognito identities', () => {
  const ID = 'eu-west-1:1cf667a2-49a6-454b-9e45-23199aaaaaaa';
  const session = { role: 'PoolRole', name: 'CognitoIdentityCredentials', key: 'ASIACOGNITO', began: 100 };
  const provider = 'cognito-identity.amazonaws.com';
  const caller = {
    type: 'WebIdentityUser',
    principalId: `${provider}:pool:${ID}`,
    userName: ID,
    identityProvider: provider,
  };
  const taken = link(caller, session, {
    name: 'AssumeRoleWithWebIdentity',
    response: { subjectFromWebIdentityToken: ID, provider },
  });
  const issued = (logins: object | null) => {
    const record = linkRecord({ type: 'Unknown' }, null, {
      name: 'GetCredentialsForIdentity',
      request: { identityId: ID, ...(logins ? { logins } : {}) },
      response: { identityId: ID, credentials: { accessKeyId: 'ASIACOGNITO' } },
      second: 100,
      extra: { eventSource: 'cognito-identity.amazonaws.com' },
    });
    const read = readCredentialLink(record);
    return read ? [read] : [];
  };
  const guests = (amr: string) => ({
    webIdFederationData: {
      federatedProvider: provider,
      attributes: { [`${provider}:sub`]: ID, [`${provider}:amr`]: amr },
    },
  });

  it('of guests are nobody, and so is one of whom nothing says that somebody signed in', () => {
    const use = start(roleSession(session));
    for (const links of [issued(null), [taken], [taken, ...issued(null)], [...issued(null), taken]]) {
      expect(resolve(use, { links })).toMatchObject({ person: null, confidence: 'none' });
    }
    const marked = start(roleSession({ ...session, context: guests('unauthenticated') }));
    expect(resolve(marked)).toMatchObject({ person: null });
    expect(resolve(marked, { links: [taken] })).toMatchObject({ person: null });
  });

  it('of users are the identity, which the directory may know', () => {
    const logins = { 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a': 'HIDDEN_DUE_TO_SECURITY_REASONS' };
    for (const links of [issued(logins), [taken, ...issued(logins)]]) {
      expect(resolve(start(roleSession(session)), { links })).toMatchObject({
        person: ID,
        kind: 'human',
        confidence: 'verified',
      });
    }
    expect(resolve(start(roleSession({ ...session, context: guests('authenticated') })))).toMatchObject({ person: ID });
    // The event that took the token does not say who signed in; the session's own records do, with it as without it.
    expect(
      resolve(start(roleSession({ ...session, context: guests('authenticated') })), { links: [taken] }),
    ).toMatchObject({
      person: ID,
      confidence: 'verified',
    });
    const directory = parseDirectory(`people: [{ id: ana@acorn.example, aliases: ["${ID}"] }]`);
    expect(resolve(start(roleSession(session)), { links: [taken], directory })).toMatchObject({
      person: 'ana@acorn.example',
      confidence: 'verified',
    });
  });
});

describe('subjects that a session’s own records repeat', () => {
  it.each([
    ['oidc.eks.eu-west-1.amazonaws.com/id/A', 'system:serviceaccount:etl:loader', 'k8s:etl/loader', 'workload'],
    ['idp.acorn.example', 'ana@acorn.example', 'ana@acorn.example', 'human'],
  ])('of %s: %s', (host, subject, person, kind) => {
    const federatedProvider = `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`;
    const context = { webIdFederationData: { federatedProvider, attributes: { [`${host}:sub`]: subject } } };
    expect(resolve(start(roleSession({ role: 'R', name: '17', context })))).toMatchObject({
      person,
      kind,
      method: 'oidc-subject',
      confidence: 'verified',
    });
  });
});

describe('tokens for another partition', () => {
  const arn = 'arn:aws:iam::222233334444:user/rosa';
  const session = { role: 'China', name: 'x9', key: 'ASIACHINA', began: 200 };
  const token = { webIdentityTokenId: 'token-1' };
  const taken = link({ type: 'WebIdentityUser', principalId: 'iss:aud:sub', userName: 'sub' }, session, {
    name: 'AssumeRoleWithWebIdentity',
    request: token,
    response: { subjectFromWebIdentityToken: 'sub', provider: 'iss' },
    extra: { additionalEventData: { crossPartitionData: { sourcePrincipalArn: arn, sourceRegion: 'us-east-1' } } },
  });

  it('lead back to whoever asked, by the ARN, and by the event where it is here', () => {
    const subject = start(roleSession(session));
    expect(resolve(subject, { links: [taken] })).toMatchObject({
      person: 'rosa',
      kind: 'human',
      confidence: 'verified',
    });
    const asked = link(iamUser('rosa', { account: '222233334444' }), null, {
      name: 'GetWebIdentityToken',
      response: token,
      second: 199,
      extra: { eventSource: 'sts.amazonaws.com' },
    });
    const resolution = resolve(subject, { links: [taken, asked] });
    expect(resolution).toMatchObject({ person: 'rosa', confidence: 'verified' });
    expect(resolution.evidence).toContain(`event:${asked.eventId}`);
    const other = link(iamUser('mallory'), null, {
      name: 'GetWebIdentityToken',
      response: token,
      extra: { eventSource: 'sts.amazonaws.com' },
    });
    expect(resolve(subject, { links: [taken, other] }).person).toBe('rosa');
  });
});

/** Where CloudTrail puts it is not documented: whichever of the likely places, it is read. */
describe('the origin identity of trusted identity propagation', () => {
  it.each([
    [{ context: { originIdentity: { subject: 'CN=ana@acorn.example', subjectType: 'user', issuer: 'x' } } }, 'human'],
    [{ extra: { OriginIdentity: { Subject: 'ana@acorn.example', SubjectType: 'user' } } }, 'human'],
    [{ context: { originIdentity: { subject: 'ana@acorn.example', subjectType: 'workload' } } }, 'workload'],
  ])('%j', (more, kind) => {
    expect(resolve(start(roleSession({ role: 'R', name: 'x9', ...more })))).toMatchObject({
      person: 'ana@acorn.example',
      kind,
      confidence: 'verified',
    });
  });
});

describe('brokers', () => {
  const session = {
    role: 'Lake',
    name: 'alice.kent',
    key: 'ASIALAKE',
    began: 100,
    context: { sourceIdentity: 'alice.kent' },
  };
  const teleport = roleSession({ role: 'teleport', name: 'i-0abc0123456789abc', context: { ec2RoleDelivery: '2.0' } });
  const taken = link(teleport, session, {
    request: { sourceIdentity: 'alice.kent' },
    response: { sourceIdentity: 'alice.kent' },
  });

  it('are the workload, verified, and where the directory lists them the user whom they name, asserted', () => {
    const subject = start(roleSession(session));
    expect(resolve(subject, { links: [taken] })).toMatchObject({
      person: 'teleport',
      kind: 'workload',
      confidence: 'verified',
    });
    for (const name of ['teleport', 'Lake']) {
      const directory = parseDirectory(
        `{ roles: [{ name: ${name}, kind: broker }], people: [{ id: alice@acorn.example, aliases: [alice.kent] }] }`,
      );
      const resolution = resolve(subject, { links: [taken], directory });
      expect(resolution).toMatchObject({ person: 'alice@acorn.example', kind: 'human', confidence: 'asserted' });
      expect(resolution.evidence).toEqual(expect.arrayContaining([`event:${taken.eventId}`, `directory:${name}`]));
      expect(resolve(subject, { directory })).toMatchObject({ person: 'alice@acorn.example', confidence: 'asserted' });
    }
  });

  it('name nobody by names that they made up, and no person who took the role by hand', () => {
    const directory = parseDirectory('roles: [{ name: Lake, kind: broker, owner: teleport }]');
    const machine = { ...session, name: 'session-1793717000', context: {} };
    expect(resolve(start(roleSession(machine)), { links: [link(teleport, machine)], directory })).toMatchObject({
      person: 'teleport',
      kind: 'workload',
      confidence: 'verified',
    });
    const byHand = link(iamUser('mallory'), session);
    expect(resolve(start(roleSession({ ...session, context: {} })), { links: [byHand], directory })).toMatchObject({
      person: 'mallory',
      confidence: 'verified',
    });
  });
});

describe('collected from log files', () => {
  const session = { role: 'Studio', name: 'studio', key: 'ASIASTUDIO', began: 100 };
  const behalf = { onBehalfOf: { userId: 'u-1', identityStoreArn: STORE } };
  const workgroup = (extra: Identity, second: number, name = 'GetWorkGroup'): JsonObject => ({
    ...startRecord(roleSession({ ...session, extra }), { second }),
    eventName: name,
    responseElements: null,
    readOnly: true,
  });

  async function collected(records: readonly object[], pack: (text: string) => Uint8Array) {
    const folder = mkdtempSync(join(tmpdir(), 'aqt-proofs-'));
    mkdirSync(join(folder, 'trail'));
    writeFileSync(join(folder, 'executions.json'), '[]');
    writeFileSync(join(folder, 'trail', 'log.json.gz'), pack(JSON.stringify({ Records: records })));
    const io = quietIo({ clock: { now: () => Date.UTC(2026, 10, 5), sleep: async () => {} } });
    const output = join(folder, 'out');
    const options = { from: '2026-11-02', timezone: 'UTC', format: 'json' as const, quiet: true };
    await runCollect(
      { ...options, trail: join(folder, 'trail'), executions: join(folder, 'executions.json'), output },
      io,
    );
    const report = join(output, 'year=2026/month=11/day=02/hour=00/report_2026_11_02_h00.json');
    return readFileSync(report, 'utf8')
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { person: string | null; identity_confidence: string; identity_evidence: string[] },
      );
  }

  it.each([
    ['gzipped as CloudTrail writes them', (text: string) => gzipSync(text)],
    ['plain', (text: string) => Buffer.from(text)],
  ])('any event of the credential names the person: %s', async (_, pack) => {
    const first = workgroup(behalf, 950);
    const many = Array.from({ length: 20 }, (_, index) => workgroup(behalf, 960 + index, 'GetDatabase'));
    const [row] = await collected([startRecord(roleSession(session)), first, ...many, workgroup({}, 990)], pack);
    expect(row).toMatchObject({ person: 'u-1', identity_confidence: 'verified' });
    expect(row?.identity_evidence).toContain(`event:${first.eventID}`);
  });

  it('two events of one credential that name different users are both disbelieved', async () => {
    const other = { onBehalfOf: { userId: 'u-2', identityStoreArn: STORE } };
    const records = [startRecord(roleSession({ ...session, extra: behalf })), workgroup(other, 950)];
    const [row] = await collected(records, (text) => gzipSync(text));
    expect(row?.identity_confidence).not.toBe('verified');
  });

  it('what a caller wrote into a request is not whom AWS stamps', async () => {
    const forged = { ...workgroup({}, 950), requestParameters: { onBehalfOf: { userId: 'ceo' } } };
    const [row] = await collected([startRecord(roleSession(session)), forged], (text) => gzipSync(text));
    expect(row?.person).not.toBe('ceo');
  });

  it('an id that only a start shows resolves like any other', async () => {
    const nadia = iamUser('nadia', { account: OTHER_ACCOUNT });
    const lake = { role: 'Lake', name: 'x9', key: 'ASIALAKE', began: 100 };
    const records = [
      startRecord(roleSession(lake)),
      linkRecord(foreign(nadia), lake),
      startRecord(nadia, { second: 1100 }),
    ];
    const rows = await collected(records, (text) => gzipSync(text));
    expect(rows.map(({ person, identity_confidence }) => [person, identity_confidence])).toEqual([
      ['nadia', 'verified'],
      ['nadia', 'verified'],
    ]);
  });
});
