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

const ANA_ID = '544894e8-80c1-707f-60e3-3ba6510dfac1';
const portal = (name: string, key?: string) =>
  roleSession({ role: portalRole('Analyst'), name, ...(key ? { key } : {}) });
const behalf = { onBehalfOf: { userId: ANA_ID, identityStoreArn: STORE } };

describe('what a record alone proves', () => {
  it('an access-portal session is its Identity Center user', () => {
    const subject = start(portal('ana@acorn.example'));
    expect(resolve(subject)).toMatchObject({
      person: 'ana@acorn.example',
      kind: 'human',
      method: 'sso-session',
      confidence: 'verified',
      evidence: [`event:${subject.eventId}`],
      unresolvedReason: null,
    });
  });

  it('onBehalfOf names the user, and the portal session gives the name', () => {
    const session = { ...portal('ana'), ...behalf };
    expect(resolve(start(session))).toMatchObject({ person: 'ana', method: 'identity-center', confidence: 'verified' });
  });

  it('onBehalfOf without any name is the user id', () => {
    const session = roleSession({ role: 'Studio', name: 'sagemaker-studio', extra: behalf });
    expect(resolve(start(session))).toMatchObject({ person: ANA_ID, method: 'identity-center', kind: 'human' });
  });

  it('an IAM user is its name', () => {
    const subject = start(iamUser('rosa', { path: 'ops/' }));
    expect(resolve(subject)).toMatchObject({
      person: 'rosa',
      method: 'iam-user',
      confidence: 'verified',
      evidence: [`event:${subject.eventId}`, 'key:AKIAROSA'],
    });
  });

  it('root is the root of its account', () => {
    const identity = { type: 'Root', principalId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT };
    expect(resolve(start(identity))).toMatchObject({
      person: `root:${ACCOUNT}`,
      method: 'root',
      confidence: 'verified',
    });
  });

  it('a federated user is the IAM user who asked for the token', () => {
    const identity = {
      type: 'FederatedUser',
      principalId: `${ACCOUNT}:whoever`,
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/whoever`,
      accountId: ACCOUNT,
      accessKeyId: 'ASIAFED',
      sessionContext: {
        sessionIssuer: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/broker`, accountId: ACCOUNT },
      },
    };
    expect(resolve(start(identity))).toMatchObject({ person: 'broker', method: 'role-chain', confidence: 'verified' });
  });

  it.each([
    ['an instance', { context: { ec2RoleDelivery: '2.0' }, name: 'i-0abcdef0123456789' }, 'etl-role'],
    [
      'a function',
      {
        name: 'nightly',
        extra: { inScopeOf: { credentialsIssuedTo: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:nightly-load` } },
      },
      'nightly-load',
    ],
  ])('%s that AWS marks is a workload', (_, session, person) => {
    expect(resolve(start(roleSession({ role: 'etl-role', ...session })))).toMatchObject({
      person,
      kind: 'workload',
      method: 'workload',
      confidence: 'verified',
    });
  });

  it('a service-linked role is its service', () => {
    const session = roleSession({
      role: 'aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig',
      name: 'configLambda',
    });
    expect(resolve(start(session))).toMatchObject({
      person: 'config.amazonaws.com',
      kind: 'service',
      method: 'service',
    });
  });

  it('an agent acts for its owner', () => {
    const session = { ...portal('jun'), invokedBy: 'aws-mcp.amazonaws.com' };
    expect(resolve(start(session))).toMatchObject({
      person: 'jun',
      kind: 'agent',
      method: 'sso-session',
      confidence: 'verified',
    });
  });

  it('a service on somebody’s behalf leaves the person', () => {
    const session = { ...portal('jun'), invokedBy: 'datazone.amazonaws.com' };
    expect(resolve(start(session))).toMatchObject({ person: 'jun', kind: 'human', method: 'sso-session' });
  });

  it('a source identity of which no event tells who set it names the person, asserted', () => {
    const session = roleSession({ role: 'Lake', name: 'x1', context: { sourceIdentity: 'ana@acorn.example' } });
    expect(resolve(start(session))).toMatchObject({
      person: 'ana@acorn.example',
      method: 'source-identity',
      confidence: 'asserted',
    });
  });

  it.each([
    ['ana@acorn.example', 'human'],
    ['ana', 'human'],
    ['airflow-worker', 'workload'],
  ])('the session name %s is asserted (%s)', (name, kind) => {
    expect(resolve(start(roleSession({ role: 'Lake', name })))).toMatchObject({
      person: name,
      kind,
      method: 'session-name',
      confidence: 'asserted',
    });
  });

  it.each([
    'botocore-session-1722375070',
    'aws-go-sdk-1722375070115152000',
    'AWSCLI-Session',
    '1722375070',
    'GitHubActions',
  ])('a session name that an SDK made up (%s) names nobody', (name) => {
    const resolution = resolve(start(roleSession({ role: 'Lake', name, key: 'ASIALOST' })));
    expect(resolution).toMatchObject({
      person: null,
      kind: 'unknown',
      method: 'unresolved',
      confidence: 'none',
      evidence: [],
    });
    expect(resolution.unresolvedReason).toContain('ASIALOST');
  });
});

describe('what the other events of a credential prove', () => {
  it('onBehalfOf on one event of an access key holds for all', () => {
    const plain = start(roleSession({ role: 'Studio', name: 'studio', key: 'ASIASHARED' }), { second: 900 });
    const telling = start(roleSession({ role: 'Studio', name: 'studio', key: 'ASIASHARED', extra: behalf }), {
      second: 950,
    });
    const resolution = resolve(plain, { others: [telling] });
    expect(resolution).toMatchObject({ person: ANA_ID, method: 'identity-center' });
    expect(resolution.evidence).toEqual([`event:${telling.eventId}`, 'key:ASIASHARED']);
  });

  it('onBehalfOf on one event of a console session holds for all its keys', () => {
    const session = (key: string, extra = {}) =>
      start(roleSession({ role: 'Lake', name: 'x', key, began: 500, extra }), {
        extra: { sessionCredentialFromConsole: 'true' },
      });
    expect(resolve(session('ASIAONE'), { others: [session('ASIATWO', behalf)] })).toMatchObject({ person: ANA_ID });
  });

  it('onBehalfOf holds for a whole sign-in session, and the user name seen elsewhere for its user id', () => {
    const arn = `arn:aws:signin:us-east-1:${ACCOUNT}:session/s1`;
    const signIn = { signInSessionArn: arn };
    const subject = start(roleSession({ role: 'Studio', name: 'studio', key: 'ASIAONE', context: signIn }));
    const telling = start(
      roleSession({ role: 'Studio', name: 'studio', key: 'ASIATWO', context: signIn, extra: behalf }),
    );
    const named = start({ ...portal('ana@acorn.example', 'ASIATHREE'), ...behalf });
    expect(resolve(subject, { others: [telling, named] })).toMatchObject({
      person: 'ana@acorn.example',
      method: 'identity-center',
    });
  });

  it('facts that contradict each other are worth nothing', () => {
    const key = 'ASIASHARED';
    const other = { onBehalfOf: { userId: 'somebody-else', identityStoreArn: STORE } };
    const session = (extra: object) => start(roleSession({ role: 'Studio', name: 'studio', key, extra: { ...extra } }));
    expect(resolve(session({}), { others: [session(behalf), session(other)] }).method).not.toBe('identity-center');
  });
});

describe('chains', () => {
  const lake = { role: 'Lake', name: 'botocore-session-1', key: 'ASIALAKE', began: 100 };
  const inner = { role: 'Inner', name: 'maintenance', key: 'ASIAINNER', began: 200 };

  it('follows two roles back to the portal, first hop first', () => {
    const first = link(portal('emil@acorn.example'), lake);
    const second = link(roleSession(lake), inner);
    const subject = start(roleSession(inner));
    const resolution = resolve(subject, { links: [second, first] });
    expect(resolution).toMatchObject({
      person: 'emil@acorn.example',
      kind: 'human',
      method: 'role-chain',
      confidence: 'verified',
    });
    expect(resolution.evidence).toEqual([`event:${first.eventId}`, `event:${second.eventId}`, 'key:ASIAINNER']);
    expect(resolution.chain.map(({ eventName }) => eventName)).toEqual([
      'AssumeRole',
      'AssumeRole',
      'StartQueryExecution',
    ]);
    expect(resolution.chain[0]?.issued).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Lake/botocore-session-1`);
  });

  it('is as good as its weakest link', () => {
    const resolution = resolve(start(roleSession(inner)), {
      links: [link(roleSession({ ...lake, name: 'emil' }), inner)],
    });
    expect(resolution).toMatchObject({ person: 'emil', method: 'role-chain', confidence: 'asserted' });
    expect(resolution.unresolvedReason).toContain('ASIALAKE');
  });

  it('takes the copy of a cross-account call that names the caller', () => {
    const caller = roleSession({ role: portalRole('Switcher'), name: 'nadia@acorn.example', account: OTHER_ACCOUNT });
    const target = link(foreign(caller), lake, { extra: { sharedEventID: 'shared-1' } });
    const own = link(caller, lake, { extra: { sharedEventID: 'shared-1' }, recipient: OTHER_ACCOUNT });
    const expected = { person: 'nadia@acorn.example', method: 'role-chain', confidence: 'verified' };
    for (const links of [
      [target, own],
      [own, target],
    ]) {
      const resolution = resolve(start(roleSession(lake)), { links });
      expect(resolution).toMatchObject(expected);
      expect(resolution.evidence).toContain(`event:${own.eventId}`);
    }
  });

  it('joins the copies by sharedEventID when the caller’s copy does not show the key', () => {
    const caller = iamUser('nadia', { account: OTHER_ACCOUNT });
    const target = link(foreign(caller), lake, { extra: { sharedEventID: 'shared-2' } });
    const own = link(caller, null, { extra: { sharedEventID: 'shared-2' }, recipient: OTHER_ACCOUNT, second: 100 });
    expect(resolve(start(roleSession(lake)), { links: [target, own] })).toMatchObject({
      person: 'nadia',
      confidence: 'verified',
    });
  });

  it('leaves a foreign caller unresolved while only the role owner’s copy is here, unless its id was seen', () => {
    const caller = iamUser('nadia', { account: OTHER_ACCOUNT });
    const target = link(foreign(caller), lake);
    const resolution = resolve(start(roleSession(lake)), { links: [target] });
    expect(resolution.person).toBeNull();
    expect(resolution.unresolvedReason).toContain(OTHER_ACCOUNT);
    const seen = start(caller);
    expect(resolve(start(roleSession(lake)), { links: [target], others: [seen] })).toMatchObject({
      person: 'nadia',
      confidence: 'verified',
    });
  });

  it('follows a console role switch by session and second, whatever the key', () => {
    const caller = roleSession({ role: portalRole('Switcher'), name: 'carla', key: null, began: 10 });
    const switched = { role: 'Admin', name: 'carla', key: 'ASIAMINTED', began: 300 };
    const asked = link(
      caller,
      { ...switched, key: 'ASIAANOTHER' },
      { second: 301, extra: { sessionCredentialFromConsole: 'true' } },
    );
    const subject = start(roleSession(switched), { extra: { sessionCredentialFromConsole: 'true' } });
    expect(resolve(subject, { links: [asked] })).toMatchObject({
      person: 'carla',
      method: 'role-chain',
      confidence: 'verified',
    });
    const late = start(roleSession({ ...switched, began: 400 }), { extra: { sessionCredentialFromConsole: 'true' } });
    expect(resolve(late, { links: [asked] }).confidence).toBe('asserted');
  });

  it('names the subject of a SAML assertion, or its session name when the subject is a number', () => {
    const saml = { type: 'SAMLUser', principalId: 'x:gita', userName: 'gita@acorn.example', identityProvider: 'x' };
    const session = { ...lake, name: 'gita.menon' };
    const options = {
      name: 'AssumeRoleWithSAML',
      response: { subject: 'gita@acorn.example', subjectType: 'emailAddress', issuer: 'https://idp.example' },
    };
    expect(resolve(start(roleSession(session)), { links: [link(saml, session, options)] })).toMatchObject({
      person: 'gita@acorn.example',
      method: 'saml-subject',
      confidence: 'verified',
    });
    const transient = { ...options, response: { subject: '_8f00d', subjectType: 'transient' } };
    expect(resolve(start(roleSession(session)), { links: [link(saml, session, transient)] }).person).toBe('gita.menon');
  });

  it.each([
    ['8Zq1Xc-pairwise', 'session', '8Zq1Xc-pairwise', 'human'],
    ['svc-tableau', 'gita.menon', 'svc-tableau', 'workload'],
    ['gita.menon', 'lake', 'gita.menon', 'human'],
  ])('of a persistent SAML id %s with the session name %s: %s', (subject, name, person, kind) => {
    const session = { ...lake, name };
    const saml = { type: 'SAMLUser', principalId: `x:${subject}`, userName: subject, identityProvider: 'x' };
    const options = { name: 'AssumeRoleWithSAML', response: { subject, subjectType: 'persistent' } };
    expect(resolve(start(roleSession(session)), { links: [link(saml, session, options)] })).toMatchObject({
      person,
      kind,
      method: 'saml-subject',
    });
  });

  it.each([
    ['ana.lopez@acorn.example', 'human'],
    ['u123456', 'human'],
    ['svc-tableau', 'unknown'],
    ['admin@acorn.example', 'unknown'],
  ])('takes the user %s of Identity Center for %s', (name, kind) => {
    const session = { role: 'aws-reserved/sso.amazonaws.com/AWSReservedSSO_Lake_0123456789abcdef', name };
    expect(resolve(start(roleSession(session)))).toMatchObject({ person: name, kind, confidence: 'verified' });
  });

  it.each([
    [
      'repo:acorn/models:ref:refs/heads/main',
      'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
      'github:acorn/models',
      'workload',
    ],
    ['system:serviceaccount:etl:loader', 'oidc.eks.eu-west-1.amazonaws.com/id/ABC', 'k8s:etl/loader', 'workload'],
    ['ana@acorn.example', 'accounts.google.com', 'ana@acorn.example', 'human'],
    ['00uAbCdEfGhIjKlMnO17', 'acorn.okta.com', '00uAbCdEfGhIjKlMnO17', 'human'],
    ['auth0|5f7c8ec7c33c6c004bbafe82', 'acorn.auth0.com/', 'auth0|5f7c8ec7c33c6c004bbafe82', 'human'],
    // A person's id, or that of a service account, a managed identity, an application.
    ['113456789012345678901', 'accounts.google.com', '113456789012345678901', 'unknown'],
    ['9d1f6a3c-22aa-4b3c-9d4e-7f60718293a4', 'sts.windows.net/1', '9d1f6a3c-22aa-4b3c-9d4e-7f60718293a4', 'unknown'],
    ['lake-loader:prod', 'idp.acorn.example', 'lake-loader:prod', 'workload'],
    ['hyperdrive', 'idp.acorn.example', 'hyperdrive', 'unknown'],
  ])('names the OIDC subject %s', (subject, provider, person, kind) => {
    const caller = {
      type: 'WebIdentityUser',
      principalId: `${provider}:app:${subject}`,
      userName: subject,
      identityProvider: provider,
    };
    const options = { name: 'AssumeRoleWithWebIdentity', response: { subjectFromWebIdentityToken: subject, provider } };
    expect(
      resolve(start(roleSession({ ...lake, name: 'GitHubActions' })), {
        links: [link(caller, { ...lake, name: 'GitHubActions' }, options)],
      }),
    ).toMatchObject({
      person,
      kind,
      method: 'oidc-subject',
      confidence: 'verified',
    });
  });

  it.each([
    ['ecs-tasks.amazonaws.com', '0123456789abcdef0123456789abcdef', 'Lake', 'workload', 'workload'],
    ['lambda.amazonaws.com', 'nightly-load', 'nightly-load', 'workload', 'workload'],
    ['bedrock-agentcore.amazonaws.com', 'AgentCore-12ab', 'Lake', 'agent', 'workload'],
    ['scheduler.amazonaws.com', '0123456789abcdef0123456789abcdef', 'scheduler.amazonaws.com', 'service', 'service'],
  ])('tells what %s took the role for', (service, name, person, kind, method) => {
    const session = { ...lake, name };
    expect(resolve(start(roleSession(session)), { links: [link(awsService(service), session)] })).toMatchObject({
      person,
      kind,
      method,
      confidence: 'verified',
    });
  });

  it('leads a Spark executor back to whoever started the session', () => {
    const id = 'a2c1ebba-ad01-865f-ed2d-a142b7451f7e';
    const started = link(portal('lena@acorn.example'), null, {
      name: 'StartSession',
      second: 50,
      response: { sessionId: id },
    });
    const session = {
      role: 'service-role/AWSAthenaSparkExecutionRole-om0yj71w5l',
      name: `AthenaExecutor-${id}`,
      key: 'ASIASPARK',
    };
    const executor = start(roleSession(session));
    const taken = link(awsService('athena.amazonaws.com'), session);
    expect(resolve(executor, { links: [started, taken] })).toMatchObject({
      person: 'lena@acorn.example',
      method: 'role-chain',
      confidence: 'verified',
    });
    // Anybody may create a role under this path, and another service name its session so.
    const byFunction = link(awsService('lambda.amazonaws.com'), session);
    for (const links of [[started], [started, byFunction]]) {
      const resolution = resolve(executor, { links });
      expect([resolution.person, resolution.confidence]).not.toEqual(['lena@acorn.example', 'verified']);
    }
    expect(resolve(executor).unresolvedReason).toContain(id);
  });

  it('knows the agent behind an MCP server’s sign-in session', () => {
    const arn = `arn:aws:signin:us-east-1:${ACCOUNT}:session/mcp`;
    const grant = link(portal('jun'), null, {
      name: 'CreateOAuth2Token',
      request: { resource: 'https://aws-mcp.us-east-1.api.aws/mcp' },
      extra: { additionalEventData: { signInSessionArn: arn } },
    });
    const subject = start(
      roleSession({ role: portalRole('Analyst'), name: 'jun', context: { signInSessionArn: arn } }),
    );
    expect(resolve(subject, { links: [grant] })).toMatchObject({ person: 'jun', kind: 'agent' });
    expect(resolve(subject)).toMatchObject({ person: 'jun', kind: 'human' });
  });

  it('stops at ten hops and at a circle', () => {
    const session = (number: number) => ({ role: 'Loop', name: 'aws-go-sdk-1', key: `ASIALOOP${number}`, began: 100 });
    const circle = [link(roleSession(session(1)), session(2)), link(roleSession(session(2)), session(1))];
    expect(resolve(start(roleSession(session(1))), { links: circle })).toMatchObject({
      person: null,
      method: 'unresolved',
    });
    const long = Array.from({ length: 14 }, (_, index) => link(roleSession(session(index)), session(index + 1)));
    expect(resolve(start(roleSession(session(14))), { links: long }).unresolvedReason).toMatch(/longer than 10 hops/);
  });
});

describe('the directory', () => {
  const directory = parseDirectory(`
people:
  - id: ana@acorn.example
    team: analytics
    aliases: [ana, ${ANA_ID}, "metabase:5", "arn:aws:iam::${ACCOUNT}:role/personal/ana-dev"]
teams:
  - { name: analytics, costCenter: CC-1 }
  - { name: platform, costCenter: CC-2 }
roles:
  - { name: metabase-task, owner: platform, kind: tool, tool: metabase }
  - { arn: "arn:aws:iam::${ACCOUNT}:user/svc-tableau", owner: platform, kind: tool, tool: tableau }
  - { name: dbt-runner, owner: dbt-nightly, kind: workload, team: platform }
`);
  const task = { role: 'metabase-task', name: '0123456789abcdef0123456789abcdef', key: 'ASIATASK', began: 100 };
  const tag = { app: 'metabase', user: '5', context: {} };

  it('maps what AWS states to a person, and gives the team', () => {
    expect(resolve(start({ ...portal('ana.old'), ...behalf }), { directory })).toMatchObject({
      person: 'ana@acorn.example',
      team: 'analytics',
    });
    expect(resolve(start(iamUser('ana')), { directory })).toMatchObject({
      person: 'ana@acorn.example',
      method: 'iam-user',
    });
    expect(
      resolve(start(roleSession({ role: 'personal/ana-dev', name: 'botocore-session-1' })), { directory }),
    ).toMatchObject({
      person: 'ana@acorn.example',
      method: 'directory',
      confidence: 'asserted',
    });
  });

  it('lets a comment name the person behind a listed tool', () => {
    const links = [link(awsService('ecs-tasks.amazonaws.com'), task)];
    const resolution = resolve(start(roleSession(task)), { directory, links, tag });
    expect(resolution).toMatchObject({
      person: 'ana@acorn.example',
      kind: 'human',
      method: 'sql-comment',
      confidence: 'claimed',
      team: 'analytics',
    });
    expect(resolution.evidence).toEqual(expect.arrayContaining(['directory:metabase-task', 'comment:metabase']));
  });

  it('names the tool when its comment names nobody, and says which alias is missing', () => {
    const links = [link(awsService('ecs-tasks.amazonaws.com'), task)];
    expect(resolve(start(roleSession(task)), { directory, links })).toMatchObject({
      person: 'metabase',
      kind: 'workload',
      method: 'directory',
      confidence: 'verified',
      team: 'platform',
    });
    const unknown = resolve(start(roleSession(task)), { directory, links, tag: { ...tag, user: '77' } });
    expect(unknown).toMatchObject({ person: 'metabase', method: 'directory' });
    expect(unknown.unresolvedReason).toContain('metabase:77');
  });

  it('believes the session name that a listed tool gives its user', () => {
    expect(resolve(start(roleSession({ ...task, name: 'ana' })), { directory })).toMatchObject({
      person: 'ana@acorn.example',
      method: 'session-name',
      confidence: 'asserted',
    });
  });

  it('knows tools with an IAM user of their own', () => {
    expect(resolve(start(iamUser('svc-tableau')), { directory })).toMatchObject({
      person: 'tableau',
      kind: 'workload',
      method: 'directory',
      confidence: 'verified',
    });
  });

  it('names the owner of a workload’s role', () => {
    const session = { role: 'dbt-runner', name: 'x'.repeat(4), key: 'ASIADBT', began: 5 };
    const links = [link(awsService('ecs-tasks.amazonaws.com'), session)];
    expect(resolve(start(roleSession(session)), { directory, links })).toMatchObject({
      person: 'dbt-nightly',
      kind: 'workload',
      confidence: 'verified',
      team: 'platform',
    });
    expect(resolve(start(roleSession(session)), { directory })).toMatchObject({
      person: 'dbt-nightly',
      confidence: 'asserted',
    });
  });
});
