import type { ReportStore } from '../../src/ports/report-store.js';
import type { ReportRow } from '../../src/record/columns.js';
import type { ReportFormat } from '../../src/record/manifest.js';
import type { TruthRow } from '../../src/simulator/history/truth.js';
import { decodeReport, REPORT_CODEC } from '../../src/storage/report-codec.js';
import { parseHourKey } from '../../src/tree/layout.js';
import { verify } from '../../src/verify/verify.js';
import { expectedCells, isNamedWrongly, needsMore } from './expected-row.js';

/** How a tree compares with what really happened. Sentences name ids, never texts. */
export interface Judgement {
  readonly rows: number;
  readonly lost: number;
  readonly doubled: number;
  readonly wronglyAttributed: number;
  /** Rows whose person AWS could prove, and those of them for which the report proves the right one. */
  readonly provable: number;
  readonly proven: number;
  readonly faults: readonly string[];
}

/** The truth about the days and places that were collected, and what could be known of it. */
export interface Known {
  readonly truth: readonly TruthRow[];
  /** Executions started shortly before the first hour that was collected: a repeat within it makes a row there. */
  readonly startedBefore: ReadonlySet<string>;
  /** Starts before this instant were read, epoch milliseconds. */
  readonly until: number;
  readonly now: number;
  /** Workgroups whose executions nobody may read. */
  readonly denied: readonly string[];
  /** Executions that Athena's system table tells of; none when absent. */
  readonly isInTable?: (expected: TruthRow) => boolean;
  /** Copies of the event name different principals; none do when absent. */
  readonly isContradicted?: (eventId: string) => boolean;
}

/** Compares the rows of a tree with the truth, and proves the tree. */
export async function judge(store: ReportStore, format: ReportFormat, known: Known): Promise<Judgement> {
  const faults: string[] = [];
  const rows = await readRows(store, format);
  const named = new Map<string, ReportRow[]>();
  for (const row of rows) named.set(nameOf(row), [...(named.get(nameOf(row)) ?? []), row]);
  const sum = { lost: 0, doubled: 0, wronglyAttributed: 0, provable: 0, proven: 0 };
  for (const expected of known.truth) {
    const name = expected.queryExecutionId ?? `refused ${expected.eventIds[0]}`;
    const found = named.get(name) ?? [];
    named.delete(name);
    const [row] = found;
    if (found.length > 1) {
      sum.doubled++;
      faults.push(`${name} has ${found.length} rows`);
    }
    if (!row) {
      sum.lost++;
      const at = new Date(expected.eventTime ?? expected.submittedAt).toISOString();
      faults.push(`${name} of ${at} has no row (${expected.way})`);
      continue;
    }
    if (isNamedWrongly(row, expected)) {
      sum.wronglyAttributed++;
      faults.push(`${name} (${expected.way}) is said to be ${row.person}'s (${row.identity_method})`);
    }
    // The earliest start says who it was.
    const isContradicted = expected.eventIds.slice(0, 1).some((id) => known.isContradicted?.(id));
    if (isContradicted) faults.push(...beliefs(name, row));
    else if (expected.confidence === 'verified' && expected.eventTime !== null) {
      sum.provable++;
      if (row.identity_confidence === 'verified') sum.proven++;
      else if (!needsMore(expected)) faults.push(`${name}: nobody is proven, though AWS tells (${expected.way})`);
    }
    faults.push(...differences(row, expected, known).map((what) => `${name}: ${what}`));
  }
  for (const name of named.keys())
    if (!known.startedBefore.has(name)) faults.push(`${name} is in a report and never happened, or outside the days`);
  const verified = await verifyTree(store);
  const conflicts = rows.filter(({ attribution }) => attribution === 'conflict').length;
  if (verified.conflicts !== conflicts) faults.push(`verify tells ${verified.conflicts} conflicts of ${conflicts}`);
  return { rows: rows.length, ...sum, faults: [...faults, ...verified.faults] };
}

/** What `verify` finds wrong (findings that are explained are no faults), and how many conflicts it tells. */
export async function verifyTree(
  store: ReportStore,
): Promise<{ readonly faults: readonly string[]; readonly conflicts: number }> {
  const faults: string[] = [];
  let conflicts = 0;
  const checkedHours = verify({
    ...{ store, from: null, to: null, codec: REPORT_CODEC },
    onTree: (tree) => void faults.push(...tree.faults.map(({ text }) => `verify: ${text}`)),
  });
  for await (const checked of checkedHours) {
    for (const fault of checked.faults) faults.push(`verify: ${checked.reportDate} ${checked.hour}h: ${fault}`);
    conflicts += checked.facts?.conflict.count ?? 0;
  }
  return { faults, conflicts };
}

/** Of an execution whose start contradicts itself nobody is believed on the word of CloudTrail. */
function beliefs(name: string, { identity_confidence, person }: ReportRow): string[] {
  return identity_confidence === 'verified' ? [`${name}: ${person} is believed, though copies contradict`] : [];
}

/** Reads every row below `year=`. */
export async function readRows(store: ReportStore, format: ReportFormat): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  for await (const { key } of store.list('')) {
    if (key.startsWith('_work/') || !parseHourKey(key)?.name.startsWith('report_')) continue;
    const stream = await store.stream(key);
    if (stream) for await (const row of decodeReport(format, stream)) rows.push(row);
  }
  return rows;
}

function differences(row: ReportRow, expected: TruthRow, known: Known): string[] {
  return Object.entries(expectedCells(expected, known)).flatMap(([column, value]) => {
    const actual = row[column as keyof ReportRow];
    if (JSON.stringify(actual) === JSON.stringify(value)) return [];
    return [
      column === 'query'
        ? 'the text is another'
        : `${column} is ${JSON.stringify(actual)}, not ${JSON.stringify(value)}`,
    ];
  });
}

function nameOf(row: ReportRow): string {
  return row.query_execution_id ?? `refused ${row.event_id}`;
}
