import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportRow } from './columns.js';
import type { RollupRow } from './rollup-columns.js';
import { exampleRow } from './row.fixture.js';
import { sumRows } from './sum-rows.js';

const summed = (rows: readonly ReportRow[], most?: number) => {
  const sums = sumRows(most);
  for (const row of rows) sums.add(row);
  return sums.rows();
};

const lists = fc.option(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 3 }), { nil: null });
const row: fc.Arbitrary<ReportRow> = fc
  .record({
    person: fc.constantFrom('ana', 'bo', null),
    workgroup: fc.constantFrom('primary', null),
    account_id: fc.constantFrom('1', '2'),
    state: fc.constantFrom('SUCCEEDED', 'FAILED', 'CANCELLED', 'REFUSED'),
    tables_read: lists,
    tables_written: lists,
    cost_usd: fc.option(fc.double({ min: 0, max: 9, noNaN: true }), { nil: null }),
    data_scanned_bytes: fc.option(fc.maxSafeNat(), { nil: null }),
    total_ms: fc.option(fc.nat(), { nil: null }),
    queue_ms: fc.option(fc.nat(), { nil: null }),
    start_time: fc.nat(),
    identity_confidence: fc.constantFrom('verified', 'none'),
  })
  .map((fields) => exampleRow(fields as Partial<ReportRow>));

const count = (sums: readonly RollupRow[] | null, name: keyof RollupRow) =>
  (sums ?? []).reduce((sum, one) => sum + BigInt((one[name] ?? 0) as number), 0n);

describe('the sums of a day', () => {
  it('add up to its rows, whatever tables they touch, to the last billionth of a dollar', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const sums = summed(rows);
        const are = (state: string) => BigInt(rows.filter((one) => one.state === state).length);
        const total = (of: (one: ReportRow) => number | null) =>
          rows.reduce((sum, one) => sum + BigInt(of(one) ?? 0), 0n);
        expect(count(sums, 'queries') + count(sums, 'refused')).toBe(BigInt(rows.length));
        expect(count(sums, 'refused')).toBe(are('REFUSED'));
        expect(count(sums, 'failed')).toBe(are('FAILED'));
        expect(count(sums, 'cancelled')).toBe(are('CANCELLED'));
        expect(count(sums, 'cost_nanos')).toBe(total((one) => Math.round((one.cost_usd ?? 0) * 1e9)));
        expect(count(sums, 'data_scanned_bytes')).toBe(total((one) => one.data_scanned_bytes));
        expect(count(sums, 'total_ms')).toBe(total((one) => one.total_ms));
        expect(count(sums, 'queue_ms')).toBe(total((one) => one.queue_ms));
        expect(count(sums, 'timed')).toBe(BigInt(rows.filter((one) => one.total_ms !== null).length));
        expect(count(sums, 'priced')).toBe(BigInt(rows.filter((one) => one.cost_usd !== null).length));
        for (const table of ['a', 'b', 'c', '']) {
          const own = (sums ?? []).filter((one) => one.table_name === table);
          const [read, written] = [of(rows, 'tables_read', table), of(rows, 'tables_written', table)];
          const touching = new Set([...read, ...written]);
          expect(count(own, 'table_queries') + count(own, 'table_refused')).toBe(BigInt(touching.size));
          expect(count(own, 'table_reads')).toBe(BigInt(read.filter((one) => one.state !== 'REFUSED').length));
          expect(count(own, 'table_writes')).toBe(BigInt(written.filter((one) => one.state !== 'REFUSED').length));
        }
      }),
    );
  });

  it('are the same in whatever order the rows come, each key once', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const sums = summed(rows) ?? [];
        expect(summed([...rows].reverse())).toEqual(sums);
        const keys = sums.map((one) => JSON.stringify([one.person, one.workgroup, one.account_id, one.table_name]));
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('split a cost over the tables that are read, else over those written, the first taking what is left', () => {
    const shares = (fields: Partial<ReportRow>) =>
      (summed([exampleRow({ cost_usd: 8e-9, ...fields })]) ?? []).map((one) => [one.table_name, one.cost_nanos]);
    const [a, b, c] = ['a', 'b', 'c'];
    expect(shares({ tables_read: [a, b, c], tables_written: [] })).toEqual([
      [a, 3n],
      [b, 3n],
      [c, 2n],
    ]);
    expect(shares({ tables_read: [c], tables_written: [a, b] })).toEqual([
      [a, 0n],
      [b, 0n],
      [c, 8n],
    ]);
    expect(shares({ tables_read: [], tables_written: [b, c] })).toEqual([
      [b, 4n],
      [c, 4n],
    ]);
    expect(shares({ tables_read: null, tables_written: null })).toEqual([[null, 8n]]);
    expect(shares({ tables_read: [a], tables_written: [b], cost_usd: null })).toEqual([
      [a, null],
      [b, 0n],
    ]);
  });

  it('tell the weakest confidence, and what the first and the last query did', () => {
    const rows = [
      exampleRow({ start_time: 7, identity_confidence: 'verified', team: 'b', tables_read: ['t'], tables_written: [] }),
      exampleRow({ start_time: 5, identity_confidence: 'claimed', team: 'a', tables_read: [], tables_written: ['t'] }),
    ];
    expect(summed(rows)).toMatchObject([
      { identity_confidence: 'claimed', team: 'a', first_start: 5, last_start: 7, last_read: 7, last_write: 5 },
    ]);
  });

  it('are none where there would be more than may be held', () => {
    const rows = ['a', 'b', 'c'].map((person) => exampleRow({ person, tables_read: [], tables_written: [] }));
    expect(summed(rows, 3)).toHaveLength(3);
    expect(summed(rows, 2)).toBeNull();
  });
});

function of(rows: readonly ReportRow[], list: 'tables_read' | 'tables_written', table: string): ReportRow[] {
  return rows.filter((one) => one[list]?.includes(table));
}
