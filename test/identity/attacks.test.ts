import { describe, expect, it } from 'vitest';
import { readCommentTags } from '../../src/identity/comments/sql-comment.js';
import { parseDirectory } from '../../src/identity/directory/parse-directory.js';
import {
  ACCOUNT,
  awsService,
  foreign,
  iamUser,
  link,
  OTHER_ACCOUNT,
  portalRole,
  resolve,
  roleSession,
  start,
} from './evidence.js';

/** Mallory may assume roles and write SQL. Whatever she chooses, no row names the chief executive with AWS's word for it. */
const CEO = 'ceo@acorn.example';
const directory = parseDirectory(`
people:
  - { id: ${CEO}, aliases: [ceo, "redash:${CEO}", "metabase:1"] }
  - { id: mallory@acorn.example, aliases: [mallory, "arn:aws:iam::${ACCOUNT}:user/mallory", { name: mallory, issuer: idp }] }
roles:
  - { name: redash-worker, kind: tool, tool: redash }
  - { name: etl, owner: etl-nightly, kind: workload }
`);
const mallory = iamUser('mallory');
const MALLORY = { person: 'mallory@acorn.example', confidence: 'verified', kind: 'human' };
const session = (name: string, more: object = {}) => ({ role: 'Lake', name, key: 'ASIATAKEN', began: 100, ...more });
const comment = (user: string) => readCommentTags([`/* Username: ${user}, query_id: 1, Query Hash: abc */`], []);

describe('what a caller chooses never outranks what AWS signs', () => {
  it('a session name of somebody else', () => {
    const taken = session(CEO);
    expect(resolve(start(roleSession(taken)), { directory, links: [link(mallory, taken)] })).toMatchObject({
      ...MALLORY,
      method: 'role-chain',
    });
    expect(resolve(start(roleSession(taken)), { directory })).toMatchObject({
      person: CEO,
      confidence: 'asserted',
      method: 'session-name',
    });
  });

  it('a session name of somebody else, two roles deep', () => {
    const first = session('ceo', { key: 'ASIAFIRST' });
    const second = session(CEO, { role: 'Inner', began: 200 });
    const links = [link(mallory, first), link(roleSession(first), second)];
    expect(resolve(start(roleSession(second)), { directory, links })).toMatchObject(MALLORY);
    expect(resolve(start(roleSession(second)), { directory, links: links.slice(1) }).confidence).toBe('asserted');
  });

  it.each([
    ['a path of her own', 'AWSReservedSSO_Admin_0123456789abcdef'],
    ['a path that looks alike', 'team/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef'],
  ])('a role with the name of an access-portal role under %s', (_, role) => {
    const taken = session(CEO, { role });
    expect(resolve(start(roleSession(taken)), { directory }).confidence).toBe('asserted');
    expect(resolve(start(roleSession(taken)), { directory, links: [link(mallory, taken)] })).toMatchObject(MALLORY);
  });

  it('a session name that looks like a machine or a service', () => {
    for (const name of [
      'i-0abcdef0123456789',
      '0123456789abcdef0123456789abcdef',
      'QuickSight-RoleSession-1764000000000',
      'AWSBatch-1',
    ]) {
      const taken = session(name);
      expect(resolve(start(roleSession(taken)), { directory, links: [link(mallory, taken)] })).toMatchObject(MALLORY);
      expect(resolve(start(roleSession(taken)), { directory }).confidence).not.toBe('verified');
    }
  });

  it('the session name of another one’s Spark executor', () => {
    const id = 'a2c1ebba-ad01-865f-ed2d-a142b7451f7e';
    const started = link(roleSession({ role: portalRole('A'), name: CEO }), null, {
      name: 'StartSession',
      response: { sessionId: id },
    });
    const taken = session(`AthenaExecutor-${id}`);
    expect(resolve(start(roleSession(taken)), { directory, links: [started, link(mallory, taken)] })).toMatchObject(
      MALLORY,
    );
    expect(resolve(start(roleSession(taken)), { directory, links: [started] }).confidence).toBe('asserted');
  });

  it('a Spark session of the same id in another account', () => {
    const id = 'a2c1ebba-ad01-865f-ed2d-a142b7451f7e';
    const started = link(roleSession({ role: portalRole('A'), name: CEO }), null, {
      name: 'StartSession',
      response: { sessionId: id },
      recipient: OTHER_ACCOUNT,
    });
    expect(
      resolve(start(roleSession(session(`AthenaExecutor-${id}`))), { directory, links: [started] }).person,
    ).toBeNull();
  });

  it('a source identity of somebody else is shown, not followed', () => {
    const taken = session('x', { context: { sourceIdentity: CEO } });
    const asked = link(mallory, taken, { request: { sourceIdentity: CEO }, response: { sourceIdentity: CEO } });
    expect(resolve(start(roleSession(taken)), { directory, links: [asked] })).toMatchObject({
      ...MALLORY,
      conflict: { person: CEO, method: 'source-identity' },
    });
  });

  it('the name of a federation token', () => {
    const identity = {
      type: 'FederatedUser',
      principalId: `${ACCOUNT}:${CEO}`,
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/${CEO}`,
      accountId: ACCOUNT,
      accessKeyId: 'ASIAFED',
      sessionContext: { sessionIssuer: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/mallory` } },
    };
    expect(resolve(start(identity), { directory })).toMatchObject(MALLORY);
  });

  it('the session name of a web identity', () => {
    const taken = session(CEO);
    const caller = {
      type: 'WebIdentityUser',
      principalId: 'idp:app:mallory',
      userName: 'mallory',
      identityProvider: 'idp',
    };
    const asked = link(caller, taken, {
      name: 'AssumeRoleWithWebIdentity',
      response: { subjectFromWebIdentityToken: 'mallory', provider: 'idp' },
    });
    expect(resolve(start(roleSession(taken)), { directory, links: [asked] })).toMatchObject({
      ...MALLORY,
      method: 'oidc-subject',
    });
  });
});

describe('what a comment claims never outranks anything', () => {
  it.each([
    ['an IAM user', mallory],
    ['an access-portal session', roleSession({ role: portalRole('A'), name: 'mallory' })],
  ])('written by %s', (_, identity) => {
    expect(resolve(start(identity), { directory, tag: comment(CEO) })).toMatchObject(MALLORY);
  });

  it('written under a role that is no tool’s, or another tool’s', () => {
    const own = resolve(start(roleSession(session('botocore-session-1'))), { directory, tag: comment(CEO) });
    expect(own.person).toBeNull();
    const other = readCommentTags(['-- Metabase:: userID: 1 queryType: native queryHash: ab'], []);
    const tool = resolve(start(roleSession(session('worker', { role: 'redash-worker' }))), { directory, tag: other });
    expect(tool).toMatchObject({ person: 'redash', method: 'directory' });
  });

  it('written under the tool’s role that she took by hand', () => {
    const taken = session('worker', { role: 'redash-worker' });
    expect(
      resolve(start(roleSession(taken)), { directory, links: [link(mallory, taken)], tag: comment(CEO) }),
    ).toMatchObject(MALLORY);
    expect(resolve(start(roleSession(taken)), { directory, tag: comment(CEO) })).toMatchObject({
      person: CEO,
      confidence: 'claimed',
    });
  });
});

describe('evidence that does not fit proves nothing', () => {
  const ceo = roleSession({ role: portalRole('A'), name: CEO });
  const taken = session('botocore-session-1');

  it('two callers of one key', () => {
    const links = [link(ceo, taken), link(mallory, taken)];
    for (const order of [links, [...links].reverse()]) {
      expect(resolve(start(roleSession(taken)), { directory, links: order }).person).toBeNull();
    }
  });

  it('a key issued for another session, later, or days before', () => {
    const use = start(roleSession(taken), { second: 1000 });
    for (const asked of [
      link(ceo, { ...taken, name: 'other' }),
      link(ceo, taken, { second: 2000 }),
      link(ceo, taken, { second: -200_000 }),
    ]) {
      expect(resolve(use, { directory, links: [asked] }).person).toBeNull();
    }
  });

  it('a copy of another caller under the same shared event id', () => {
    const target = link(foreign(mallory), taken, { extra: { sharedEventID: 's' } });
    const alien = link(ceo, null, { extra: { sharedEventID: 's' } });
    expect(resolve(start(roleSession(taken)), { directory, links: [target, alien] }).person).toBeNull();
  });

  it('two people who switch to one role under one name in one second', () => {
    const console = { extra: { sessionCredentialFromConsole: 'true' } };
    const links = [
      link(ceo, { ...taken, key: null }, { ...console, second: 100 }),
      link(mallory, { ...taken, key: null }, { ...console, second: 100 }),
    ];
    const resolution = resolve(start(roleSession({ ...taken, key: 'ASIAMINTED' }), console), { directory, links });
    expect(resolution.confidence).not.toBe('verified');
  });

  it('a session of a key on record does not lend its caller to another key', () => {
    const asked = link(ceo, { ...taken, key: 'ASIAHERS' });
    expect(resolve(start(roleSession({ ...taken, key: 'ASIALOST' })), { directory, links: [asked] }).person).toBeNull();
  });

  it('a refused call, a service’s call for a person’s own role', () => {
    const links = [link(awsService('lambda.amazonaws.com'), { ...taken, role: 'etl' })];
    const use = start(roleSession({ ...taken, role: 'etl' }));
    expect(resolve(use, { directory, links })).toMatchObject({
      person: 'etl-nightly',
      kind: 'workload',
      confidence: 'verified',
    });
    expect(resolve(use, { directory })).toMatchObject({ person: 'etl-nightly', confidence: 'asserted' });
  });
});
