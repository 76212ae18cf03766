/** A person, with every name under which AWS or a tool may know them. */
export interface DirectoryPerson {
  /** What the column `person` says: an e-mail, as a rule. */
  readonly id: string;
  readonly name: string | null;
  readonly team: string | null;
  readonly costCenter: string | null;
  /** ARNs, session names, e-mails, Identity Center user ids, and users of tools as `<tool>:<user>` (`metabase:5`). */
  readonly aliases: readonly string[];
}

/** What a role (or an IAM user) that is no person's stands for. */
export interface DirectoryRole {
  /** ARN of a role or IAM user; null when it is known by name, in any account. */
  readonly arn: string | null;
  readonly name: string | null;
  readonly owner: string | null;
  readonly kind: 'workload' | 'tool' | 'agent' | 'service';
  /** App name of the SQL comments that are believed under this role. */
  readonly tool: string | null;
  readonly team: string | null;
  readonly costCenter: string | null;
  /** Line in the directory file; names the rule in `identity_evidence`. */
  readonly line: number;
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

/** What a chargeback rule may look at; values are compared without case, `*` stands for any text. */
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
] as const;
export type ChargebackField = (typeof CHARGEBACK_FIELDS)[number];

/** Who is who, as the operator says: people, teams, roles, chargeback. Aliases and role keys are lower case. */
export interface Directory {
  readonly people: readonly DirectoryPerson[];
  readonly roles: readonly DirectoryRole[];
  readonly teams: readonly DirectoryTeam[];
  readonly chargeback: readonly ChargebackRule[];
  readonly peopleByAlias: ReadonlyMap<string, DirectoryPerson>;
  readonly rolesByKey: ReadonlyMap<string, DirectoryRole>;
}
