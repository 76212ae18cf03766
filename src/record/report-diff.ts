import { COLUMNS, type ReportRow } from './columns.js';
import { compareRows } from './row-order.js';

/** What a rewrite changed, kept under `_work/diffs/`. Names rows and columns, holds no values. */
export interface ReportDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly row: string; readonly columns: readonly string[] }[];
}

/** How a report and its rewrite differ. */
export interface Comparison {
  readonly diff: ReportDiff;
  /** Rows whose person was verified and is not any more. */
  readonly personsLost: number;
}

/**
 * Compares two versions of a report, each in report order. A row that moved, for its `start_time` became known, is found again.
 * Memory: some 600 bytes for each row that has no equal in the other version, or none yet; never the texts.
 */
export async function diffReports(
  earlier: AsyncIterable<ReportRow>,
  later: AsyncIterable<ReportRow>,
): Promise<Comparison> {
  const removed = new Map<string, RowPrint>();
  const added = new Map<string, RowPrint>();
  const changed: { row: string; columns: string[] }[] = [];
  let personsLost = 0;
  /** The same row in the same place, as most are: no need to remember anything of it. */
  const meet = (was: ReportRow, is: ReportRow) => {
    const columns = COLUMNS.flatMap(({ name }) => (isSame(was[name], is[name]) ? [] : [name]));
    if (was.identity_confidence === 'verified' && is.identity_confidence !== 'verified') personsLost++;
    if (columns.length > 0) changed.push({ row: rowName(was), columns });
  };
  const pair = (row: string, [was, is]: readonly [RowPrint, RowPrint]) => {
    const columns = COLUMNS.flatMap(({ name }, at) => (was.hashes[at] === is.hashes[at] ? [] : [name]));
    if (was.confidence === 'verified' && is.confidence !== 'verified') personsLost++;
    if (columns.length > 0) changed.push({ row, columns });
  };
  const before = earlier[Symbol.asyncIterator]();
  const after = later[Symbol.asyncIterator]();
  try {
    let [old, now] = [await next(before), await next(after)];
    while (old || now) {
      const order = !now ? -1 : !old ? 1 : compareRows(old, now);
      if (old && now && order === 0) {
        meet(old, now);
      } else if (old && order < 0) {
        const name = rowName(old);
        const partner = added.get(name);
        if (partner) pair(name, [print(old), partner]);
        else removed.set(name, print(old));
        added.delete(name);
      } else if (now) {
        const name = rowName(now);
        const partner = removed.get(name);
        if (partner) pair(name, [partner, print(now)]);
        else added.set(name, print(now));
        removed.delete(name);
      }
      if (order <= 0) old = await next(before);
      if (order >= 0) now = await next(after);
    }
  } finally {
    await before.return?.();
    await after.return?.();
  }
  return { diff: { added: [...added.keys()], removed: [...removed.keys()], changed }, personsLost };
}

async function next(rows: AsyncIterator<ReportRow>): Promise<ReportRow | null> {
  const { done, value } = await rows.next();
  return done ? null : value;
}

function isSame(a: ReportRow[keyof ReportRow], b: ReportRow[keyof ReportRow]): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
}

/** What is remembered of a row: enough to tell which columns differ. */
interface RowPrint {
  readonly hashes: Float64Array;
  readonly confidence: ReportRow['identity_confidence'];
}

function print(row: ReportRow): RowPrint {
  return {
    hashes: Float64Array.from(COLUMNS, ({ name }) => hash(JSON.stringify(row[name]))),
    confidence: row.identity_confidence,
  };
}

/** 53 bits of two FNV-1a hashes: the chance that one of a billion changed values passes as unchanged is one in ten million. */
function hash(text: string): number {
  let a = 0x811c9dc5;
  let b = 0x050c5d1f;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ (code + at), 0x01000193);
  }
  return (a >>> 0) * 0x200000 + (b >>> 11);
}

/** Names a row within its hour: the execution, or the event of a refused start. */
function rowName(row: ReportRow): string {
  return row.query_execution_id ?? `refused:${row.event_id}`;
}
