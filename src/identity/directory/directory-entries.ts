import type { SiteForm } from '../comments/site-form.js';

/**
 * A name under which AWS or a tool may know somebody: ARN, unique id (`AIDA…`), session name, subject, e-mail, Identity Center user id,
 * or a tool's user as `<tool>:<user>` (`metabase:5`). Alone it may be of any account and provider.
 */
export type DirectoryAlias =
  | string
  | {
      readonly name: string;
      /** Account in which alone the name is the person's. */
      readonly account: string | null;
      /** ARN, URL or host of the identity provider that alone gives the person this name. */
      readonly issuer: string | null;
    };

/** A person, with every name under which AWS or a tool may know them. */
export interface DirectoryPerson {
  /** What the column `person` says: an e-mail, as a rule. */
  readonly id: string;
  readonly name: string | null;
  readonly team: string | null;
  readonly costCenter: string | null;
  readonly aliases: readonly DirectoryAlias[];
}

/** What a role (or an IAM user) that is no person's stands for. */
export interface DirectoryRole {
  /** ARN of a role or IAM user; null when it is known by name, in any account. */
  readonly arn: string | null;
  readonly name: string | null;
  readonly owner: string | null;
  /** `broker`: takes roles for people and names each in the session. */
  readonly kind: 'workload' | 'tool' | 'agent' | 'service' | 'broker';
  /** App name of the SQL comments that are believed under this role. */
  readonly tool: string | null;
  readonly team: string | null;
  readonly costCenter: string | null;
}

export interface DirectoryTeam {
  readonly name: string;
  readonly costCenter: string | null;
}

/** A chargeback rule: all its conditions must hold. The first rule that holds decides. */
export interface ChargebackRule {
  readonly when: Readonly<Partial<Record<ChargebackField, readonly string[]>>>;
  readonly costCenter: string;
}

/**
 * What a chargeback rule may look at; values are compared without case, `*` stands for any text. `tag` is `key=value` of any tag of
 * the workgroup.
 */
export const CHARGEBACK_FIELDS = [
  'person',
  'team',
  'workgroup',
  'catalog',
  'database',
  'app',
  'client',
  'role',
  'account',
  'region',
  'kind',
  'tag',
] as const;
export type ChargebackField = (typeof CHARGEBACK_FIELDS)[number];

/** Who is who, as the operator says: people, teams, roles, chargeback. Role keys are lower case. */
export interface Directory {
  readonly people: readonly DirectoryPerson[];
  readonly roles: readonly DirectoryRole[];
  readonly teams: readonly DirectoryTeam[];
  readonly chargeback: readonly ChargebackRule[];
  /** Comments of the site's own programs; the first that fits counts. */
  readonly comments: readonly SiteForm[];
  /** Accounts and identity providers whose names are those of the aliases that name neither. Lower case. */
  readonly accounts: ReadonlySet<string>;
  readonly issuers: ReadonlySet<string>;
  /** By `aliasKey`. */
  readonly peopleByAlias: ReadonlyMap<string, DirectoryPerson>;
  readonly rolesByKey: ReadonlyMap<string, DirectoryRole>;
}

/** The key of a name in `peopleByAlias`: alone, or within an account or an identity provider. */
export function aliasKey(name: string, scope: string | null = null): string {
  return scope === null ? name.toLowerCase() : `${scopeKey(scope)}\n${name.toLowerCase()}`;
}

/** One spelling for each account and provider: `https://host/path/` and `arn:…:oidc-provider/host/path` are `host/path`. */
export function scopeKey(scope: string): string {
  return scope
    .toLowerCase()
    .replace(/^arn:.*?:oidc-provider\//, '')
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '');
}
