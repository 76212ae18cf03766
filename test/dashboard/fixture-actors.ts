import type { IdentityConfidence, IdentityMethod, PersonKind } from '../../src/record/columns.js';
import type { Random } from './fixture-random.js';
import { ANALYST, BI, DBT, FINANCE, INGEST, ML, PII, type Template } from './fixture-sql.js';

export type { Template } from './fixture-sql.js';

/** Who runs queries at the made-up company. */
export interface Actor {
  readonly weight: number;
  readonly person: string | null;
  readonly username: string;
  readonly kind: PersonKind;
  readonly method: IdentityMethod;
  readonly confidence: IdentityConfidence;
  readonly team: string | null;
  readonly workgroup: string;
  readonly client: string;
  readonly app: string | null;
  readonly userAgent: string;
  readonly ip: string;
  readonly principalType: string;
  readonly principalId: string;
  readonly roleArn: string | null;
  readonly refusedShare: number;
  readonly failureShare: number;
  readonly templates: readonly Template[];
  readonly arn: (session: string) => string;
  readonly evidence: (random: Random) => readonly string[];
  readonly sessionName?: (random: Random) => string;
  readonly appUser?: (random: Random) => string;
  readonly comment?: (random: Random) => string;
}

const ACCOUNT = '111122223333';
const FIRST = 'Noor Finn Rosa Ben Jon Ada Mira Luca Ines Theo Yuki Sana Omar Lena Kofi Priya Elif Hugo Wen Zola'.split(
  ' ',
);
const LAST = 'Novak Khan Lopez Rossi Tan Okafor Meyer Ito Patel Silva Haddad Berg Moreau Costa Adeyemi'.split(' ');
const TEAMS = [
  { team: 'risk', workgroup: 'risk-analytics', templates: [...FINANCE, ...PII], role: 'RiskAnalyst' },
  { team: 'marketing', workgroup: 'marketing', templates: ANALYST, role: 'MarketingAnalyst' },
  { team: 'finance', workgroup: 'finance', templates: FINANCE, role: 'FinanceAnalyst' },
  { team: 'data-platform', workgroup: 'primary', templates: [...ANALYST, ...DBT, ...PII], role: 'DataEngineer' },
  { team: 'ml', workgroup: 'ml-features', templates: ML, role: 'MLEngineer' },
  { team: 'support', workgroup: 'support', templates: [...ANALYST, ...PII], role: 'SupportReadOnly' },
] as const;
const AGENTS = {
  console:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  boto3: 'Boto3/1.40.2 md/Botocore#1.40.2 ua/2.1 os/linux#6.1 lang/python#3.12.4',
  jdbc: 'SIMBA_ATHENA_JDBC_DRIVER aws-sdk-java/2.25.60 Linux/6.1',
  awswrangler: 'aws-sdk-pandas/3.9.1 Boto3/1.35.8 Python/3.11.9',
} as const;

const BI_USERS = ['ada.moreau', 'luca.berg', 'sana.silva', 'omar.tan', 'ines.costa'];

/** About 60 people and machines; a few use most. */
export const ACTORS: readonly Actor[] = [...people(), ...machines()];

function people(): Actor[] {
  return Array.from({ length: 46 }, (_, index): Actor => {
    const first = FIRST[index % FIRST.length] ?? 'Noor';
    const last = LAST[(index * 7 + Math.floor(index / 20)) % LAST.length] ?? 'Khan';
    const name = `${first}.${last}`.toLowerCase();
    const group = TEAMS[index % TEAMS.length] ?? TEAMS[0];
    const client = (['console', 'console', 'jdbc', 'boto3', 'awswrangler'] as const)[index % 5] ?? 'console';
    const method: IdentityMethod = index % 9 === 8 ? 'iam-user' : index % 7 === 6 ? 'source-identity' : 'sso-session';
    const person = `${name}@acme.example`;
    const role = `AWSReservedSSO_${group.role}_${hexOf(index * 7919 + 104729, 16)}`;
    const iam = method === 'iam-user';
    return {
      weight: 160 / (index + 3),
      person,
      username: iam ? name : person,
      kind: 'human',
      method,
      confidence: method === 'source-identity' ? 'asserted' : 'verified',
      team: group.team,
      workgroup: group.workgroup,
      client,
      app: null,
      userAgent: AGENTS[client],
      ip: `10.13.${index + 20}.${(index * 37) % 250}`,
      principalType: iam ? 'IAMUser' : 'AssumedRole',
      principalId: `${iam ? 'AIDA' : 'AROA'}${hexOf(index + 11, 16).toUpperCase()}`,
      roleArn: iam ? null : `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/${role}`,
      refusedShare: index % 11 === 5 ? 0.03 : 0.0015,
      failureShare: 0.05 + (index % 5) * 0.012,
      templates: group.templates,
      arn: (session) =>
        iam ? `arn:aws:iam::${ACCOUNT}:user/${name}` : `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`,
      evidence: (random) =>
        iam
          ? [`event:${random.uuid()}`, `key:AKIA${hexOf(index, 16).toUpperCase()}`]
          : [`event:${random.uuid()}`, `key:ASIA${random.hex(16).toUpperCase()}`, 'directory:sso'],
    };
  });
}

interface Machine {
  readonly name: string;
  readonly weight: number;
  readonly kind: PersonKind;
  readonly method: IdentityMethod;
  readonly confidence: IdentityConfidence;
  readonly team: string | null;
  readonly workgroup: string;
  readonly client: string;
  readonly app?: string;
  readonly userAgent: string;
  readonly templates: readonly Template[];
  readonly resolved?: string | null;
  readonly session: (random: Random) => string;
  readonly appUser?: (random: Random) => string;
  readonly comment?: (random: Random) => string;
}

function machines(): Actor[] {
  const list: Machine[] = [
    {
      name: 'dbt-prod',
      weight: 230,
      kind: 'workload',
      method: 'workload',
      confidence: 'verified',
      team: 'data-platform',
      workgroup: 'dbt',
      client: 'dbt-athena',
      app: 'dbt',
      userAgent: 'dbt-athena-community/1.9.1 Boto3/1.40.2',
      templates: DBT,
      session: () => 'dbt-athena',
      comment: (random) =>
        `/* {"app": "dbt", "dbt_version": "1.10.2", "node_id": "model.acme.fct_${random.pick(['orders', 'sessions', 'revenue'])}"} */`,
    },
    {
      name: 'quicksight',
      weight: 190,
      kind: 'service',
      method: 'service',
      confidence: 'verified',
      team: 'bi',
      workgroup: 'bi',
      client: 'quicksight',
      app: 'quicksight',
      userAgent: 'quicksight.amazonaws.com',
      templates: BI,
      session: () => 'QuickSight',
      comment: (random) => `/* QuickSight ${random.hex(8)}-dashboard */`,
    },
    {
      name: 'redash-bi',
      weight: 150,
      kind: 'human',
      method: 'sql-comment',
      confidence: 'claimed',
      team: 'bi',
      workgroup: 'bi',
      client: 'redash',
      app: 'redash',
      userAgent: AGENTS.boto3,
      templates: BI,
      session: () => 'redash',
    },
    {
      name: 'airflow',
      weight: 95,
      kind: 'workload',
      method: 'workload',
      confidence: 'verified',
      team: 'data-platform',
      workgroup: 'etl',
      client: 'airflow',
      app: 'airflow',
      userAgent: 'Airflow/2.10.2 AmPP/8.28 Boto3/1.40.2',
      templates: INGEST,
      session: (random) => `airflow-${random.pick(['ingest', 'export', 'quality'])}`,
    },
    {
      name: 'feature-agent',
      weight: 34,
      kind: 'agent',
      method: 'role-chain',
      confidence: 'verified',
      team: 'ml',
      workgroup: 'ml-features',
      client: 'boto3',
      app: 'bedrock-agent',
      userAgent: AGENTS.boto3,
      templates: ML,
      session: () => 'agent-session',
    },
    {
      name: 'shared-jump',
      weight: 16,
      kind: 'unknown',
      method: 'unresolved',
      confidence: 'none',
      team: null,
      resolved: null,
      workgroup: 'primary',
      client: 'boto3',
      userAgent: AGENTS.boto3,
      templates: [...ANALYST, ...PII],
      session: (random) =>
        `botocore-session-17${Math.floor(random.next() * 9) + 1}4${random.pick(['0112', '8731', '5520'])}`,
    },
    {
      name: 'legacy-reporting',
      weight: 9,
      kind: 'unknown',
      method: 'session-name',
      confidence: 'asserted',
      team: null,
      workgroup: 'primary',
      client: 'jdbc',
      userAgent: AGENTS.jdbc,
      templates: FINANCE,
      session: () => 'reporting',
    },
  ];
  return list.flatMap((machine, index) =>
    machine.name === 'redash-bi' ? redashUsers(machine, index) : [machineActor(machine, index)],
  );
}

function redashUsers(machine: Machine, index: number): Actor[] {
  return BI_USERS.map((user, position) => ({
    ...machineActor(machine, index),
    weight: machine.weight / (position + 2),
    person: `${user}@acme.example`,
    appUser: () => `${user}@acme.example`,
    comment: (random: Random) =>
      `/* Username: ${user}@acme.example, Query ID: ${100 + Math.floor(random.next() * 40)}, Queue: queries, Query Hash: ${random.hex(12)} */`,
    evidence: (random: Random) => [`event:${random.uuid()}`, 'comment:redash'],
  }));
}

function machineActor(machine: Machine, index: number): Actor {
  const principalId = `AROA${hexOf(index + 901, 16).toUpperCase()}`;
  return {
    weight: machine.weight,
    person: machine.resolved === undefined ? machine.name : machine.resolved,
    username: machine.name,
    kind: machine.kind,
    method: machine.method,
    confidence: machine.confidence,
    team: machine.team,
    workgroup: machine.workgroup,
    client: machine.client,
    app: machine.app ?? null,
    userAgent: machine.userAgent,
    ip: `10.60.${index}.17`,
    principalType: 'AssumedRole',
    principalId,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/${machine.name}`,
    refusedShare: 0.0005,
    failureShare: machine.kind === 'unknown' ? 0.16 : 0.02,
    templates: machine.templates,
    arn: (session) => `arn:aws:sts::${ACCOUNT}:assumed-role/${machine.name}/${session}`,
    evidence: (random) => [`event:${random.uuid()}`, `key:ASIA${random.hex(16).toUpperCase()}`],
    sessionName: machine.session,
    ...(machine.appUser ? { appUser: machine.appUser } : {}),
    ...(machine.comment ? { comment: machine.comment } : {}),
  };
}

function hexOf(seed: number, length: number): string {
  let text = '';
  let state = seed + 1;
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += (state >>> 8).toString(16);
  }
  return text.slice(0, length);
}
