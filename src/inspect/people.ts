import type { HourLabel } from '../calendar/hour-label.js';
import { lookOfName, mayNamePerson } from '../identity/names/look.js';
import { withoutPrefix } from '../identity/resolve/source-identity.js';
import type { PersonKind, ReportRow } from '../record/columns.js';
import type { PlacedRow } from '../tree/read-rows.js';

/** A person of the reports, with every name AWS and tools knew them by. */
export interface PersonAccount {
  readonly person: string;
  readonly kinds: readonly PersonKind[];
  readonly teams: readonly string[];
  readonly queries: number;
  readonly refused: number;
  /** Epoch milliseconds of the first and last row. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** `<method> (<confidence>)` and its rows, the most frequent first. */
  readonly methods: readonly { readonly method: string; readonly rows: number }[];
  readonly usernames: readonly string[];
  /** ARNs of users and roles. */
  readonly arns: readonly string[];
  /** Session names that somebody chose. */
  readonly sessionNames: readonly string[];
  readonly identityCenterIds: readonly string[];
  /** `<tool>:<user>` of SQL comments that named the person. */
  readonly toolUsers: readonly string[];
  /** Names left out above: more than `MAX_ALIASES` of one sort, or made up by an SDK. */
  readonly namesLeftOut: number;
}

/** Rows of one identity that nobody could be found for. */
export interface UnresolvedIdentity {
  readonly principalArn: string | null;
  readonly roleArn: string | null;
  readonly sessionName: string | null;
  readonly onBehalfOf: string | null;
  readonly app: string | null;
  readonly appUser: string | null;
  readonly rows: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** One of its rows, for `explain`. */
  readonly sample: { readonly tree: string; readonly label: HourLabel; readonly id: string };
}

/** One workload that takes a role under the names of many people: it looks like a broker (Teleport, Vault, a program of one's own). */
export interface BrokerPattern {
  readonly workload: string;
  /** ARN of the role, or of the IAM user that federates. */
  readonly roleArn: string;
  /** Some of the names, sorted. */
  readonly names: readonly string[];
  readonly rows: number;
}

export interface PeopleAccount {
  /** Those with most rows first. */
  readonly people: readonly PersonAccount[];
  readonly unresolved: readonly UnresolvedIdentity[];
  /** Those with most rows first. */
  readonly brokers: readonly BrokerPattern[];
  /** Rows of executions that CloudTrail never showed: there is no identity to resolve. */
  readonly unattributed: number;
}

/** Names of one sort that are kept for a person. */
const MAX_ALIASES = 200;

/** Adds up who the rows speak of; memory grows with people and identities, not with rows. */
export async function sumPeople(rows: AsyncIterable<PlacedRow>): Promise<PeopleAccount> {
  const people = new Map<string, Sum>();
  const unresolved = new Map<string, UnresolvedIdentity>();
  const brokers = new Map<string, BrokerSum>();
  let unattributed = 0;
  for await (const placed of rows) {
    const { row } = placed;
    if (row.person !== null) {
      const sum = people.get(row.person) ?? newSum();
      people.set(row.person, sum);
      addRow(sum, row);
      addBrokered(brokers, row);
    } else if (row.attribution === 'unattributed') unattributed++;
    else addUnresolved(unresolved, placed);
  }
  return {
    people: [...people].map(([person, sum]) => accountOf(person, sum)).sort(byRows),
    unresolved: [...unresolved.values()].sort((a, b) => b.rows - a.rows || (nameOf(a) < nameOf(b) ? -1 : 1)),
    brokers: [...brokers.values()]
      .filter(({ names }) => names.size >= BROKER_NAMES)
      .map(({ names, ...sum }) => ({ ...sum, names: [...names].sort() }))
      .sort((a, b) => b.rows - a.rows || (a.roleArn < b.roleArn ? -1 : 1)),
    unattributed,
  };
}

/** So many people's names under one role are no accident. */
const BROKER_NAMES = 3;
/** Names that are kept as examples. */
const MAX_BROKER_NAMES = 5;

interface BrokerSum extends Omit<BrokerPattern, 'names'> {
  readonly names: Set<string>;
  rows: number;
}

/** Notes a row whose workload is proven, while its session bears a person's name. */
function addBrokered(brokers: Map<string, BrokerSum>, row: ReportRow): void {
  const roleArn = row.role_arn;
  if (
    row.person === null ||
    roleArn === null ||
    row.person_kind !== 'workload' ||
    row.identity_confidence !== 'verified'
  )
    return;
  const name = [row.source_identity === null ? null : withoutPrefix(row.source_identity), row.session_name].find(
    (each) => each !== null && lookOfName(each) === 'name',
  );
  if (name === undefined || name === null) return;
  const key = `${row.person}\n${roleArn}`;
  const sum = brokers.get(key) ?? { workload: row.person, roleArn, names: new Set<string>(), rows: 0 };
  brokers.set(key, sum);
  sum.rows += 1;
  if (sum.names.size < MAX_BROKER_NAMES) sum.names.add(name);
}

const ALIASES = ['usernames', 'arns', 'sessionNames', 'identityCenterIds', 'toolUsers'] as const;

interface Sum {
  readonly kinds: Set<PersonKind>;
  readonly teams: Set<string>;
  readonly methods: Map<string, number>;
  readonly aliases: Readonly<Record<(typeof ALIASES)[number], Set<string>>>;
  namesLeftOut: number;
  queries: number;
  refused: number;
  firstSeen: number;
  lastSeen: number;
}

function newSum(): Sum {
  return {
    kinds: new Set(),
    teams: new Set(),
    methods: new Map(),
    aliases: {
      usernames: new Set(),
      arns: new Set(),
      sessionNames: new Set(),
      identityCenterIds: new Set(),
      toolUsers: new Set(),
    },
    namesLeftOut: 0,
    queries: 0,
    refused: 0,
    firstSeen: Number.POSITIVE_INFINITY,
    lastSeen: Number.NEGATIVE_INFINITY,
  };
}

function addRow(sum: Sum, row: ReportRow): void {
  if (row.attribution === 'refused') sum.refused++;
  else sum.queries++;
  sum.kinds.add(row.person_kind);
  if (row.team !== null) sum.teams.add(row.team);
  const method = `${row.identity_method} (${row.identity_confidence})`;
  sum.methods.set(method, (sum.methods.get(method) ?? 0) + 1);
  sum.firstSeen = Math.min(sum.firstSeen, row.start_time);
  sum.lastSeen = Math.max(sum.lastSeen, row.start_time);
  // A session's ARN repeats its role and its name.
  addName(sum, 'arns', row.role_arn ?? row.principal_arn);
  addName(sum, 'identityCenterIds', row.on_behalf_of);
  if (row.session_name !== null) addChosenName(sum, 'sessionNames', row.session_name);
  else addName(sum, 'usernames', row.username);
  if (row.identity_method === 'sql-comment' && row.app !== null && row.app_user !== null) {
    addName(sum, 'toolUsers', `${row.app}:${row.app_user}`);
  }
}

function addChosenName(sum: Sum, sort: (typeof ALIASES)[number], name: string): void {
  const look = lookOfName(name);
  if (look !== 'generated' && look !== 'machine') addName(sum, sort, name);
  else sum.namesLeftOut++;
}

function addName(sum: Sum, sort: (typeof ALIASES)[number], name: string | null): void {
  const names = sum.aliases[sort];
  if (name === null || names.has(name)) return;
  if (names.size < MAX_ALIASES) names.add(name);
  else sum.namesLeftOut++;
}

function accountOf(person: string, sum: Sum): PersonAccount {
  const { aliases, kinds, teams, methods, ...counts } = sum;
  const sorted = (names: ReadonlySet<string>) => [...names].sort();
  return {
    person,
    kinds: [...kinds].sort(),
    teams: sorted(teams),
    ...counts,
    methods: [...methods]
      .map(([method, rows]) => ({ method, rows }))
      .sort((a, b) => b.rows - a.rows || (a.method < b.method ? -1 : 1)),
    usernames: sorted(aliases.usernames),
    arns: sorted(aliases.arns),
    sessionNames: sorted(aliases.sessionNames),
    identityCenterIds: sorted(aliases.identityCenterIds),
    toolUsers: sorted(aliases.toolUsers),
  };
}

function addUnresolved(unresolved: Map<string, UnresolvedIdentity>, { tree, label, row }: PlacedRow): void {
  const id = row.query_execution_id ?? row.event_id;
  if (id === null) return;
  // Names that an SDK made up differ with every session of the same program.
  const isChosen = row.session_name !== null && mayNamePerson(row.session_name);
  const key = [
    row.account_id,
    row.role_arn ?? row.principal_arn ?? row.principal_id,
    isChosen ? row.session_name : '',
    row.on_behalf_of,
    row.app,
    row.app_user,
  ].join('\n');
  const known = unresolved.get(key);
  unresolved.set(key, {
    principalArn: row.principal_arn ?? row.principal_id,
    roleArn: row.role_arn,
    sessionName: row.session_name,
    onBehalfOf: row.on_behalf_of,
    app: row.app,
    appUser: row.app_user,
    sample: { tree, label, id },
    ...known,
    rows: (known?.rows ?? 0) + 1,
    firstSeen: Math.min(known?.firstSeen ?? row.start_time, row.start_time),
    lastSeen: Math.max(known?.lastSeen ?? row.start_time, row.start_time),
  });
}

function nameOf({ roleArn, principalArn, sessionName }: UnresolvedIdentity): string {
  return `${roleArn ?? principalArn ?? ''} ${sessionName ?? ''}`;
}

function byRows(a: PersonAccount, b: PersonAccount): number {
  return b.queries + b.refused - (a.queries + a.refused) || (a.person < b.person ? -1 : 1);
}
