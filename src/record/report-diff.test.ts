import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMNS, type ReportRow } from './columns.js';
import { diffReports } from './report-diff.js';
import { compareRows } from './row-order.js';

const EMPTY = Object.fromEntries(COLUMNS.map(({ name }) => [name, null])) as unknown as ReportRow;

/** A row of an hour: few ids and times, so that versions meet and move. */
const row = fc
  .record({
    query_execution_id: fc.option(fc.constantFrom('q-1', 'q-2', 'q-3', 'q-4', 'q-5', 'q-6')),
    start_time: fc.integer({ min: 0, max: 4 }),
    event_id: fc.constantFrom('e-1', 'e-2', 'e-3'),
    query: fc.option(fc.constantFrom('SELECT 1', 'SELECT 2')),
    identity_confidence: fc.constantFrom('verified', 'none', 'inferred'),
    event_count: fc.integer({ min: 1, max: 2 }),
  })
  .map((fields) => ({ ...EMPTY, ...fields }) as ReportRow);

const nameOf = (one: ReportRow) => one.query_execution_id ?? `refused:${one.event_id}`;
const report = fc.uniqueArray(row, { selector: nameOf, maxLength: 8 }).map((rows) => rows.sort(compareRows));

async function* stream(rows: readonly ReportRow[]): AsyncGenerator<ReportRow> {
  yield* rows;
}

/** The plain way: all of both versions in memory. */
function expected(before: readonly ReportRow[], after: readonly ReportRow[]) {
  const find = (rows: readonly ReportRow[], name: string) => rows.find((one) => nameOf(one) === name);
  const both = before.flatMap((old) => {
    const now = find(after, nameOf(old));
    return now ? [{ old, now }] : [];
  });
  const columns = ({ old, now }: { old: ReportRow; now: ReportRow }) =>
    COLUMNS.map(({ name }) => name).filter((name) => old[name] !== now[name]);
  return {
    added: after
      .map(nameOf)
      .filter((name) => !find(before, name))
      .sort(),
    removed: before
      .map(nameOf)
      .filter((name) => !find(after, name))
      .sort(),
    changed: both.flatMap((pair) =>
      columns(pair).length > 0 ? [{ row: nameOf(pair.old), columns: columns(pair) }] : [],
    ),
    personsLost: both.filter(
      ({ old, now }) => old.identity_confidence === 'verified' && now.identity_confidence !== 'verified',
    ).length,
  };
}

describe('the diff of two versions of a report', () => {
  it('is that of comparing all with all', async () => {
    await fc.assert(
      fc.asyncProperty(report, report, async (before, after) => {
        const { diff, personsLost } = await diffReports(stream(before), stream(after));
        const byRow = (a: { row: string }, b: { row: string }) => (a.row < b.row ? -1 : 1);
        const { changed, ...rest } = expected(before, after);
        expect({ added: [...diff.added].sort(), removed: [...diff.removed].sort(), personsLost }).toEqual(rest);
        expect([...diff.changed].sort(byRow)).toEqual(changed.sort(byRow));
      }),
    );
  });

  it('says nothing of a version that is the same, and names rows in report order', async () => {
    const rows = [3, 1, 2].map(
      (n) => ({ ...EMPTY, query_execution_id: `q-${n}`, start_time: n, event_id: 'e' }) as ReportRow,
    );
    const sorted = [...rows].sort(compareRows);
    expect((await diffReports(stream(sorted), stream(sorted))).diff).toEqual({ added: [], removed: [], changed: [] });
    expect((await diffReports(stream([]), stream(sorted))).diff.added).toEqual(['q-1', 'q-2', 'q-3']);
    expect((await diffReports(stream(sorted), stream([]))).diff.removed).toEqual(['q-1', 'q-2', 'q-3']);
  });
});
