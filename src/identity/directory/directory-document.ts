import { partsOfForm, type SiteForm } from '../comments/site-form.js';
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
import { type DirectoryProblem, type DocumentNodes, yamlNodes } from './document-nodes.js';
import { createReader, type DocumentReader, suggestion } from './document-reader.js';
import { plainNodes } from './plain-nodes.js';

type ReadDirectory = Directory & { readonly problems: readonly DirectoryProblem[] };

/** Some thousand people; smaller documents are read in a blink anyway. */
const LARGE_CHARACTERS = 200_000;

/**
 * Reads the document into a directory and a list of what is wrong with it; never throws. A large one that is plain and right is read in a
 * tenth of the time; what is wrong with one is looked for with the reader that knows lines.
 */
export function parseDirectoryDocument(text: string): ReadDirectory {
  const plain = text.length < LARGE_CHARACTERS ? null : plainNodes(text);
  const directory = plain && readDirectory(plain);
  return directory && directory.problems.length === 0 ? directory : readDirectory(yamlNodes(text));
}

const SECTIONS = new Set(['people', 'roles', 'teams', 'chargeback', 'comments', 'accounts', 'issuers']);
const TEAM_FIELDS = new Set(['name', 'costCenter']);
const PERSON_FIELDS = new Set(['id', 'name', 'team', 'costCenter', 'aliases']);
const ALIAS_FIELDS = new Set(['name', 'account', 'issuer']);
const ROLE_FIELDS = new Set(['arn', 'name', 'owner', 'kind', 'tool', 'team', 'costCenter']);
const RULE_FIELDS = new Set(['when', 'costCenter']);
const CONDITIONS: ReadonlySet<string> = new Set(CHARGEBACK_FIELDS);
const COMMENT_FIELDS = new Set(['app', 'form', 'json', 'user']);

function readDirectory<N>(nodes: DocumentNodes<N>): ReadDirectory {
  const reader = createReader(nodes);
  const top = reader.fields(nodes.root, 'the directory', SECTIONS);
  const section = (name: string) => reader.items(top?.get(name), name);
  const texts = (name: string) =>
    section(name).flatMap((item) => reader.text(item, { of: `item of ${name}`, owner: item }) ?? []);
  const teams = section('teams').flatMap((item) => readTeam(reader, item) ?? []);
  const teamNames = new Set(teams.map(({ name }) => name));
  const teamName: TeamName<N> = (node, owner) => {
    const team = reader.text(node, { of: 'team', owner });
    if (team !== null && teamNames.size > 0 && !teamNames.has(team)) {
      reader.report(node ?? owner, `unknown team "${team}"${suggestion(team, [...teamNames])}`);
    }
    return team;
  };
  const people: DirectoryPerson[] = [];
  const peopleByAlias = new Map<string, DirectoryPerson>();
  for (const item of section('people')) {
    const read = readPerson(reader, item, teamName);
    if (!read) continue;
    const { person, owners } = read;
    people.push(person);
    const know = (alias: DirectoryAlias, owner: N | undefined) => {
      const key = typeof alias === 'string' ? aliasKey(alias) : aliasKey(alias.name, alias.account ?? alias.issuer);
      const other = peopleByAlias.get(key);
      if (other === undefined) peopleByAlias.set(key, person);
      else if (other !== person) {
        const name = typeof alias === 'string' ? alias : alias.name;
        const message = `"${name}" already stands for ${other.id}: a name can belong to one person only`;
        reader.report(owner ?? item, message);
      }
    };
    know(person.id, owners[0]);
    for (let index = 0; index < person.aliases.length; index++) know(person.aliases[index] ?? '', owners[index + 1]);
  }
  const roles: DirectoryRole[] = [];
  const rolesByKey = new Map<string, DirectoryRole>();
  const lines = new Map<string, number>();
  for (const item of section('roles')) {
    const role = readRole(reader, item, teamName);
    if (!role) continue;
    roles.push(role);
    const key = (role.arn ?? role.name ?? '').toLowerCase();
    if (rolesByKey.has(key)) {
      reader.report(item, `the role "${role.arn ?? role.name}" is already listed in line ${lines.get(key)}`);
      continue;
    }
    rolesByKey.set(key, role);
    lines.set(key, reader.lineOf(item));
  }
  return {
    people,
    roles,
    teams,
    chargeback: section('chargeback').flatMap((item) => readRule(reader, item) ?? []),
    comments: section('comments').flatMap((item) => readSiteForm(reader, item) ?? []),
    accounts: new Set(texts('accounts').map(scopeKey)),
    issuers: new Set(texts('issuers').map(scopeKey)),
    peopleByAlias,
    rolesByKey,
    problems: reader.problems(),
  };
}

type TeamName<N> = (node: N | undefined, owner: N) => string | null;

function readTeam<N>(reader: DocumentReader<N>, item: N): DirectoryTeam | null {
  const fields = reader.fields(item, 'a team', TEAM_FIELDS);
  const name = reader.text(fields?.get('name'), { of: 'name of a team', owner: item, isRequired: true });
  if (!fields || name === null) return null;
  return { name, costCenter: reader.text(fields.get('costCenter'), { of: 'costCenter', owner: item }) };
}

/** A person, and the nodes of the id and of each alias. */
function readPerson<N>(
  reader: DocumentReader<N>,
  item: N,
  teamName: TeamName<N>,
): { readonly person: DirectoryPerson; readonly owners: readonly N[] } | null {
  const fields = reader.fields(item, 'a person', PERSON_FIELDS);
  const id = reader.text(fields?.get('id'), { of: 'id of a person', owner: item, isRequired: true });
  if (!fields || id === null) return null;
  const owners = [fields.get('id') ?? item];
  const aliases: DirectoryAlias[] = [];
  for (const node of reader.items(fields.get('aliases'), 'aliases')) {
    const alias = readAlias(reader, node);
    if (!alias) continue;
    aliases.push(alias);
    owners.push(node);
  }
  const text = (of: string) => reader.text(fields.get(of), { of, owner: item });
  const team = teamName(fields.get('team'), item);
  return { person: { id, name: text('name'), team, costCenter: text('costCenter'), aliases }, owners };
}

/** `ana`, or `{ name: ana, account: "111122223333" }`, or `{ name: ana, issuer: https://idp.acorn.example }`. */
function readAlias<N>(reader: DocumentReader<N>, node: N): DirectoryAlias | null {
  if (!reader.isMap(node)) {
    return reader.text(node, { of: 'alias', owner: node });
  }
  const fields = reader.fields(node, 'an alias', ALIAS_FIELDS);
  const name = reader.text(fields?.get('name'), { of: 'name of an alias', owner: node, isRequired: true });
  const account = reader.text(fields?.get('account'), { of: 'account of an alias', owner: node });
  const issuer = reader.text(fields?.get('issuer'), { of: 'issuer of an alias', owner: node });
  if (account !== null && issuer !== null) {
    reader.report(node, 'an alias is of an account or of an issuer: write two aliases');
  }
  return name === null || (account === null && issuer === null) ? name : { name, account, issuer };
}

const ROLE_KINDS = ['workload', 'tool', 'agent', 'service', 'broker'] as const;

function readRole<N>(reader: DocumentReader<N>, item: N, teamName: TeamName<N>): DirectoryRole | null {
  const fields = reader.fields(item, 'a role', ROLE_FIELDS);
  if (!fields) return null;
  const text = (of: string) => reader.text(fields.get(of), { of, owner: item });
  const [arn, name, tool] = [text('arn'), text('name'), text('tool')];
  if (arn === null && name === null) reader.report(item, 'a role needs an arn or a name');
  if (arn !== null && !/^arn:[\w-]+:iam::\d{12}:(role|user)\/.+$/.test(arn)) {
    const message = `"${arn}" is no ARN of a role or IAM user (arn:aws:iam::<account>:role/<name>)`;
    reader.report(fields.get('arn') ?? item, message);
  }
  const kindText = text('kind') ?? (tool === null ? 'workload' : 'tool');
  const kind = ROLE_KINDS.find((known) => known === kindText);
  if (kind === undefined) {
    const allowed = `allowed are ${ROLE_KINDS.join(', ')}${suggestion(kindText, ROLE_KINDS)}`;
    reader.report(fields.get('kind') ?? item, `unknown kind "${kindText}": ${allowed}`);
  }
  if (kind === 'tool' && tool === null) reader.report(item, 'a role of kind tool needs the tool, such as metabase');
  return {
    arn,
    name,
    owner: text('owner'),
    kind: kind ?? 'workload',
    tool: tool?.toLowerCase() ?? null,
    team: teamName(fields.get('team'), item),
    costCenter: text('costCenter'),
  };
}

function readRule<N>(reader: DocumentReader<N>, item: N): ChargebackRule | null {
  const fields = reader.fields(item, 'a chargeback rule', RULE_FIELDS);
  const of = 'costCenter of a chargeback rule';
  const costCenter = reader.text(fields?.get('costCenter'), { of, owner: item, isRequired: true });
  const conditions = reader.fields(fields?.get('when') ?? null, 'when', CONDITIONS);
  if (!conditions || costCenter === null) return null;
  const when: Partial<Record<ChargebackField, readonly string[]>> = {};
  for (const field of CHARGEBACK_FIELDS) {
    const node = conditions.get(field);
    if (node === undefined) continue;
    const values = reader.isList(node) ? reader.items(node, field) : [node];
    when[field] = values.flatMap((value) => reader.text(value, { of: field, owner: value }) ?? []);
  }
  return { when, costCenter };
}

/** `{ app: acme-bi, form: "[acme-bi] {user}" }`, or `{ app: acme-portal, json: { service: acme-portal }, user: requested_by }`. */
function readSiteForm<N>(reader: DocumentReader<N>, item: N): SiteForm | null {
  const fields = reader.fields(item, 'a comment', COMMENT_FIELDS);
  const app = reader.text(fields?.get('app'), { of: 'app of a comment', owner: item, isRequired: true })?.toLowerCase();
  if (!fields || app === undefined) return null;
  const form = reader.text(fields.get('form'), { of: 'form', owner: item });
  const user = reader.text(fields.get('user'), { of: 'user', owner: item });
  if ((form === null) === (fields.get('json') === undefined)) {
    reader.report(item, 'a comment needs either a form or the members of its json');
    return null;
  }
  if (form !== null) {
    const parts = partsOfForm(form);
    if (typeof parts === 'string') reader.report(fields.get('form') ?? item, `"${form}" is no form: ${parts}`);
    if (user !== null) reader.report(fields.get('user') ?? item, 'user names a member of json; in a form write {user}');
    return { app, form };
  }
  const json = reader.texts(fields.get('json'), 'json');
  if (json === null) return null;
  if (Object.keys(json).length === 0) reader.report(item, 'json must name the members by which to know the comment');
  return { app, json, user };
}
