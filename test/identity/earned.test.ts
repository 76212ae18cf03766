import { describe, expect, it } from 'vitest';
import { parseDirectory } from '../../src/identity/directory/parse-directory.js';
import {
  ACCOUNT,
  awsService,
  foreign,
  type Identity,
  iamUser,
  idOf,
  link,
  OTHER_ACCOUNT,
  portalRole,
  resolve,
  roleSession,
  STORE,
  start,
} from './evidence.js';

const CEO = 'ceo@acorn.example';
const carried = { context: { sourceIdentity: CEO } };
const lake = { role: 'Lake', name: 'y', key: 'ASIALAKE', began: 100, ...carried };
const setting = { request: { sourceIdentity: CEO }, response: { sourceIdentity: CEO } };

describe('a source identity', () => {
  it('is the word of whoever set it: where that event is read, the person is the caller', () => {
    const instance = roleSession({ role: 'etl', name: 'i-0abc0123456789abc', context: { ec2RoleDelivery: '2.0' } });
    expect(resolve(start(roleSession(lake)), { links: [link(instance, lake, setting)] })).toMatchObject({
      person: 'etl',
      kind: 'workload',
      confidence: 'verified',
      conflict: { person: CEO, method: 'source-identity' },
    });
    expect(resolve(start(roleSession(lake)), { links: [link(iamUser('mallory'), lake, setting)] })).toMatchObject({
      person: 'mallory',
      confidence: 'verified',
    });
  });

  it('is asserted where the event, or its caller, is not known', () => {
    const links = [link(foreign(iamUser('mallory', { account: OTHER_ACCOUNT })), lake, setting)];
    for (const evidence of [{}, { links }]) {
      expect(resolve(start(roleSession(lake)), evidence)).toMatchObject({
        person: CEO,
        kind: 'human',
        method: 'source-identity',
        confidence: 'asserted',
      });
    }
  });

  it('outlasts a caller who is known by a chosen name only', () => {
    const first = { role: 'Entry', name: 'emil', key: 'ASIAENTRY', began: 50 };
    expect(resolve(start(roleSession(lake)), { links: [link(roleSession(first), lake, setting)] })).toMatchObject({
      person: CEO,
      confidence: 'asserted',
    });
  });

  it.each(['***', 'none', 'undefined', '', 'botocore-session-1'])('that says %s names nobody', (sourceIdentity) => {
    const session = { role: 'Lake', name: 'aws-go-sdk-1', context: { sourceIdentity } };
    expect(resolve(start(roleSession(session)))).toMatchObject({ person: null, confidence: 'none' });
  });

  it('that two events of one credential state differently is not believed', () => {
    const other = start(roleSession({ ...lake, context: { sourceIdentity: 'cfo@acorn.example' } }));
    const resolution = resolve(start(roleSession({ ...lake, name: 'aws-go-sdk-1' })), { others: [other] });
    expect(resolution.person).toBeNull();
  });
});

describe('services that take roles', () => {
  const session = (name: string) => ({ role: 'Desk', name, key: 'ASIADESK', began: 100 });
  const by = (host: string, name: string) => ({ links: [link(awsService(host), session(name))] });

  it.each([
    'account-access.amazonaws.com',
    'cloud9.amazonaws.com',
    'newthing.amazonaws.com',
    'quicksight.amazonaws.com',
  ])('%s with a session named like a person gives that person, asserted', (host) => {
    const resolution = resolve(
      start(roleSession(session('ana.lopez@acorn.example'))),
      by(host, 'ana.lopez@acorn.example'),
    );
    expect(resolution).toMatchObject({ person: 'ana.lopez@acorn.example', kind: 'human', confidence: 'asserted' });
    expect(resolution.evidence).toContain(`service:${host}`);
  });

  it('that nobody knows are asserted at most, and below whom an event is on behalf of', () => {
    const use = roleSession(session('x7f'));
    const evidence = by('newthing.amazonaws.com', 'x7f');
    expect(resolve(start(use), evidence)).toMatchObject({
      person: 'newthing.amazonaws.com',
      kind: 'service',
      confidence: 'asserted',
    });
    const onBehalfOf = { userId: 'u-1', identityStoreArn: STORE };
    expect(resolve(start({ ...use, onBehalfOf }), evidence)).toMatchObject({ person: 'u-1', confidence: 'verified' });
  });

  it('name a user of Identity Center whom other events know', () => {
    const id = '544894e8-80c1-707f-60e3-3ba6510dfac1';
    const portal = roleSession({ role: portalRole('A'), name: 'ana', key: 'ASIAANA' });
    const seen = start({ ...portal, onBehalfOf: { userId: id, identityStoreArn: STORE } });
    const evidence = by('account-access.amazonaws.com', id);
    expect(resolve(start(roleSession(session(id))), evidence).confidence).toBe('asserted');
    expect(resolve(start(roleSession(session(id))), { ...evidence, others: [seen] })).toMatchObject({
      person: 'ana',
      kind: 'human',
      confidence: 'asserted',
    });
  });
});

describe('names without an issuer', () => {
  const directory = parseDirectory(`
people:
  - { id: ana@acorn.example, aliases: [ana, ana.lopez] }
  - { id: old@acorn.example, aliases: ["arn:aws:iam::${ACCOUNT}:user/hand", AIDAOLDHAND000001] }
  - { id: new@acorn.example, aliases: [AIDANEWHAND000001] }
  - id: tom@acorn.example
    aliases: ["arn:aws:iam::${OTHER_ACCOUNT}:user/tom@acorn.example", { name: tom, account: "${ACCOUNT}" }]
  - { id: eve@acorn.example, aliases: [{ name: eve, issuer: https://idp.acorn.example/saml }] }
roles:
  - { name: metabase, kind: tool, tool: metabase }
`);

  it('an IAM user named like an address is asserted, until the directory lists it', () => {
    const user = (name: string, account = OTHER_ACCOUNT) => start(iamUser(name, { account }));
    expect(resolve(user('ana@acorn.example'))).toMatchObject({ person: 'ana@acorn.example', confidence: 'asserted' });
    expect(resolve(user('ana@acorn.example'), { directory }).confidence).toBe('asserted');
    expect(resolve(user('tom@acorn.example'), { directory })).toMatchObject({ confidence: 'verified', kind: 'human' });
    expect(resolve(user('tom@acorn.example', ACCOUNT), { directory }).confidence).toBe('asserted');
  });

  it('a bare alias is no proof; one that names the account or the provider is, there', () => {
    const user = (name: string, account: string) => resolve(start(iamUser(name, { account })), { directory });
    expect(user('ana', OTHER_ACCOUNT)).toMatchObject({ person: 'ana@acorn.example', confidence: 'asserted' });
    expect(user('tom', ACCOUNT)).toMatchObject({ person: 'tom@acorn.example', confidence: 'verified' });
    expect(user('tom', OTHER_ACCOUNT)).toMatchObject({ person: 'tom', confidence: 'verified' });
    const trusted = parseDirectory(`{ accounts: ["${ACCOUNT}"], people: [{ id: ana@acorn.example, aliases: [ana] }] }`);
    expect(resolve(start(iamUser('ana')), { directory: trusted })).toMatchObject({
      person: 'ana@acorn.example',
      confidence: 'verified',
    });
    expect(resolve(start(iamUser('ana', { account: OTHER_ACCOUNT })), { directory: trusted }).confidence).toBe(
      'asserted',
    );
  });

  it.each([
    ['eve', 'https://idp.acorn.example/saml', 'eve@acorn.example', 'verified'],
    ['eve', 'https://rogue.example/saml', 'eve', 'verified'],
    ['ana', 'https://rogue.example/saml', 'ana@acorn.example', 'asserted'],
    ['svc-tableau', 'https://idp.acorn.example/saml', 'svc-tableau', 'verified'],
  ])('the subject %s of %s is %s, %s', (subject, issuer, person, confidence) => {
    const saml = { type: 'SAMLUser', principalId: `x:${subject}`, userName: subject, identityProvider: 'x' };
    const asked = link(saml, lake, { name: 'AssumeRoleWithSAML', response: { subject, issuer } });
    const session: Identity = roleSession({ ...lake, context: {} });
    expect(resolve(start(session), { directory, links: [asked] })).toMatchObject({ person, confidence });
  });

  it('the unique id decides: a user made anew is not the old person', () => {
    const user = (principalId: string) => resolve(start({ ...iamUser('hand'), principalId }), { directory });
    expect(user('AIDAOLDHAND000001')).toMatchObject({ person: 'old@acorn.example', confidence: 'verified' });
    expect(user('AIDANEWHAND000001')).toMatchObject({ person: 'new@acorn.example', confidence: 'verified' });
    expect(user('AIDATHIRDHAND0001').person).toBe('hand');
  });

  it('functions and instances are nobody’s namesakes, and a rule for roles takes no users', () => {
    const bare = { role: 'Anything', name: 'ana', key: 'ASIAFN', began: 1 };
    const byLambda = [link(awsService('lambda.amazonaws.com'), bare)];
    expect(resolve(start(roleSession(bare)), { directory, links: byLambda })).toMatchObject({
      person: 'ana',
      kind: 'workload',
    });
    const instance = roleSession({ role: 'ana', name: 'i-0abc0123456789abc', context: { ec2RoleDelivery: '2.0' } });
    expect(resolve(start(instance), { directory })).toMatchObject({ person: 'ana', kind: 'workload' });
    expect(resolve(start(iamUser('metabase')), { directory })).toMatchObject({ method: 'iam-user', kind: 'workload' });
  });

  it('looks at the kind of IAM users, of federated users and of certificates', () => {
    const kindOf = (identity: Identity, links = {}) => resolve(start(identity), links).kind;
    for (const name of ['metabase', 'svc-tableau', 'dbt-runner', 'vault-token-athena-1700000000-AbCdEf']) {
      expect([name, kindOf(iamUser(name))]).toEqual([name, 'workload']);
    }
    const federated = (user: string) => ({
      type: 'FederatedUser',
      principalId: `${ACCOUNT}:alice`,
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/alice`,
      accountId: ACCOUNT,
      accessKeyId: 'ASIAFED',
      sessionContext: {
        sessionIssuer: {
          type: 'IAMUser',
          arn: `arn:aws:iam::${ACCOUNT}:user/svc/${user}`,
          principalId: idOf('AIDA', user),
        },
      },
    });
    expect([kindOf(federated('federation-broker')), kindOf(federated('mallory'))]).toEqual(['workload', 'human']);
    const certificate = (cn: string, kind: string, person: string) => {
      const session = { role: 'OnPrem', name: '0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d', key: 'ASIACERT', began: 100 };
      const set = { sourceIdentity: `CN=${cn}` };
      const taken = link(awsService('rolesanywhere.amazonaws.com'), session, { request: set, response: set });
      const use = start(roleSession({ ...session, context: set }));
      expect(resolve(use, { links: [taken] })).toMatchObject({ kind, person, confidence: 'verified' });
      expect(resolve(use)).toMatchObject({ kind, person, confidence: 'asserted' });
    };
    certificate('ana.lopez@acorn.example', 'human', 'ana.lopez@acorn.example');
    certificate('node7.dc1.acorn.example', 'workload', 'node7.dc1.acorn.example');
    certificate('i-0abc1234', 'workload', 'i-0abc1234');
  });
});
