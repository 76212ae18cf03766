import { QUERY_STATUSES, type ReportRow } from './columns.js';
import type { Ledger } from './manifest.js';

/** What was counted while an hour was read; the rows bring the rest. */
export interface ReadCounts {
  readonly duplicates: number;
  readonly malformed: number;
  readonly executionStarts: number;
  readonly refused: number;
  readonly repeatedStarts: number;
}

/** Draws up the ledger of an hour: counts of reading, then counts of rows as they are written. */
export function createLedgerCounter(read: ReadCounts): { add(row: ReportRow): void; ledger(): Ledger } {
  const byQueryStatus: Record<string, number> = Object.fromEntries(QUERY_STATUSES.map((status) => [status, 0]));
  const byAttribution = { attributed: 0, unattributed: 0, conflict: 0, refused: 0 };
  let rows = 0;
  return {
    add(row) {
      rows++;
      byAttribution[row.attribution]++;
      byQueryStatus[row.query_status] = (byQueryStatus[row.query_status] ?? 0) + 1;
    },
    ledger() {
      const starts = read.executionStarts + read.refused;
      return {
        startsRead: read.duplicates + read.malformed + starts,
        duplicates: read.duplicates,
        malformed: read.malformed,
        starts,
        executionStarts: read.executionStarts,
        refused: read.refused,
        executions: read.executionStarts - read.repeatedStarts,
        repeatedStarts: read.repeatedStarts,
        attributed: byAttribution.attributed,
        conflict: byAttribution.conflict,
        unattributed: byAttribution.unattributed,
        rows,
        byQueryStatus,
      };
    },
  };
}

/** Checks the equations of the contract (section 5); returns a sentence for each that does not hold. */
export function ledgerFaults(ledger: Ledger): string[] {
  const faults: string[] = [];
  const equal = (name: string, left: number, right: number) => {
    if (left !== right) faults.push(`${name}: ${left} is not ${right}`);
  };
  for (const [name, value] of Object.entries({ ...ledger, ...ledger.byQueryStatus })) {
    if (name !== 'byQueryStatus' && (!Number.isInteger(value) || Number(value) < 0))
      faults.push(`${name} is ${String(value)}, not a count`);
  }
  equal(
    'startsRead = duplicates + malformed + starts',
    ledger.startsRead,
    ledger.duplicates + ledger.malformed + ledger.starts,
  );
  equal('starts = executionStarts + refused', ledger.starts, ledger.executionStarts + ledger.refused);
  equal(
    'executionStarts = executions + repeatedStarts',
    ledger.executionStarts,
    ledger.executions + ledger.repeatedStarts,
  );
  equal('executions = attributed + conflict', ledger.executions, ledger.attributed + ledger.conflict);
  equal(
    'rows = executions + unattributed + refused',
    ledger.rows,
    ledger.executions + ledger.unattributed + ledger.refused,
  );
  equal(
    'rows = sum of byQueryStatus',
    ledger.rows,
    Object.values(ledger.byQueryStatus).reduce((sum, count) => sum + count, 0),
  );
  return faults;
}
