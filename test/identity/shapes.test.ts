import { describe, expect, it } from 'vitest';
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
  STORE,
  start,
} from './evidence.js';

const oidc = (host: string) => `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`;
const federated = (federatedProvider: string) => ({
  context: { webIdFederationData: { federatedProvider, attributes: {} } },
});
const EKS = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';

describe('sessions of web identities whose issuing event is not here', () => {
  it.each([
    ['a pod', EKS, '1717156821993453824'],
    ['a workflow', 'token.actions.githubusercontent.com', 'GitHubActions'],
    ['a workflow under the name of somebody', 'token.actions.githubusercontent.com', 'ceo@acorn.example'],
    ['a pipeline', 'gitlab.com', 'GitLabRunner-1'],
  ])('%s is some workload of its role', (_, provider, name) => {
    const session = roleSession({ role: 'loader', name, ...federated(oidc(provider)) });
    const resolution = resolve(start(session));
    expect(resolution).toMatchObject({
      person: 'loader',
      kind: 'workload',
      method: 'workload',
      confidence: 'asserted',
    });
    expect(resolution.unresolvedReason).toMatch(/^no event that issued the session loader/);
  });

  it.each([
    [EKS, 'verified'],
    ['gitlab.com', 'asserted'],
  ])('are whose the directory says the role is: %s', (provider, confidence) => {
    const directory = parseDirectory('roles: [{ name: loader, kind: workload, owner: etl-nightly }]');
    const session = roleSession({ role: 'loader', name: '17', ...federated(oidc(provider)) });
    expect(resolve(start(session), { directory })).toMatchObject({
      person: 'etl-nightly',
      kind: 'workload',
      confidence,
    });
  });

  it('are known by the provider beside the session context, too', () => {
    const session = roleSession({
      role: 'loader',
      name: '17',
      extra: { webIdFederationData: { federatedProvider: EKS } },
    });
    expect(resolve(start(session))).toMatchObject({ person: 'loader', method: 'workload' });
  });

  it('stay what the caller says where the provider signs for people', () => {
    const session = roleSession({ role: 'Web', name: 'ana@acorn.example', ...federated('accounts.google.com') });
    expect(resolve(start(session))).toMatchObject({ person: 'ana@acorn.example', confidence: 'asserted' });
  });
});

describe('subjects of tokens', () => {
  const session = { role: 'Lake', name: 'whoever', key: 'ASIAOIDC', began: 100 };
  const resolved = (subject: string, host: string) => {
    const caller = {
      type: 'WebIdentityUser',
      principalId: `${host}:aud:${subject}`,
      userName: subject,
      identityProvider: host,
    };
    const response = { subjectFromWebIdentityToken: subject, provider: oidc(host) };
    return resolve(start(roleSession(session)), {
      links: [link(caller, session, { name: 'AssumeRoleWithWebIdentity', response })],
    });
  };

  it.each([
    ['repo:acorn@12/models@34:environment:prod', 'token.actions.githubusercontent.com', 'github:acorn/models'],
    ['ref:refs/heads/main:repository:acorn/models', 'token.actions.githubusercontent.com', 'github:acorn/models'],
    ['sc://acorn/data/athena', 'vstoken.dev.azure.com/7a', 'azure-devops:acorn/data/athena'],
    ['owner:acorn:project:web:environment:production', 'oidc.vercel.com/acorn', 'vercel:acorn/web'],
    ['spiffe://acorn.example/ns/etl/sa/loader', 'oidc.acorn.example', 'spiffe:acorn.example/ns/etl/sa/loader'],
    [
      'space:a:stack:b:run_type:TRACKED:scope:write',
      'acorn.app.example',
      'acorn.app.example#space:a:stack:b:run_type:TRACKED:scope:write',
    ],
    ['{7a}:{8b}', 'api.bitbucket.org/2.0/workspaces/acorn/identity/oidc', 'api.bitbucket.org#{7a}:{8b}'],
    ['robot@clients', 'acorn.eu.auth0.com/', 'acorn.eu.auth0.com#robot@clients'],
    [
      'loader@acorn.iam.gserviceaccount.com',
      'accounts.google.com',
      'accounts.google.com#loader@acorn.iam.gserviceaccount.com',
    ],
  ])('%s is a workload', (subject, host, person) => {
    expect(resolved(subject, host)).toMatchObject({ person, kind: 'workload', confidence: 'verified' });
  });

  it.each([
    'ana@acorn.example',
    'auth0|507f1f77bcf86cd7',
    'f:8a1b2c3d-1111-4222-8333-444455556666:ana',
    'ana.silva',
    'CN=Ana,OU=a/b',
  ])('%s is a person', (subject) => {
    expect(resolved(subject, 'sso.acorn.example')).toMatchObject({
      person: subject,
      kind: 'human',
      confidence: 'verified',
    });
  });

  it.each([
    [{ subject: 'S-1-5-21-36238-1013', subjectType: 'unspecified' }, 'gita.menon'],
    [{ subject: '0a1b2c3d-1111-4222-8333-444455556666' }, 'gita.menon'],
    [{ subject: 'gita@acorn.example', subjectType: 'persistent' }, 'gita@acorn.example'],
    [{}, 'gita.menon'],
  ])('of SAML: %j', (response, person) => {
    const named = { ...session, name: 'gita.menon' };
    const saml = { type: 'SAMLUser', principalId: 'x:y', identityProvider: 'x' };
    const asked = link(saml, named, { name: 'AssumeRoleWithSAML', response: { issuer: 'idp', ...response } });
    expect(resolve(start(roleSession(named)), { links: [asked] })).toMatchObject({ person, method: 'saml-subject' });
  });
});

describe('sessions of SageMaker Unified Studio', () => {
  const USER = '04984448-2041-7054-577e-653c1635853e';
  const session = { role: 'datazone_usr_role_1a_2b', name: `${USER}@1a`, key: 'ASIASTUDIO', began: 100 };
  const links = [link(awsService('datazone.amazonaws.com'), session)];
  const behalf = { onBehalfOf: { userId: USER, identityStoreArn: STORE } };

  it('name their Identity Center user by id', () => {
    for (const evidence of [{}, { links }]) {
      expect(resolve(start(roleSession(session)), evidence)).toMatchObject({
        person: USER,
        kind: 'human',
        method: 'session-name',
        confidence: 'asserted',
      });
    }
  });

  it('name the user whom other events or the directory know by that id', () => {
    const portal = { ...roleSession({ role: portalRole('A'), name: 'ana', key: 'ASIAANA' }), ...behalf };
    expect(resolve(start(roleSession(session)), { links, others: [start(portal)] }).person).toBe('ana');
    const directory = parseDirectory(`people: [{ id: ana@acorn.example, aliases: [${USER}] }]`);
    expect(resolve(start(roleSession(session)), { links, directory }).person).toBe('ana@acorn.example');
  });

  it('are verified where an event of the session is on behalf of the user', () => {
    expect(resolve(start(roleSession({ ...session, extra: behalf })), { links })).toMatchObject({
      person: USER,
      method: 'identity-center',
      confidence: 'verified',
    });
  });
});

describe('names that nobody chose', () => {
  it.each([
    'CognitoIdentityCredentials',
    'bVuvpXOlbNRTkHvZiOWaBIDbOAbUpXuN',
    'my-session',
    'SampleSession',
    'cli',
    'test1',
    'TestRoleSessionName1',
    'HIDDEN_DUE_TO_SECURITY_REASONS',
    'XXXXXXXX',
  ])('%s names nobody', (name) => {
    expect(resolve(start(roleSession({ role: 'Lake', name })))).toMatchObject({ person: null, method: 'unresolved' });
  });

  it.each([
    'RedshiftIamRoleSession',
    'AmazonMWAA-airflow',
    'AWSCodeBuild-0a1b2c3d-1111-4222-8333-444455556666',
    'AWSCloudFormation',
    'dms-session-for-replication-engine',
  ])('%s leaves the role as the workload, asserted', (name) => {
    expect(resolve(start(roleSession({ role: 'Engine', name })))).toMatchObject({
      person: 'Engine',
      kind: 'workload',
      confidence: 'asserted',
    });
  });

  it.each(['nightlyOrdersLoader', 'acorn-reporting-api', 'DataConnector', 'acorn-orders-compactor'])(
    '%s is a workload',
    (name) => {
      expect(resolve(start(roleSession({ role: 'Lake', name })))).toMatchObject({ person: name, kind: 'workload' });
    },
  );

  it.each(['leroy.jenkins', 'ana-silva', 'o.apiyo'])('%s may be a person', (name) => {
    expect(resolve(start(roleSession({ role: 'Lake', name })))).toMatchObject({ person: name, kind: 'human' });
  });

  it('a hidden IAM user is nobody', () => {
    const hidden = { type: 'IAMUser', accountId: ACCOUNT, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS', accessKeyId: '' };
    expect(resolve(start(hidden))).toMatchObject({ person: null, confidence: 'none' });
  });
});

describe('records that leave things out', () => {
  it('a service that states no type is that service', () => {
    expect(resolve(start({ accountId: ACCOUNT, invokedBy: 'secretsmanager.amazonaws.com' }))).toMatchObject({
      person: 'secretsmanager.amazonaws.com',
      kind: 'service',
      confidence: 'verified',
    });
  });

  it('somebody for whom a service calls keeps the name; a name that nobody chose leaves the service', () => {
    const called = (name: string) =>
      start(roleSession({ role: 'Lake', name, extra: { invokedBy: 'glue.amazonaws.com' } }));
    expect(resolve(called('rosa'))).toMatchObject({ person: 'rosa', kind: 'human', confidence: 'asserted' });
    expect(resolve(called('botocore-session-1'))).toMatchObject({ person: 'glue.amazonaws.com', kind: 'service' });
  });

  it('a session without its role is the role that other events show under the same id', () => {
    const { sessionContext, ...bare } = roleSession({ role: portalRole('Analyst'), name: 'ana@acorn.example' });
    const other = start(roleSession({ role: portalRole('Analyst'), name: 'bob@acorn.example', key: 'ASIABOB' }));
    expect(sessionContext).toBeDefined();
    expect(resolve(start(bare))).toMatchObject({ method: 'session-name', confidence: 'asserted' });
    expect(resolve(start(bare), { others: [other] })).toMatchObject({
      person: 'ana@acorn.example',
      method: 'sso-session',
      confidence: 'verified',
    });
  });

  it('a foreign session of a role that other events show is a workload of that role', () => {
    const worker = roleSession({ role: 'Worker', name: 'i-0abcdef0123456789', account: OTHER_ACCOUNT });
    const lake = { role: 'Lake', name: 'x1', key: 'ASIALAKE', began: 100 };
    const links = [link(foreign(worker), lake)];
    expect(resolve(start(roleSession(lake)), { links }).person).toMatch(/^AROA/);
    expect(resolve(start(roleSession(lake)), { links, others: [start(worker)] })).toMatchObject({
      person: 'Worker',
      kind: 'workload',
      confidence: 'asserted',
    });
  });

  it('a provider with access that somebody delegated is an agent of that person, also behind a further role', () => {
    const delegated = { ...iamUser('rosa'), invokedByDelegate: { accountId: OTHER_ACCOUNT } };
    const lake = { role: 'Lake', name: 'x1', key: 'ASIALAKE', began: 100 };
    const expected = { person: 'rosa', kind: 'agent', confidence: 'verified' };
    expect(resolve(start(delegated))).toMatchObject(expected);
    expect(resolve(start(delegated)).unresolvedReason).toContain(OTHER_ACCOUNT);
    expect(resolve(start(roleSession(lake)), { links: [link(delegated, lake)] })).toMatchObject(expected);
    // The same credential without a delegate is the person again.
    const links = [link(delegated, { ...lake, key: 'ASIAOTHER' }), link(iamUser('rosa'), lake)];
    expect(resolve(start(roleSession(lake)), { links })).toMatchObject({ person: 'rosa', kind: 'human' });
  });
});
