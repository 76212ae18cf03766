import { hash, iamIdOf, uuidOf } from '../wire/random.js';

/** A person of the company; `id` is the key used by the directory and by the truth. */
export interface Person {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly team: string;
  /** Immutable id in the identity store. */
  readonly storeUserId: string;
  readonly number: number;
}

/** Whoever can stand behind a query. */
export interface Actor {
  readonly id: string;
  readonly kind: 'human' | 'agent' | 'workload' | 'service';
}

/** An Athena workgroup of every account and Region of the company. */
export interface WorkGroup {
  readonly name: string;
  readonly description: string;
  readonly database: string;
  /** Queries run on reserved capacity and report `DpuCount`. */
  readonly isReserved: boolean;
  readonly hasManagedResults: boolean;
  /** Limit of a query's scan; null for none. */
  readonly cutoffBytes: number | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Simulated instant at which the workgroup is deleted, null when it stays. */
  readonly deletedAt: number | null;
}

export interface Company {
  readonly domain: string;
  readonly organizationId: string;
  /** `main` holds the lake, `tools` the identities and BI tools, `sandbox` a small second lake. */
  readonly accounts: { readonly main: string; readonly tools: string; readonly sandbox: string };
  readonly regions: readonly [string, string];
  readonly identityStoreArn: string;
  readonly people: readonly Person[];
  readonly workGroups: readonly WorkGroup[];
  /** Capacity that the reserved workgroups run on, in every account and Region. */
  readonly reservation: { readonly name: string; readonly dpus: number };
  person(handle: string): Person;
}

export const TEAMS: readonly { readonly name: string; readonly costCenter: string }[] = [
  { name: 'data-platform', costCenter: 'CC-1010' },
  { name: 'analytics', costCenter: 'CC-1020' },
  { name: 'finance', costCenter: 'CC-2010' },
  { name: 'marketing', costCenter: 'CC-3010' },
  { name: 'product', costCenter: 'CC-3020' },
  { name: 'machine-learning', costCenter: 'CC-1030' },
  { name: 'security', costCenter: 'CC-4010' },
  { name: 'operations', costCenter: 'CC-5010' },
];

/** Handle, name, team. The handle is the local part of the e-mail, the Identity Center username and most aliases. */
const PEOPLE: readonly (readonly [string, string, string])[] = [
  ['ana.silva', 'Ana Silva', 'analytics'],
  ['bjorn.lund', 'Björn Lund', 'analytics'],
  ['carla.ortiz', 'Carla Ortiz', 'data-platform'],
  ['deepa.rao', 'Deepa Rao', 'data-platform'],
  ['emil.novak', 'Emil Novák', 'data-platform'],
  ['farah.aziz', 'Farah Aziz', 'finance'],
  ['gita.menon', 'Gita Menon', 'finance'],
  ['hugo.martin', 'Hugo Martin', 'marketing'],
  ['ines.costa', 'Inês Costa', 'marketing'],
  ['jun.tanaka', '田中 純', 'product'],
  ['kenji.mori', 'Kenji Mori', 'product'],
  ['lena.fischer', 'Lena Fischer', 'machine-learning'],
  ['mallory.king', 'Mallory King', 'operations'],
  ['nadia.petrova', 'Надя Петрова', 'machine-learning'],
  ['omar.haddad', 'Omar Haddad', 'security'],
  ['priya.shah', 'Priya Shah', 'analytics'],
  ['quentin.moreau', 'Quentin Moreau', 'security'],
  ['rosa.diaz', 'Rosa Díaz', 'marketing'],
  ['sam.okafor', 'Sam Okafor', 'operations'],
  ['tomas.weber', 'Tomas Weber', 'analytics'],
  ['uma.krishnan', 'Uma Krishnan', 'product'],
  ['victor.chen', 'Victor Chen', 'data-platform'],
  ['wanjiru.kamau', 'Wanjiru Kamau', 'finance'],
  ['xavier.roy', 'Xavier Roy', 'machine-learning'],
  ['yara.nasser', 'Yara Nasser', 'analytics'],
  ['zoe.odonnell', "Zoë O'Donnell", 'product'],
];

/** Builds the company of a seed: same people and places for every seed, other account numbers and ids. */
export function buildCompany({
  seed,
  deletedAt,
  closed = null,
}: {
  seed: number;
  deletedAt: number | null;
  /** Name of one more workgroup, which only the people office may use; null for none. */
  closed?: string | null;
}): Company {
  const domain = 'acorn.example';
  const account = (name: string) => String(100_000_000_000 + (hash(seed, name) % 899_999) * 1_000_003).slice(0, 12);
  const accounts = { main: account('main'), tools: account('tools'), sandbox: account('sandbox') };
  const people = PEOPLE.map(([handle, name, team], number) => ({
    id: `${handle}@${domain}`,
    handle,
    name,
    team,
    storeUserId: uuidOf(hash(seed, 'identity-store'), number),
    number,
  }));
  const byHandle = new Map(people.map((person) => [person.handle, person]));
  const group = (name: string, description: string, database: string, extra: Partial<WorkGroup> = {}): WorkGroup => ({
    name,
    description,
    database,
    isReserved: false,
    hasManagedResults: false,
    cutoffBytes: null,
    tags: {},
    deletedAt: null,
    ...extra,
  });
  return {
    domain,
    organizationId: `o-${iamIdOf('', hash(seed, 'organization'), 0).slice(0, 12).toLowerCase()}`,
    accounts,
    regions: ['us-east-1', 'eu-west-1'],
    identityStoreArn: `arn:aws:identitystore::${accounts.tools}:identitystore/d-${hash(seed, 'store').toString(16).padStart(10, '9')}`,
    people,
    workGroups: [
      group('primary', '', 'default'),
      group('analytics', 'Ad-hoc questions of the analysts', 'sales', {
        cutoffBytes: 10e12,
        tags: { 'cost-center': 'CC-1020', owner: 'analytics' },
      }),
      group('bi', 'Dashboards and BI tools', 'sales', { isReserved: true, tags: { 'cost-center': 'CC-1010' } }),
      group('etl', 'Pipelines', 'raw', { tags: { 'cost-center': 'CC-1010', owner: 'data-platform' } }),
      group('finance', 'Closed books; few may read', 'finance'),
      group('ml', 'Feature building', 'ml', {
        hasManagedResults: true,
        cutoffBytes: 200e9,
        tags: { 'cost-center': 'CC-1030' },
      }),
      group('legacy-reports', 'To be removed', 'web', { deletedAt }),
      ...(closed === null ? [] : [group(closed, 'Only the people office', 'people')]),
    ],
    reservation: { name: 'dashboards', dpus: 24 },
    person(handle) {
      const person = byHandle.get(handle);
      if (!person) throw new Error(`no person with the handle ${handle} in the simulated company`);
      return person;
    },
  };
}

/** The id by which the company's Cognito identity pool knows somebody: a person by their handle, or a guest. */
export function poolIdentityOf(company: Company, name: string): string {
  return `${company.regions[0]}:${uuidOf(hash(company.organizationId, 'identity-pool'), 1 + (hash(name) % 1_000_000))}`;
}

const principalIds = new Map<string, string>();

/** The unique id of a role (`AROA…`) or user (`AIDA…`): a hash of its ARN, remembered, for there are few of them. */
export function principalIdOf(arn: string): string {
  const known = principalIds.get(arn);
  if (known !== undefined) return known;
  const id = iamIdOf(arn.includes(':role/') ? 'AROA' : 'AIDA', hash('principal'), arn);
  if (principalIds.size < 1_000) principalIds.set(arn, id);
  return id;
}
