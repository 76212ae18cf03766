import type { Actor, Company, Person } from './company.js';
import type { Credential } from './credential.js';
import { createRandom } from './random.js';
import {
  assumeRole,
  getFederationToken,
  getSessionToken,
  openAccessKey,
  openLoginSession,
  openPipelineSession,
  openPortalSession,
  openSamlSession,
  openUserConsole,
  type SessionContext,
  userArn,
} from './sessions.js';
import { clientOf, type Program, serviceClient } from './user-agents.js';
import type { ChannelTraits, Way } from './world.js';

/** When a channel is busy: office hours, evenings too, nightly runs, or every waking hour. Nothing runs from 2 to 4. */
export type Rhythm = 'office' | 'evening' | 'night' | 'steady';

/** One habit of one actor (or of the users of one tool): where from, how often, what kind of SQL. */
export interface Channel extends ChannelTraits {
  /** Who is behind it; several for a tool that many use. */
  readonly actors: readonly Actor[];
  /** Share of the company's queries; 0 for something that happens once in the whole span. */
  readonly weight: number;
  readonly rhythm: Rhythm;
  readonly workGroup: string;
  /** Share of the whole span after which it falls silent: 1 for never. */
  readonly until: number;
  open(context: SessionContext): Credential;
}

/** Lists every channel of the company. */
export function channelsOf(company: Company): Channel[] {
  return [...peopleChannels(company), ...oddChannels(company), ...toolChannels(company), ...workloadChannels(company)];
}

type Extra = Partial<Omit<Channel, 'open' | 'actors'>>;

function channel(
  company: Company,
  name: string,
  actors: readonly Actor[],
  open: Channel['open'],
  extra: Extra = {},
): Channel {
  return {
    way: { name, confidence: 'verified', stand: null },
    actors,
    weight: 1,
    rhythm: 'office',
    accountId: company.accounts.main,
    region: company.regions[0],
    workGroup: 'analytics',
    style: 'analyst',
    tool: null,
    invokedBy: null,
    claims: null,
    until: 1,
    ...extra,
    open,
  };
}

export function humanActor(person: Person): Actor {
  return { id: person.id, kind: 'human' };
}

function workload(id: string): Actor {
  return { id, kind: 'workload' };
}

function byCredential(credential: Credential) {
  return { kind: 'credential', credential } as const;
}

function byService(service: string) {
  return { kind: 'service', service } as const;
}

/** The ordinary paths of people. */
function peopleChannels(company: Company): Channel[] {
  const { main, tools, sandbox } = company.accounts;
  const [home, abroad] = company.regions;
  const portal =
    (handle: string, permissionSet: string, program: Program, accountId = main, stampsUser = false): Channel['open'] =>
    (context) =>
      openPortalSession(context, {
        person: company.person(handle),
        permissionSet,
        accountId,
        isConsole: program === 'console',
        client: clientOf(program, program === 'console' ? 'office' : 'home', context.random),
        stampsUser,
      });
  const one = (handle: string) => [humanActor(company.person(handle))];
  const console = (handle: string, extra: Extra) =>
    channel(company, 'sso-console', one(handle), portal(handle, 'DataAnalyst', 'console'), extra);
  const cli = (handle: string, program: Program, extra: Extra) =>
    channel(company, 'sso-cli', one(handle), portal(handle, 'DataAnalyst', program, main, true), extra);

  /** Identity Center, then one or more AssumeRole; the last session runs the queries. */
  const chain =
    (
      handle: string,
      hops: readonly { roleArn: string; sessionName: string; sourceIdentity?: boolean }[],
      accountId = main,
    ): Channel['open'] =>
    (context) => {
      const client = clientOf('boto3', 'home', context.random);
      let current = portal(handle, 'RoleSwitcher', 'boto3', accountId)(context);
      hops.forEach((hop, index) => {
        current = assumeRole(context, {
          caller: byCredential(current),
          roleArn: hop.roleArn,
          sessionName: hop.sessionName.replace('{at}', String(context.at / 1000)),
          sourceIdentity: hop.sourceIdentity ? company.person(handle).id : null,
          tags: hop.sourceIdentity ? { Team: company.person(handle).team } : {},
          delayMs: (index + 1) * 3_000,
          client,
        });
      });
      return current;
    };
  const role = (accountId: string, name: string) => `arn:aws:iam::${accountId}:role/${name}`;

  return [
    console('ana.silva', { weight: 6, workGroup: 'analytics' }),
    console('bjorn.lund', { weight: 4, region: abroad }),
    console('farah.aziz', { weight: 4, workGroup: 'finance', style: 'finance' }),
    console('hugo.martin', { weight: 2, workGroup: 'primary' }),
    console('kenji.mori', { weight: 2, rhythm: 'evening' }),
    console('tomas.weber', { weight: 5, until: 0.45 }),
    console('zoe.odonnell', { weight: 2, workGroup: 'legacy-reports' }),
    cli('ana.silva', 'awswrangler', { weight: 3 }),
    cli('priya.shah', 'boto3', { weight: 5, rhythm: 'evening' }),
    cli('lena.fischer', 'awswrangler', { weight: 5, workGroup: 'ml', style: 'ml' }),
    cli('victor.chen', 'dbt', { weight: 3, workGroup: 'etl', style: 'dbt', tool: 'dbt' }),
    cli('tomas.weber', 'pyathena', { weight: 2, until: 0.45 }),
    channel(company, 'sso-sandbox', one('yara.nasser'), portal('yara.nasser', 'Sandbox', 'awscli', sandbox), {
      weight: 2,
      accountId: sandbox,
    }),
    channel(
      company,
      'sso-chain',
      one('deepa.rao'),
      chain('deepa.rao', [{ roleArn: role(main, 'LakeEngineer'), sessionName: 'botocore-session-{at}' }]),
      { weight: 5, workGroup: 'etl', style: 'ops' },
    ),
    channel(
      company,
      'sso-chain-twice',
      one('emil.novak'),
      chain('emil.novak', [
        { roleArn: role(main, 'LakeEngineer'), sessionName: 'emil', sourceIdentity: true },
        { roleArn: role(main, 'teams/platform/TableMaintainer'), sessionName: 'maintenance' },
      ]),
      { weight: 3, workGroup: 'etl', style: 'ops' },
    ),
    channel(
      company,
      'cross-account-chain',
      one('nadia.petrova'),
      chain('nadia.petrova', [{ roleArn: role(main, 'FeatureReader'), sessionName: 'features' }], tools),
      { weight: 4, workGroup: 'ml', style: 'ml' },
    ),
    channel(
      company,
      'cross-account-chain-tagged',
      one('omar.haddad'),
      chain('omar.haddad', [{ roleArn: role(main, 'Auditor'), sessionName: 'audit', sourceIdentity: true }], tools),
      { weight: 2, workGroup: 'primary', style: 'ops', region: home },
    ),
    channel(
      company,
      'saml',
      one('gita.menon'),
      (context) =>
        openSamlSession(context, {
          person: company.person('gita.menon'),
          roleArn: role(main, 'OktaFinance'),
          client: clientOf('jdbc', 'office', context.random),
        }),
      { weight: 4, workGroup: 'finance', style: 'finance' },
    ),
    channel(
      company,
      'trusted-identity-propagation',
      one('uma.krishnan'),
      (context) =>
        assumeRole(context, {
          caller: byService('sagemaker.amazonaws.com'),
          roleArn: role(main, 'service-role/StudioQueryRole'),
          sessionName: 'sagemaker-studio',
          onBehalfOf: `${company.person('uma.krishnan').storeUserId}|${company.identityStoreArn}`,
          client: clientOf('jdbc', 'cloud', context.random),
        }),
      { weight: 3 },
    ),
    channel(
      company,
      'iam-user-key',
      one('rosa.diaz'),
      (context) =>
        openAccessKey(context, {
          name: 'rosa.diaz',
          accountId: main,
          client: clientOf('jdbc', 'office', context.random),
        }),
      { weight: 4, workGroup: 'primary' },
    ),
    channel(
      company,
      'iam-user-console',
      one('sam.okafor'),
      (context) =>
        openUserConsole(context, {
          arn: userArn(main, 'ops/sam.okafor'),
          hasMfa: true,
          client: clientOf('console', 'office', context.random),
        }),
      { weight: 3, style: 'ops', workGroup: 'primary' },
    ),
    channel(
      company,
      'session-token',
      one('quentin.moreau'),
      (context) => {
        const client = clientOf('awscli', 'home', context.random);
        return getSessionToken(
          context,
          openAccessKey(context, { name: 'quentin.moreau', accountId: main, client }),
          client,
        );
      },
      { weight: 2, style: 'ops', workGroup: 'primary' },
    ),
    channel(
      company,
      'federation-token',
      one('ines.costa'),
      (context) => {
        const client = clientOf('boto3', 'office', context.random);
        return getFederationToken(
          context,
          openAccessKey(context, { name: 'ines.costa', accountId: main, client }),
          client,
        );
      },
      { weight: 2, workGroup: 'primary' },
    ),
  ];
}

/** Paths that are rare, new, or chosen to deceive. */
function oddChannels(company: Company): Channel[] {
  const { main } = company.accounts;
  const one = (handle: string) => [humanActor(company.person(handle))];
  const portalConsole = (context: SessionContext, handle: string) =>
    openPortalSession(context, {
      person: company.person(handle),
      permissionSet: 'DataAnalyst',
      accountId: main,
      isConsole: true,
      client: clientOf('console', 'home', context.random),
    });
  return [
    channel(
      company,
      'aws-login',
      one('wanjiru.kamau'),
      (context) =>
        openLoginSession(context, portalConsole(context, 'wanjiru.kamau'), clientOf('awscli', 'home', context.random)),
      { weight: 3, workGroup: 'finance', style: 'finance' },
    ),
    channel(
      company,
      'console-switch-role',
      one('carla.ortiz'),
      (context) =>
        assumeRole(context, {
          caller: byCredential(portalConsole(context, 'carla.ortiz')),
          roleArn: `arn:aws:iam::${main}:role/LakeAdmin`,
          sessionName: company.person('carla.ortiz').id,
          isConsole: true,
          delayMs: 15_000,
          client: clientOf('console', 'office', context.random),
        }),
      { weight: 3, workGroup: 'etl', style: 'ops' },
    ),
    channel(
      company,
      'mcp-agent',
      [{ id: company.person('jun.tanaka').id, kind: 'agent' }],
      (context) =>
        openPortalSession(context, {
          person: company.person('jun.tanaka'),
          permissionSet: 'DataAnalyst',
          accountId: main,
          isConsole: false,
          client: serviceClient('aws-mcp.amazonaws.com'),
          stampsUser: true,
        }),
      { weight: 4, invokedBy: 'aws-mcp.amazonaws.com' },
    ),
    channel(
      company,
      'on-behalf-of-person',
      one('xavier.roy'),
      (context) =>
        openPortalSession(context, {
          person: company.person('xavier.roy'),
          permissionSet: 'MachineLearning',
          accountId: main,
          isConsole: false,
          client: serviceClient('datazone.amazonaws.com'),
        }),
      { weight: 2, invokedBy: 'datazone.amazonaws.com', workGroup: 'ml', style: 'ml' },
    ),
    // The session name says somebody else; only the chain tells the truth.
    channel(
      company,
      'spoofed-session-name',
      one('mallory.king'),
      (context) => {
        const client = clientOf('awscli', 'home', context.random);
        return assumeRole(context, {
          caller: byCredential(openAccessKey(context, { name: 'mallory.king', accountId: main, client })),
          roleArn: `arn:aws:iam::${main}:role/LakeReader`,
          sessionName: company.person('farah.aziz').id,
          client,
        });
      },
      { weight: 0.6, rhythm: 'evening', workGroup: 'primary', style: 'finance' },
    ),
    // A comment that claims to be a BI tool's, sent from a person's own session.
    channel(
      company,
      'spoofed-comment',
      one('mallory.king'),
      (context) =>
        openAccessKey(context, {
          name: 'mallory.king',
          accountId: main,
          client: clientOf('boto3', 'home', context.random),
        }),
      { weight: 0.4, workGroup: 'primary', tool: 'metabase', claims: company.person('farah.aziz') },
    ),
    channel(
      company,
      'root',
      one('omar.haddad'),
      (context) =>
        openUserConsole(context, {
          arn: `arn:aws:iam::${main}:root`,
          hasMfa: true,
          client: clientOf('console', 'home', context.random),
        }),
      {
        weight: 0,
        workGroup: 'primary',
        style: 'ops',
        way: { name: 'root', confidence: 'verified', stand: { id: `root:${main}`, kind: 'human' } },
      },
    ),
  ];
}

/** BI tools behind shared roles: the user is in a comment, or nowhere. */
function toolChannels(company: Company): Channel[] {
  const { main } = company.accounts;
  const people = (...handles: string[]) => handles.map((handle) => humanActor(company.person(handle)));
  const claimed = (name: string): Way => ({ name, confidence: 'claimed', stand: null });
  const silent = (name: string, id: string): Way => ({ name, confidence: 'verified', stand: workload(id) });
  const ecs =
    (role: string, program: Program): Channel['open'] =>
    (context) =>
      assumeRole(context, {
        caller: byService('ecs-tasks.amazonaws.com'),
        roleArn: `arn:aws:iam::${main}:role/${role}`,
        sessionName: context.random.hex(32),
        client: clientOf(program, 'cloud', context.random),
      });
  const bi = (extra: Extra): Extra => ({ workGroup: 'bi', style: 'bi', ...extra });
  return [
    channel(
      company,
      'metabase',
      people('ana.silva', 'hugo.martin', 'jun.tanaka', 'uma.krishnan', 'kenji.mori'),
      ecs('metabase-task', 'go'),
      bi({ weight: 10, tool: 'metabase', way: claimed('metabase') }),
    ),
    channel(
      company,
      'metabase-schedule',
      [workload('metabase')],
      ecs('metabase-task', 'go'),
      bi({ weight: 4, rhythm: 'steady', tool: 'metabase', way: silent('metabase-schedule', 'metabase') }),
    ),
    channel(
      company,
      'redash',
      people('bjorn.lund', 'priya.shah', 'sam.okafor'),
      ecs('redash-worker', 'boto3'),
      bi({ weight: 6, tool: 'redash', way: claimed('redash') }),
    ),
    channel(
      company,
      'superset',
      people('yara.nasser', 'zoe.odonnell', 'rosa.diaz'),
      ecs('superset-worker', 'pyathena'),
      bi({ weight: 5, tool: 'superset', way: claimed('superset') }),
    ),
    channel(
      company,
      'looker',
      people('farah.aziz', 'wanjiru.kamau', 'ines.costa'),
      ecs('looker-connection', 'jdbc'),
      bi({ weight: 6, tool: 'looker', way: claimed('looker') }),
    ),
    channel(
      company,
      'tableau',
      people('gita.menon', 'hugo.martin'),
      (context) =>
        openAccessKey(context, {
          name: 'svc-tableau',
          accountId: main,
          client: clientOf('jdbc', 'cloud', context.random),
        }),
      bi({ weight: 5, tool: 'tableau', way: silent('tableau', 'tableau') }),
    ),
    channel(
      company,
      'quicksight',
      people('rosa.diaz', 'ana.silva'),
      (context) =>
        assumeRole(context, {
          caller: byService('quicksight.amazonaws.com'),
          roleArn: `arn:aws:iam::${main}:role/service-role/aws-quicksight-service-role-v0`,
          sessionName: `QuickSight-RoleSession-${context.at + context.random.int(0, 999)}`,
          client: {
            sourceIp: 'quicksight.amazonaws.com',
            userAgent: clientOf('quicksight', 'cloud', context.random).userAgent,
          },
        }),
      bi({ weight: 6, tool: 'quicksight', way: silent('quicksight', 'quicksight') }),
    ),
    channel(
      company,
      'grafana',
      [workload('grafana')],
      ecs('grafana-task', 'grafana'),
      bi({ weight: 4, rhythm: 'steady', way: silent('grafana', 'grafana') }),
    ),
  ];
}

/** Machines on a schedule, pipelines, and an agent with a role of its own. */
function workloadChannels(company: Company): Channel[] {
  const { main, tools } = company.accounts;
  const [home, abroad] = company.regions;
  const role = (name: string) => `arn:aws:iam::${main}:role/${name}`;
  const instance = `i-0${createRandom(company.organizationId, 'airflow').hex(16)}`;
  const machine = (id: string): { way: Way; rhythm: Rhythm } => ({
    way: { name: id, confidence: 'verified', stand: null },
    rhythm: 'night',
  });
  return [
    channel(
      company,
      'dbt',
      [workload('dbt-nightly')],
      (context) =>
        assumeRole(context, {
          caller: byService('ecs-tasks.amazonaws.com'),
          roleArn: role('dbt-runner'),
          sessionName: context.random.hex(32),
          client: clientOf('dbt', 'cloud', context.random),
        }),
      { ...machine('dbt'), weight: 14, workGroup: 'etl', style: 'dbt', tool: 'dbt' },
    ),
    channel(
      company,
      'airflow',
      [workload('airflow')],
      (context) =>
        assumeRole(context, {
          caller: byService('ec2.amazonaws.com'),
          roleArn: role('airflow-worker'),
          sessionName: instance,
          roleDelivery: '2.0',
          client: clientOf('airflow', 'cloud', context.random),
        }),
      { ...machine('airflow'), weight: 8, rhythm: 'steady', workGroup: 'etl', style: 'etl' },
    ),
    channel(
      company,
      'lambda',
      [workload('nightly-partitions')],
      (context) =>
        assumeRole(context, {
          caller: byService('lambda.amazonaws.com'),
          roleArn: role('service-role/nightly-partitions-role'),
          sessionName: 'nightly-partitions',
          inScopeOf: {
            sourceArn: `arn:aws:lambda:${home}:${main}:function:nightly-partitions`,
            issuerType: 'AWS::Lambda::Function',
            issuedTo: `arn:aws:lambda:${home}:${main}:function:nightly-partitions`,
          },
          client: clientOf('lambda', 'cloud', context.random),
        }),
      { ...machine('lambda'), weight: 5, rhythm: 'steady', workGroup: 'etl', style: 'etl' },
    ),
    channel(
      company,
      'lambda-abroad',
      [workload('replica-check')],
      (context) =>
        assumeRole(context, {
          caller: byService('lambda.amazonaws.com'),
          roleArn: role('service-role/replica-check-role'),
          sessionName: 'replica-check',
          client: clientOf('lambda', 'cloud', context.random),
        }),
      { ...machine('lambda-abroad'), weight: 2, region: abroad, workGroup: 'primary', style: 'ops' },
    ),
    channel(
      company,
      'ecs',
      [workload('back-office')],
      (context) =>
        assumeRole(context, {
          caller: byService('ecs-tasks.amazonaws.com'),
          roleArn: role('back-office-task'),
          sessionName: context.random.hex(32),
          client: clientOf('node', 'cloud', context.random),
        }),
      { ...machine('ecs'), weight: 4, rhythm: 'office', workGroup: 'finance', style: 'finance', tool: 'sqlcommenter' },
    ),
    channel(
      company,
      'github-oidc',
      [workload('github:acorn/lake-models')],
      (context) =>
        openPipelineSession(context, {
          repository: 'acorn/lake-models',
          roleArn: role('ci-lake-models'),
          client: clientOf('dbt', 'cloud', context.random),
        }),
      { ...machine('github-oidc'), weight: 4, rhythm: 'office', workGroup: 'etl', style: 'dbt', tool: 'dbt' },
    ),
    channel(
      company,
      'scheduler',
      [{ id: 'scheduler.amazonaws.com', kind: 'service' }],
      (context) =>
        assumeRole(context, {
          caller: byService('scheduler.amazonaws.com'),
          roleArn: role('service-role/athena-schedule'),
          sessionName: context.random.hex(32),
          client: serviceClient('scheduler.amazonaws.com'),
        }),
      { ...machine('scheduler'), weight: 2, workGroup: 'etl', style: 'etl', invokedBy: 'scheduler.amazonaws.com' },
    ),
    channel(
      company,
      'agent-role',
      [{ id: 'analyst-agent', kind: 'agent' }],
      (context) =>
        assumeRole(context, {
          caller: byService('bedrock-agentcore.amazonaws.com'),
          roleArn: role('analyst-agent'),
          sessionName: `AgentCore-${context.random.hex(12)}`,
          client: clientOf('boto3', 'cloud', context.random),
        }),
      { ...machine('agent-role'), weight: 4, rhythm: 'evening' },
    ),
    // A pipeline of another account: its own copy of the AssumeRole event is in the account it comes from.
    channel(
      company,
      'cross-account-workload',
      [workload('attribution-export')],
      (context) => {
        const client = clientOf('go', 'cloud', context.random);
        const inner = assumeRole(context, {
          caller: byService('ecs-tasks.amazonaws.com'),
          roleArn: `arn:aws:iam::${tools}:role/attribution-export`,
          sessionName: context.random.hex(32),
          client,
        });
        return assumeRole(context, {
          caller: byCredential(inner),
          roleArn: role('MarketingReader'),
          sessionName: 'attribution-export',
          delayMs: 2_000,
          client,
        });
      },
      { ...machine('cross-account-workload'), weight: 3, workGroup: 'primary', style: 'bi' },
    ),
  ];
}
