import { COLUMNS, type ReportRow } from '../record/columns.js';

/** What a rewrite changed, kept under `_work/diffs/`. Names rows and columns, holds no values. */
export interface ReportDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly row: string; readonly columns: readonly string[] }[];
}

/** Compares an hour's rows with its earlier ones as they are written. Holds the earlier rows, so one hour at a time. */
export function createDiff(earlier: ReadonlyMap<string, ReportRow>): {
  add(row: ReportRow): void;
  diff(): ReportDiff;
  /** Rows whose verified person is nobody any more: evidence of credentials was lost, for it only grows. */
  personsLost(): number;
} {
  const left = new Map(earlier);
  const added: string[] = [];
  const changed: { row: string; columns: string[] }[] = [];
  let personsLost = 0;
  return {
    add(row) {
      const name = rowName(row);
      const before = left.get(name);
      left.delete(name);
      if (!before) added.push(name);
      else {
        const columns = COLUMNS.filter(
          (column) => JSON.stringify(before[column.name]) !== JSON.stringify(row[column.name]),
        ).map((column) => column.name);
        if (before.identity_confidence === 'verified' && row.identity_confidence === 'none') personsLost++;
        if (columns.length > 0) changed.push({ row: name, columns });
      }
    },
    personsLost: () => personsLost,
    diff: () => ({ added, removed: [...left.keys()], changed }),
  };
}

/** Reads rows by name. */
export async function rowsByName(rows: AsyncIterable<ReportRow>): Promise<Map<string, ReportRow>> {
  const named = new Map<string, ReportRow>();
  for await (const row of rows) named.set(rowName(row), row);
  return named;
}

/** Names a row within its hour: the execution, or the event of a refused start. */
function rowName(row: ReportRow): string {
  return row.query_execution_id ?? `refused:${row.event_id}`;
}
