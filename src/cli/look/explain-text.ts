import { chainTree } from '../../identity/chain/chain-tree.js';
import type { Explanation } from '../../inspect/explain.js';
import type { ReportRow } from '../../record/columns.js';
import type { Io } from '../terminal/io.js';
import { cutToWidth } from '../terminal/table.js';
import { visibleText } from '../terminal/visible-text.js';

/** Lays an explanation out for a terminal: the row, who, the starts, the text, the cost, the report. Times are UTC. */
export function explanationText(explanation: Explanation, io: Io): string {
  const { row, resolution } = explanation;
  const isColoured = io.isStdoutTty && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  const head = (text: string) => (isColoured ? `\x1b[1m${text}\x1b[0m` : text);
  const parts: readonly (readonly [string, readonly string[]])[] = [
    [row.query_execution_id ?? `refused start ${row.event_id}`, rowLines(explanation, io.columns)],
    ['Who', [...chainTree(resolution).map(visible), ...conflictLines(explanation)]],
    ['Starts', startLines(explanation)],
    ['SQL text', [textLine(explanation)]],
    ['Cost', costLines(explanation)],
    ['Report', reportLines(explanation)],
  ];
  return parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${head(title)}\n${lines.map((line) => `  ${line}\n`).join('')}`)
    .join('\n');
}

function rowLines({ row, reportDate, hour, timezone }: Explanation, columns: number): string[] {
  const place = [row.workgroup, row.catalog, row.database].filter((each) => each !== null).join(' / ');
  const facts: readonly (readonly [string, string | null])[] = [
    [
      'person',
      [row.person ?? 'not resolved', `(${row.person_kind})`, row.team && `of ${row.team}`].filter(Boolean).join(' '),
    ],
    ['known by', `${row.identity_method}, ${row.identity_confidence}`],
    ['CloudTrail', [row.username, row.principal_arn].filter((each) => each !== null).join(', ') || null],
    [
      'client',
      [row.client, row.app && `app ${row.app}`, row.app_user && `app user ${row.app_user}`]
        .filter(Boolean)
        .join(', ') || null,
    ],
    [
      'state',
      [row.state, row.error_code, row.error_message ?? row.state_reason].filter((each) => each !== null).join(': '),
    ],
    ['started', `${iso(row.start_time)} (hour ${String(hour).padStart(2, '0')} of ${reportDate}, ${timezone})`],
    ['took', row.total_ms === null ? null : `${(row.total_ms / 1000).toFixed(1)} s`],
    ['where', `${place === '' ? '' : `${place}, `}${row.region}, account ${row.account_id}`],
    ['reads', row.tables_read?.join(', ') || null],
    ['writes', row.tables_written?.join(', ') || null],
    ['query', row.query],
  ];
  return facts.flatMap(([name, value]) =>
    value === null
      ? []
      : [cutToWidth(`${name.padEnd(11)}${visibleText(value)}`, name === 'query' ? Math.max(columns, 80) - 2 : 2000)],
  );
}

function conflictLines({ startConflict, row }: Explanation): string[] {
  if (!startConflict) return [];
  const { principals, people } = startConflict;
  const what = row.query_execution_id === null ? 'this attempt' : 'this query';
  return [
    `conflict: CloudTrail names ${principals.length === 1 ? 'one principal' : `${principals.length} principals`} for ${what}: ${principals.map(visible).join(', ')}`,
    ...(people.length > 0 ? [`   they are: ${people.map(visible).join(', ')}`] : []),
  ];
}

function startLines({ starts }: Explanation): string[] {
  return starts.map(({ start, resolution }, index) => {
    const who = resolution.person ?? start.principal.arn ?? start.principal.principalId ?? 'unknown';
    const what = start.queryExecutionId === null ? 'refused' : index === 0 ? 'the row' : 'repeated';
    const from = [start.sourceIp, start.principal.accessKeyId].filter((each) => each !== null).join(', ');
    return visible(`${iso(start.eventTime)} ${start.eventId} ${what.padEnd(8)} ${who}${from ? ` (${from})` : ''}`);
  });
}

function textLine({ text }: Explanation): string {
  const at = text.observedAt === null ? '' : `, ${iso(text.observedAt)}`;
  return `${text.status}: ${SOURCES[text.source]}${at}. ${STATUSES[text.status]}`.trimEnd();
}

const SOURCES: Readonly<Record<ReportRow['query_source'], string>> = {
  athena: 'from the Athena API',
  cloudtrail: 'written in the CloudTrail event itself',
  'system-table': "read from Athena's system table",
  export: 'read from an export of executions',
  none: 'no source has it',
};

const STATUSES: Readonly<Record<ReportRow['query_status'], string>> = {
  available: '',
  masked: 'CloudTrail masks it, and Athena was not asked: give credentials or --executions.',
  expired: 'Athena forgets a query after 45 days; it was asked too late.',
  not_found: 'Athena does not know the id in this account and Region.',
  denied: 'Athena refused to give it: allow athena:BatchGetQueryExecution.',
  pending: 'Athena could not answer yet: aqt settle asks again.',
  refused: 'A refused start has no text: Athena never took it.',
};

function costLines({ row, cost }: Explanation): string[] {
  if (!cost)
    return [
      row.attribution === 'refused'
        ? '$0: a refused start ran nothing'
        : 'unknown: Athena has not said yet how much was scanned',
    ];
  const sum = row.cost_usd === null ? 'unknown' : `$${row.cost_usd}`;
  return [...cost.steps.map(visible), `= ${sum} (${cost.basis ?? 'not finished'})`];
}

function reportLines({ report, tree }: Explanation): string[] {
  if (!report) return ['the hour is not written yet: collect it'];
  const isMissing = report.stale.includes('query_execution_id');
  return [
    `${tree}${report.key}`,
    `version ${report.version}, ${report.status}${report.isPending ? ', this query is still to settle' : ''}; ${tree}${report.manifestKey}`,
    ...report.changes.map(({ version, change }) => `version ${version}: ${change}`),
    ...(isMissing
      ? ['the row is not in the report as written: collect or settle the hour again']
      : report.stale.length > 0
        ? [`the report as written differs in ${report.stale.join(', ')}: more is known now; aqt settle writes it`]
        : []),
  ];
}

function visible(text: string): string {
  // Spaces are the tree's own; only what could move the cursor is shown.
  const [indent = ''] = /^ */.exec(text) ?? [];
  return indent + visibleText(text.slice(indent.length));
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
