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
  const unnamedByReason: Record<string, number> = {};
  const unpricedByReason: Record<string, number> = {};
  let rows = 0;
  return {
    add(row) {
      rows++;
      byAttribution[row.attribution]++;
      byQueryStatus[row.query_status] = (byQueryStatus[row.query_status] ?? 0) + 1;
      const reason = whyUnnamed(row);
      if (reason !== null) unnamedByReason[reason] = (unnamedByReason[reason] ?? 0) + 1;
      const unpriced = whyUnpriced(row);
      if (unpriced !== null) unpricedByReason[unpriced] = (unpricedByReason[unpriced] ?? 0) + 1;
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
        unnamedByReason,
        unpricedByReason,
      };
    },
  };
}

/** Why a row that scanned bytes names no table; null for one that names some, or scanned nothing. */
export function whyUnnamed(row: ReportRow): string | null {
  const isNamed = (row.tables_read?.length ?? 0) > 0 || (row.tables_written?.length ?? 0) > 0;
  if (isNamed || row.data_scanned_bytes === null || row.data_scanned_bytes === 0) return null;
  return row.tables_basis.startsWith('unknown:') ? row.tables_basis.slice('unknown:'.length) : NAMES_NONE;
}

/** Why the cost of a query that has ended is not known (`region`, `currency`, `reservation`, `reservation-dpus`, `bytes`); null for the others. */
export function whyUnpriced({ cost_usd, cost_basis }: ReportRow): string | null {
  if (cost_usd !== null || cost_basis === null) return null;
  return cost_basis.replace(/^unknown-/, '').replace(/:.*$/s, '');
}

/** The text is known, and names none: what it hands to a connector, say, is in another language. */
const NAMES_NONE = 'text-names-none';

/** Checks the equations of the contract (section 5); returns a sentence for each that does not hold. */
export function ledgerFaults(ledger: Ledger): string[] {
  const faults: string[] = [];
  const equal = (name: string, left: number, right: number) => {
    if (left !== right) faults.push(`${name}: ${left} is not ${right}`);
  };
  const { byQueryStatus, unnamedByReason, unpricedByReason, ...counts } = ledger;
  for (const [name, value] of Object.entries({
    ...unnamedByReason,
    ...unpricedByReason,
    ...counts,
    ...byQueryStatus,
  })) {
    if (!Number.isInteger(value) || value < 0) faults.push(`${name} is ${value}, not a count`);
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
