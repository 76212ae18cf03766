import type { ReportRow } from '../../src/record/columns.js';
import type { TruthRow } from '../../src/simulator/history/truth.js';

import type { Known } from './judge.js';

type Cells = Partial<Record<keyof ReportRow, unknown>>;

/** What the row of something that happened must say, as far as it can be known. Written without the product's own rules. */
export function expectedCells(
  expected: TruthRow,
  known: Pick<Known, 'until' | 'now' | 'denied' | 'isInTable' | 'isContradicted'>,
): Cells {
  const starts = expected.starts.filter(({ time }) => time < known.until);
  const isDenied = expected.queryExecutionId !== null && known.denied.includes(expected.workGroup);
  const isInTable = known.isInTable?.(expected) ?? false;
  return {
    query_execution_id: expected.queryExecutionId,
    event_id: starts[0]?.eventId ?? null,
    event_time: starts[0]?.time ?? null,
    event_count: starts.length,
    account_id: expected.accountId,
    region: expected.region,
    attribution: attributionOf(expected, starts, known.isContradicted),
    // A denied start is recorded without its parameters, and whoever means `primary` need not name it.
    ...(expected.errorCode === 'AccessDenied' ||
    (expected.queryExecutionId === null && expected.workGroup === 'primary')
      ? {}
      : { workgroup: expected.workGroup }),
    // The table names a principal; a list does not.
    ...(starts.length === 0 && !isInTable ? { person: null, identity_method: 'unresolved', principal_arn: null } : {}),
    ...(expected.queryExecutionId === null
      ? refusedCells(expected)
      : isDenied
        ? isInTable
          ? tableCells(expected)
          : deniedCells(starts[0]?.time)
        : knownCells(expected, known.now)),
  };
}

function attributionOf(
  { queryExecutionId }: TruthRow,
  starts: TruthRow['starts'],
  isContradicted: Known['isContradicted'] = () => false,
): string {
  if (queryExecutionId === null) return 'refused';
  if (starts.length === 0) return 'unattributed';
  if (starts.some(({ eventId }) => isContradicted(eventId))) return 'conflict';
  return new Set(starts.map(({ principal }) => principal)).size > 1 ? 'conflict' : 'attributed';
}

function refusedCells({ errorCode, eventTime }: TruthRow): Cells {
  return {
    ...{ query: null, query_status: 'refused', query_source: 'none', state: 'REFUSED' },
    ...{ error_code: errorCode, start_time: eventTime, end_time: null, tables_read: null, tables_written: null },
    ...{ cost_usd: 0, billed_bytes: 0, data_scanned_bytes: null },
  };
}

function deniedCells(eventTime: number | undefined): Cells {
  return {
    ...{ query: null, query_status: 'denied', state: 'UNKNOWN' },
    ...{ start_time: eventTime, end_time: null, tables_read: null, cost_usd: null, data_scanned_bytes: null },
  };
}

/** What Athena itself withholds, its system table tells: without the finer statistics. */
function tableCells(expected: TruthRow): Cells {
  return {
    ...{ query: expected.query, query_status: 'available', query_source: 'system-table', state: expected.finalState },
    ...{ start_time: expected.submittedAt, end_time: expected.completedAt, statement_type: expected.statementType },
    data_scanned_bytes: expected.scannedBytes,
  };
}

function knownCells(expected: TruthRow, now: number): Cells {
  // What EXECUTE reads hangs on whether the tree holds the PREPARE before it.
  const isExecute = expected.query?.startsWith('EXECUTE') === true;
  const { tablesRead, tablesWritten } = isExecute ? { tablesRead: null, tablesWritten: null } : expected;
  const state = expected.stateAt(now);
  const isOver = state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';
  return {
    ...{ query: expected.query, query_status: 'available', query_source: 'athena', state },
    start_time: expected.submittedAt,
    ...{ statement_type: expected.statementType, substatement_type: expected.substatementType },
    ...(tablesRead === null ? {} : { tables_read: [...tablesRead].sort() }),
    ...(tablesWritten === null ? {} : { tables_written: [...tablesWritten].sort() }),
    ...(isOver
      ? {
          end_time: expected.completedAt,
          ...{ data_scanned_bytes: expected.scannedBytes, result_reused: expected.isReused },
          // The price of a reservation's share hangs on its DPUs.
          ...(expected.isReserved ? {} : { cost_usd: dollarsOf(expected, state) }),
        }
      : { end_time: null, cost_usd: null }),
  };
}

const MEGABYTE = 2 ** 20;
const DOLLARS_A_TERABYTE: Readonly<Record<string, number>> = { 'us-east-1': 5, 'eu-west-1': 5 };

/** Athena's price list in short: only scans cost, by the whole megabyte, ten at least. */
function dollarsOf(expected: TruthRow, state: string): number | undefined {
  const { scannedBytes, statementType, substatementType, isReused, region } = expected;
  const isScan = statementType === 'DML' || substatementType === 'CREATE_TABLE_AS_SELECT';
  if (state === 'FAILED' || isReused || !isScan || scannedBytes === 0) return 0;
  const price = DOLLARS_A_TERABYTE[region];
  if (price === undefined) return undefined;
  return (Math.max(10, Math.ceil((scannedBytes ?? 0) / MEGABYTE)) * MEGABYTE * price) / 2 ** 40;
}

/** A verified person is who really did it, or whom the evidence can name at best: the tool or workload that hides its user. */
export function isNamedWrongly(row: ReportRow, expected: TruthRow): boolean {
  if (row.identity_confidence !== 'verified' || row.person === null) return false;
  const { actor, provable, confidence, way } = expected;
  // Of a tool whose query has no comment (or no text that may be read) the tool itself is proven; its ways bear its name.
  const right = [actor.id, ...(provable ? [provable.id] : []), ...(confidence === 'claimed' ? [way] : [])].map((id) =>
    id.toLowerCase(),
  );
  return !right.includes(row.person.toLowerCase());
}

/**
 * Ways whose proof lies in the trail of another account, which is not read; and one where AWS stamps the user on some events of
 * a session only, perhaps on none.
 */
export function needsMore({ way }: TruthRow): boolean {
  return /^cross-account-/.test(way) || way === 'console-switch-role' || way === 'trusted-identity-propagation';
}
