import type { ReportStore } from '../../src/collect/ports.js';
import { verify } from '../../src/collect/verify.js';
import type { ReportRow } from '../../src/record/columns.js';
import type { ReportFormat } from '../../src/record/manifest.js';
import { parseHourKey } from '../../src/record/report-path.js';
import type { TruthRow } from '../../src/simulator/truth.js';
import { decodeReport } from '../../src/storage/report-codec.js';

/** How a tree compares with what really happened. Sentences name ids, never texts. */
export interface Judgement {
  readonly rows: number;
  readonly lost: number;
  readonly doubled: number;
  readonly wronglyAttributed: number;
  readonly faults: readonly string[];
}

/** Compares the rows of a tree with the truth, and proves the tree. */
export async function judge(
  store: ReportStore,
  {
    truth,
    format,
    now,
    denied,
  }: { truth: readonly TruthRow[]; format: ReportFormat; now: number; denied: readonly string[] },
): Promise<Judgement> {
  const faults: string[] = [];
  const rows = await readRows(store, format);
  const named = new Map<string, ReportRow[]>();
  for (const row of rows) named.set(nameOf(row), [...(named.get(nameOf(row)) ?? []), row]);
  let lost = 0;
  let doubled = 0;
  let wronglyAttributed = 0;
  for (const expected of truth) {
    const name = expected.queryExecutionId ?? `refused ${expected.eventIds[0]}`;
    const found = named.get(name) ?? [];
    named.delete(name);
    const [row] = found;
    if (found.length > 1) {
      doubled++;
      faults.push(`${name} has ${found.length} rows`);
    }
    if (!row) {
      lost++;
      faults.push(
        `${name} of ${new Date(expected.eventTime ?? expected.submittedAt).toISOString()} has no row (${expected.way})`,
      );
      continue;
    }
    if (isWrong(row, expected)) {
      wronglyAttributed++;
      faults.push(`${name} (${expected.way}) is said to be ${row.person}'s`);
    }
    faults.push(...differences(row, expected, { now, denied }).map((what) => `${name}: ${what}`));
  }
  for (const name of named.keys()) faults.push(`${name} is in a report and never happened, or outside the days`);
  for await (const verdict of verify({ store, from: null, to: null, decode: decodeReport }))
    for (const fault of verdict.faults) faults.push(`verify: ${verdict.reportDate} ${verdict.hour}h: ${fault}`);
  return { rows: rows.length, lost, doubled, wronglyAttributed, faults };
}

/** Reads every row below `year=`. */
async function readRows(store: ReportStore, format: ReportFormat): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  for await (const { key } of store.list('')) {
    if (key.startsWith('_work/') || !parseHourKey(key)?.name.startsWith('report_')) continue;
    const stream = await store.stream(key);
    if (stream) for await (const row of decodeReport(format, stream)) rows.push(row);
  }
  return rows;
}

/** A verified person is who really did it, or the tool that hides its user. */
function isWrong(row: ReportRow, expected: TruthRow): boolean {
  if (row.identity_confidence !== 'verified' || row.person === null) return false;
  const right = [expected.actor.id, expected.provable.id, expected.way].map((id) => id.toLowerCase());
  return !right.includes(row.person.toLowerCase());
}

function differences(row: ReportRow, expected: TruthRow, at: { now: number; denied: readonly string[] }): string[] {
  const isDenied = at.denied.includes(expected.workGroup) && expected.queryExecutionId !== null;
  const wanted: Partial<Record<keyof ReportRow, unknown>> = {
    event_time: expected.eventTime,
    event_count: isRepeatedLater(row, expected) ? row.event_count : expected.eventIds.length,
    account_id: expected.accountId,
    region: expected.region,
    ...(isDenied
      ? { query: null, query_status: 'denied' }
      : { query: expected.query, state: expected.stateAt(at.now) }),
    ...(expected.queryExecutionId === null || isDenied
      ? {}
      : { start_time: expected.submittedAt, query_status: 'available', workgroup: expected.workGroup }),
    attribution:
      expected.queryExecutionId === null
        ? 'refused'
        : expected.eventIds.length === 0
          ? 'unattributed'
          : row.attribution === 'conflict' && expected.isConflict
            ? 'conflict'
            : 'attributed',
  };
  return Object.entries(wanted).flatMap(([column, value]) =>
    row[column as keyof ReportRow] === value
      ? []
      : [column === 'query' ? 'the text is another' : `${column} is ${row[column as keyof ReportRow]}, not ${value}`],
  );
}

/** Starts that a retry made in the next hour are counted in that hour's ledger, not in the row. */
function isRepeatedLater(row: ReportRow, { eventIds, eventTime }: TruthRow): boolean {
  const isNearEnd = eventTime !== null && eventTime % 3_600_000 >= 44 * 60_000;
  return isNearEnd && row.event_count >= 1 && row.event_count < eventIds.length;
}

function nameOf(row: ReportRow): string {
  return row.query_execution_id ?? `refused ${row.event_id}`;
}
