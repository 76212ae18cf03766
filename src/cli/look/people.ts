import { reportDay } from '../../calendar/report-day.js';
import { openEnrichment } from '../../collect/hour/open-enrichment.js';
import { openInputs } from '../../compose/open-inputs.js';
import { UsageError } from '../../compose/usage-error.js';
import { type DirectorySuggestion, suggestDirectoryLine } from '../../identity/directory/directory-suggestion.js';
import { explain } from '../../inspect/explain.js';
import { placeIn } from '../../inspect/find-row.js';
import {
  type BrokerPattern,
  type PeopleAccount,
  type PersonAccount,
  sumPeople,
  type UnresolvedIdentity,
} from '../../inspect/people.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { Enrichment } from '../../record/enrichment.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { readRows } from '../../tree/read-rows.js';
import { treeView } from '../../tree/tree-view.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { asStarted } from '../terminal/program-name.js';
import { formatTable } from '../terminal/table.js';
import { visibleText } from '../terminal/visible-text.js';
import type { addPeople } from './commands-explore.js';
import { noReports, openTree } from './open-tree.js';

export type PeopleArguments = OptionsOf<typeof addPeople> & TreeArgument;

/** An identity without a person, why, and what would name it. */
interface Unresolved extends UnresolvedIdentity {
  readonly reason: string;
  readonly suggestion: DirectorySuggestion | null;
}

/** Identities whose reason is looked up, the most frequent first: each reads the evidence of an hour. */
const MAX_REASONS = 100;

/** `aqt people`: who the rows speak of, and whom nobody could be found for. */
export async function runPeople(options: PeopleArguments, io: Io): Promise<number> {
  const { output, from, to } = options;
  // Throws when there is no such day.
  for (const date of [from, to]) if (date !== undefined) reportDay(date, 'UTC');
  const store = await openTree(options, io);
  const account = await sumPeople(
    readRows({ store, from: from ?? null, to: to ?? null, codec: REPORT_CODEC, signal: io.signal }),
  );
  const unresolved = await withReasons({ store, account, directory: options.directory, profile: options.profile }, io);
  if (options.json) io.stdout(`${JSON.stringify(jsonOf(account, unresolved), null, 2)}\n`);
  else if (account.people.length + unresolved.length + account.unattributed === 0) {
    throw new UsageError(noReports(output));
  } else io.stdout(asStarted(textOf({ ...account, unresolved, output }, io), io.program));
  return EXIT.done;
}

/** Resolves one row of each identity again: the reason is not in the report. */
async function withReasons(
  request: {
    readonly store: ReportStore;
    readonly account: PeopleAccount;
    readonly directory: string | undefined;
    readonly profile: string | undefined;
  },
  io: Io,
): Promise<Unresolved[]> {
  const { store, account } = request;
  const asked = account.unresolved.slice(0, MAX_REASONS);
  const reasons = new Map<UnresolvedIdentity, string>();
  const day = ({ sample }: UnresolvedIdentity) => `${sample.tree} ${sample.label.reportDate}`;
  let opened: { readonly day: string; readonly enrichment: Enrichment } | null = null;
  for (const identity of [...asked].sort((a, b) => (day(a) < day(b) ? -1 : 1))) {
    io.signal.throwIfAborted();
    const { tree, label, id } = identity.sample;
    const view = treeView(store, tree);
    if (opened?.day !== day(identity)) {
      const inputs = await openInputs({ directory: request.directory }, view, { ...io, profile: request.profile });
      const enrichment = await openEnrichment({ store: view, ...inputs }, label.reportDate);
      opened = { day: day(identity), enrichment };
    }
    const place = await placeIn({ tree, store: view }, label, id);
    const explained =
      place && (await explain({ place, enrichment: opened.enrichment, codec: REPORT_CODEC, now: io.clock.now() }));
    if (explained) {
      const { person, unresolvedReason } = explained.resolution;
      reasons.set(
        identity,
        person === null
          ? (unresolvedReason ?? 'nothing names anybody')
          : `${person} by what is known now: aqt settle ${request.store.location}`,
      );
    }
  }
  return account.unresolved.map((identity) => ({
    ...identity,
    reason: reasons.get(identity) ?? 'see aqt explain',
    suggestion: suggestDirectoryLine(identity),
  }));
}

function textOf(
  result: {
    readonly people: readonly PersonAccount[];
    readonly unresolved: readonly Unresolved[];
    readonly brokers: readonly BrokerPattern[];
    readonly unattributed: number;
    readonly output: string;
  },
  io: Io,
): string {
  const { people, unresolved, brokers, unattributed, output } = result;
  // A terminal would break the lines; a file or pipe takes them whole.
  const table = peopleTable(people, io.isStdoutTty ? io.columns : undefined);
  const parts = [table];
  if (unresolved.length > 0) {
    parts.push(
      `Not resolved: ${rowsText(unresolved.reduce((sum, { rows }) => sum + rows, 0))}\n${unresolved.map((each) => unresolvedText(each, output)).join('')}`,
    );
    parts.push(`Add the lines to the directory file, then: aqt settle ${output} --directory <file>\n`);
  } else parts.push('Every start is resolved.\n');
  if (brokers.length > 0) parts.push(brokersText(brokers, output));
  if (unattributed > 0)
    parts.push(
      `${unattributed} rows have no CloudTrail event, so there is nobody to resolve (attribution: unattributed).\n`,
    );
  return parts.join('\n');
}

function peopleTable(people: readonly PersonAccount[], width: number | undefined): string {
  return formatTable({
    ...(width === undefined ? {} : { width }),
    columns: [
      { title: 'person', cut: 'middle' },
      { title: 'kind' },
      { title: 'team', cut: 'middle' },
      { title: 'queries', align: 'right' },
      { title: 'refused', align: 'right' },
      { title: 'first seen' },
      { title: 'last seen' },
      { title: 'how we know', cut: 'end' },
      { title: 'also known as', cut: 'end' },
    ],
    rows: people.map((each) => [
      each.person,
      each.kinds.join(', '),
      each.teams.join(', '),
      String(each.queries),
      String(each.refused),
      minute(each.firstSeen),
      minute(each.lastSeen),
      each.methods.map(({ method }) => method).join(', '),
      aliasesOf(each),
    ]),
  });
}

/** Names that say something the person's own does not; whole ARNs are in the JSON output. */
function aliasesOf(each: PersonAccount): string {
  const names = [
    ...each.usernames,
    ...each.sessionNames,
    ...each.toolUsers,
    ...each.arns.map(shortArn),
    ...each.identityCenterIds,
  ];
  const shown = [...new Set(names)].filter((name) => name !== each.person);
  return shown.join(', ');
}

/** `arn:aws:iam::111122223333:role/a/b` as `role/a/b`. */
function shortArn(arn: string): string {
  return arn.split(':').slice(5).join(':') || arn;
}

function unresolvedText(each: Unresolved, output: string): string {
  const who = [
    each.roleArn ?? each.principalArn ?? 'an unknown principal',
    each.sessionName,
    each.app && `${each.app}:${each.appUser ?? ''}`,
  ];
  const lines = [
    '',
    `${who.filter(Boolean).join(' ')} (${rowsText(each.rows)}, ${minute(each.firstSeen)} to ${minute(each.lastSeen)})`,
    `  why: ${each.reason}`,
    ...(each.suggestion ? [`  add to ${PLACES[each.suggestion.section]}: ${each.suggestion.line}`] : []),
    `  e.g. aqt explain ${each.sample.id} ${output}`,
  ];
  return lines.map((line) => `${line.startsWith('  ') ? '  ' : ''}${visibleText(line).trimStart()}\n`).join('');
}

/** Programs that take a role under people's names: the directory may say that their word counts. */
function brokersText(brokers: readonly BrokerPattern[], output: string): string {
  const lines = brokers.flatMap(({ workload, roleArn, names, rows }) => [
    `${roleArn} (${rowsText(rows)}): ${workload} takes it as ${names.join(', ')}, …`,
    `  to name these people, asserted, add to roles: - { arn: ${JSON.stringify(roleArn)}, kind: broker, owner: ${JSON.stringify(workload)} }`,
  ]);
  return `Looks like a broker:\n${lines.map((line) => `${line}\n`).join('')}Then: aqt settle ${output} --directory <file>\n`;
}

const PLACES: Readonly<Record<DirectorySuggestion['section'], string>> = {
  aliases: 'the aliases of the person',
  roles: 'roles',
};

function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}

function minute(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16).replace('T', ' ');
}

function jsonOf({ people, brokers, unattributed }: PeopleAccount, unresolved: readonly Unresolved[]) {
  return {
    schema_version: 1,
    people: people.map((each) => ({
      person: each.person,
      kinds: each.kinds,
      teams: each.teams,
      queries: each.queries,
      refused: each.refused,
      first_seen: new Date(each.firstSeen).toISOString(),
      last_seen: new Date(each.lastSeen).toISOString(),
      methods: each.methods,
      usernames: each.usernames,
      arns: each.arns,
      session_names: each.sessionNames,
      identity_center_ids: each.identityCenterIds,
      tool_users: each.toolUsers,
      names_left_out: each.namesLeftOut,
    })),
    unresolved: unresolved.map((each) => ({
      principal_arn: each.principalArn,
      role_arn: each.roleArn,
      session_name: each.sessionName,
      on_behalf_of: each.onBehalfOf,
      app: each.app,
      app_user: each.appUser,
      rows: each.rows,
      first_seen: new Date(each.firstSeen).toISOString(),
      last_seen: new Date(each.lastSeen).toISOString(),
      reason: each.reason,
      directory_section: each.suggestion?.section ?? null,
      directory_line: each.suggestion?.line ?? null,
      sample: each.sample.id,
    })),
    brokers: brokers.map(({ workload, roleArn, names, rows }) => ({
      workload,
      role_arn: roleArn,
      names,
      rows,
      directory_line: `- { arn: ${JSON.stringify(roleArn)}, kind: broker, owner: ${JSON.stringify(workload)} }`,
    })),
    unattributed,
  };
}
