import type { DirectorySuggestion } from '../../identity/directory/directory-suggestion.js';
import type { BrokerPattern, PersonAccount, UnresolvedIdentity } from '../../inspect/people.js';
import type { Io } from '../terminal/io.js';
import { formatTable } from '../terminal/table.js';
import { visibleText } from '../terminal/visible-text.js';

/** An identity without a person, why, and what would name it. */
export interface Unresolved extends UnresolvedIdentity {
  readonly reason: string;
  readonly suggestion: DirectorySuggestion | null;
}

/** What `aqt people` prints: persons, ids without a name, identities that nobody could be found for, and what would name them. */
export function peopleText(
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
  const width = io.isStdoutTty ? io.columns : undefined;
  const parts = [
    peopleTable(
      people.filter((each) => !isAwsId(each.person)),
      width,
    ),
  ];
  if (width !== undefined && width < WHOLE_WIDTH)
    parts.push('A wider terminal, a pipe and --json show teams and every other name, too.\n');
  const nameless = people.filter(({ person }) => isAwsId(person));
  if (nameless.length > 0) parts.push(`${NAMELESS}\n${namelessTable(nameless, width)}`);
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
      { title: 'team', cut: 'middle', isOptional: true },
      { title: 'queries', align: 'right' },
      { title: 'refused', align: 'right' },
      { title: 'first seen (UTC)', isOptional: true },
      { title: 'last seen (UTC)' },
      { title: 'how we know', cut: 'end' },
      { title: 'also known as', cut: 'end', isOptional: true },
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

/** Columns of a terminal below which some of the table are left out. */
const WHOLE_WIDTH = 130;

const NAMELESS = 'Known only by an AWS id: the trail of another account, which was not read, says who it is.';

/** Tells ids of roles, users and keys (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids). */
export function isAwsId(person: string): boolean {
  return /^A[A-Z]{3}[A-Z2-7]{12,124}$/.test(person);
}

function namelessTable(people: readonly PersonAccount[], width: number | undefined): string {
  return formatTable({
    ...(width === undefined ? {} : { width }),
    columns: [
      { title: 'id', cut: 'middle' },
      { title: 'queries', align: 'right' },
      { title: 'refused', align: 'right' },
      { title: 'last seen (UTC)' },
      { title: 'what it used', cut: 'end' },
    ],
    rows: people.map((each) => [
      each.person,
      String(each.queries),
      String(each.refused),
      minute(each.lastSeen),
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
    `${who.filter(Boolean).join(' ')} (${rowsText(each.rows)}, ${minute(each.firstSeen)} to ${minute(each.lastSeen)} UTC)`,
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
