import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import {
  aliasKey,
  CHARGEBACK_FIELDS,
  type ChargebackField,
  type ChargebackRule,
  type Directory,
  type DirectoryAlias,
  type DirectoryPerson,
  type DirectoryRole,
  type DirectoryTeam,
  scopeKey,
} from './directory-entries.js';
import { nearestName } from './nearest-name.js';

/** Something wrong in a directory file. */
export interface DirectoryProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Reads the document into a directory and a list of what is wrong with it; never throws. */
export function parseDirectoryDocument(text: string): Directory & { readonly problems: readonly DirectoryProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const reader = createReader(lines);
  for (const error of document.errors) {
    reader.report(lines.linePos(error.pos[0]).line, `not readable as YAML or JSON: ${error.message}`);
  }
  const root = document.errors.length > 0 ? null : (document.contents as Node | null);
  const people: DirectoryPerson[] = [];
  const roles: DirectoryRole[] = [];
  const teams: DirectoryTeam[] = [];
  const chargeback: ChargebackRule[] = [];
  const rolesByKey = new Map<string, DirectoryRole>();
  const peopleByAlias = new Map<string, DirectoryPerson>();

  const top = reader.fields(root, 'the directory', ['people', 'roles', 'teams', 'chargeback', 'accounts', 'issuers']);
  const scopes = (name: 'accounts' | 'issuers') =>
    new Set(
      reader
        .items(top?.get(name), name)
        .flatMap((item) => reader.text(item, { of: `item of ${name}`, owner: item }) ?? [])
        .map(scopeKey),
    );
  for (const item of reader.items(top?.get('teams'), 'teams')) {
    const fields = reader.fields(item, 'a team', ['name', 'costCenter']);
    const name = reader.text(fields?.get('name'), { of: 'name of a team', owner: item, isRequired: true });
    if (fields && name !== null)
      teams.push({ name, costCenter: reader.text(fields.get('costCenter'), { of: 'costCenter', owner: item }) });
  }
  const teamName = (node: Node | undefined, owner: Node) => {
    const team = reader.text(node, { of: 'team', owner });
    if (team !== null && teams.length > 0 && !teams.some(({ name }) => name === team)) {
      reader.report(
        reader.lineOf(node ?? owner),
        `unknown team "${team}"${suggestion(
          team,
          teams.map(({ name }) => name),
        )}`,
      );
    }
    return team;
  };
  for (const item of reader.items(top?.get('people'), 'people')) {
    const fields = reader.fields(item, 'a person', ['id', 'name', 'team', 'costCenter', 'aliases']);
    const id = reader.text(fields?.get('id'), { of: 'id of a person', owner: item, isRequired: true });
    if (!fields || id === null) continue;
    const aliases = reader.items(fields.get('aliases'), 'aliases').flatMap((alias) => {
      const read = readAlias(reader, alias);
      return read ? [{ alias, ...read }] : [];
    });
    const person: DirectoryPerson = {
      id,
      name: reader.text(fields.get('name'), { of: 'name', owner: item }),
      team: teamName(fields.get('team'), item),
      costCenter: reader.text(fields.get('costCenter'), { of: 'costCenter', owner: item }),
      aliases: aliases.map(({ name, account, issuer }) => ({ name, account, issuer })),
    };
    people.push(person);
    const own = { alias: fields.get('id') ?? item, name: id, account: null, issuer: null };
    for (const { alias, name, account, issuer } of [own, ...aliases]) {
      const key = aliasKey(name, account ?? issuer);
      const other = peopleByAlias.get(key);
      if (other && other !== person) {
        reader.report(
          reader.lineOf(alias),
          `"${name}" already stands for ${other.id}: a name can belong to one person only`,
        );
      } else peopleByAlias.set(key, person);
    }
  }
  for (const item of reader.items(top?.get('roles'), 'roles')) {
    const role = readRole(reader, item, teamName);
    if (!role) continue;
    roles.push(role);
    const key = (role.arn ?? role.name ?? '').toLowerCase();
    const other = rolesByKey.get(key);
    if (other) reader.report(role.line, `the role "${role.arn ?? role.name}" is already listed in line ${other.line}`);
    else rolesByKey.set(key, role);
  }
  for (const item of reader.items(top?.get('chargeback'), 'chargeback')) {
    const rule = readRule(reader, item);
    if (rule) chargeback.push(rule);
  }
  const [accounts, issuers] = [scopes('accounts'), scopes('issuers')];
  const problems = reader.problems();
  return { people, roles, teams, chargeback, accounts, issuers, peopleByAlias, rolesByKey, problems };
}

/** `ana`, or `{ name: ana, account: "111122223333" }`, or `{ name: ana, issuer: https://idp.acorn.example }`. */
function readAlias(reader: Reader, node: Node): DirectoryAlias | null {
  if (!isMap(node)) {
    const name = reader.text(node, { of: 'alias', owner: node });
    return name === null ? null : { name, account: null, issuer: null };
  }
  const fields = reader.fields(node, 'an alias', ['name', 'account', 'issuer']);
  const name = reader.text(fields?.get('name'), { of: 'name of an alias', owner: node, isRequired: true });
  const account = reader.text(fields?.get('account'), { of: 'account of an alias', owner: node });
  const issuer = reader.text(fields?.get('issuer'), { of: 'issuer of an alias', owner: node });
  if (account !== null && issuer !== null) {
    reader.report(reader.lineOf(node), 'an alias is of an account or of an issuer: write two aliases');
  }
  return name === null ? null : { name, account, issuer };
}

const ROLE_KINDS = ['workload', 'tool', 'agent', 'service', 'broker'] as const;

function readRole(
  reader: Reader,
  item: Node,
  teamName: (node: Node | undefined, owner: Node) => string | null,
): DirectoryRole | null {
  const fields = reader.fields(item, 'a role', ['arn', 'name', 'owner', 'kind', 'tool', 'team', 'costCenter']);
  if (!fields) return null;
  const line = reader.lineOf(item);
  const arn = reader.text(fields.get('arn'), { of: 'arn', owner: item });
  const name = reader.text(fields.get('name'), { of: 'name', owner: item });
  if (arn === null && name === null) reader.report(line, 'a role needs an arn or a name');
  if (arn !== null && !/^arn:[\w-]+:iam::\d{12}:(role|user)\/.+$/.test(arn)) {
    reader.report(
      reader.lineOf(fields.get('arn') ?? item),
      `"${arn}" is no ARN of a role or IAM user (arn:aws:iam::<account>:role/<name>)`,
    );
  }
  const tool = reader.text(fields.get('tool'), { of: 'tool', owner: item });
  const kindText =
    reader.text(fields.get('kind'), { of: 'kind', owner: item }) ?? (tool === null ? 'workload' : 'tool');
  const kind = ROLE_KINDS.find((known) => known === kindText);
  if (kind === undefined) {
    reader.report(
      reader.lineOf(fields.get('kind') ?? item),
      `unknown kind "${kindText}": allowed are ${ROLE_KINDS.join(', ')}${suggestion(kindText, ROLE_KINDS)}`,
    );
  }
  if (kind === 'tool' && tool === null) reader.report(line, 'a role of kind tool needs the tool, such as metabase');
  return {
    arn,
    name,
    owner: reader.text(fields.get('owner'), { of: 'owner', owner: item }),
    kind: kind ?? 'workload',
    tool: tool?.toLowerCase() ?? null,
    team: teamName(fields.get('team'), item),
    costCenter: reader.text(fields.get('costCenter'), { of: 'costCenter', owner: item }),
    line,
  };
}

function readRule(reader: Reader, item: Node): ChargebackRule | null {
  const fields = reader.fields(item, 'a chargeback rule', ['when', 'costCenter']);
  const costCenter = reader.text(fields?.get('costCenter'), {
    of: 'costCenter of a chargeback rule',
    owner: item,
    isRequired: true,
  });
  const conditions = fields?.has('when')
    ? reader.fields(fields.get('when') ?? null, 'when', CHARGEBACK_FIELDS)
    : new Map<string, Node>();
  if (!conditions || costCenter === null) return null;
  const when: Partial<Record<ChargebackField, readonly string[]>> = {};
  for (const field of CHARGEBACK_FIELDS) {
    const node = conditions.get(field);
    if (node === undefined) continue;
    const values = isSeq(node) ? reader.items(node, field) : [node];
    when[field] = values.flatMap((value) => reader.text(value, { of: field, owner: value }) ?? []);
  }
  return { when, costCenter };
}

type Reader = ReturnType<typeof createReader>;

/** Takes YAML nodes apart and keeps what is wrong with them, with the line. */
function createReader(lines: LineCounter) {
  const found: DirectoryProblem[] = [];
  const report = (line: number, message: string) => {
    found.push({ line, message });
  };
  const lineOf = (node: Node | null) => lines.linePos(node?.range?.[0] ?? 0).line || 1;
  return {
    report,
    lineOf,
    problems: () => [...found].sort((a, b) => a.line - b.line),
    /** The members of a map; null (and a report, unless the node is empty) when it is none. */
    fields(node: Node | null, what: string, known: readonly string[]): Map<string, Node> | null {
      if (node === null || (isScalar(node) && node.value === null)) return new Map();
      if (!isMap(node)) {
        report(lineOf(node), `${what} must be a map with ${known.join(', ')}`);
        return null;
      }
      const members = new Map<string, Node>();
      for (const { key, value } of (node as YAMLMap<Node, Node | null>).items) {
        const name = isScalar(key) ? String(key.value) : '';
        if (!known.includes(name)) report(lineOf(key), `unknown key "${name}" in ${what}${suggestion(name, known)}`);
        else if (value !== null) members.set(name, value);
      }
      return members;
    },
    items(node: Node | undefined, what: string): readonly Node[] {
      if (node === undefined || (isScalar(node) && node.value === null)) return [];
      if (isSeq(node)) return node.items as Node[];
      report(lineOf(node), `${what} must be a list`);
      return [];
    },
    text(node: Node | undefined, options: { of: string; owner: Node; isRequired?: boolean }): string | null {
      const value = isScalar(node) ? node.value : undefined;
      if (typeof value === 'string' && value.trim() !== '') return value.trim();
      if (typeof value === 'number' || typeof value === 'bigint') {
        // An account id or a user number: as it is written, zeros in front included.
        return (isScalar(node) && node.source) || String(value);
      }
      if (isAlias(node)) report(lineOf(node), `${options.of}: YAML anchors are not supported, write the value`);
      else if (node !== undefined && !(isScalar(node) && (value === null || value === '')))
        report(lineOf(node), `${options.of} must be a text`);
      else if (options.isRequired) report(lineOf(options.owner), `the ${options.of} is missing`);
      return null;
    },
  };
}

function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? '' : `; did you mean "${nearest}"?`;
}
