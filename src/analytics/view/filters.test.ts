import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literal } from '../cache/sql-text.js';
import { FilterError, filterSql, NONE, readFilters, searchTerms } from './filters.js';

const read = (query: string) => readFilters(new URLSearchParams(query), () => undefined);
const sql = (query: string) => read(query).map((filter) => filterSql(filter));

describe('filters', () => {
  it.each([
    ['person=a@b.c', "person = 'a@b.c'"],
    ['person=a&person=b', "person IN ('a', 'b')"],
    [`person=${NONE}`, 'person IS NULL'],
    ['-state=FAILED', "NOT coalesce(state = 'FAILED', false)"],
    ['writes=awsdatacatalog.customers.PII', "list_contains(tables_written, 'awsdatacatalog.customers.pii')"],
    ['writes=customers.pii', "len(list_filter(tables_written, lambda t: ends_with(t, '.customers.pii'))) > 0"],
    [
      'reads=awsdatacatalog.customers.pii',
      "list_contains(list_concat(coalesce(tables_read, []), coalesce(base_tables_read, [])), 'awsdatacatalog.customers.pii')",
    ],
    ['min-bytes=1.5GB', 'data_scanned_bytes >= 1500000000'],
    ['max-cost=2', 'cost_usd <= 2'],
    ['min_cost=1', 'cost_usd >= 1'],
    ['q=ledger "order by"', "contains(query_lower, lower('ledger')) AND contains(query_lower, lower('order by'))"],
    ['q=/drop\\s%2Btable/', "regexp_matches(query_lower, 'drop\\s+table', 'is')"],
    ["person=o'brien", "person = 'o''brien'"],
    ['workgroup=risk-*', "regexp_full_match(workgroup, 'risk-.*')"],
  ])('reads %s', (query, expected) => {
    expect(sql(query)).toEqual([expected]);
  });

  it.each([
    ['customers.pii.email', 'ea.cp.email ia.cp.email any'],
    ['awsdatacatalog.customers.pii.EMAIL', 'ea.cp.email ia.cp.email any'],
    // Alone, it says nothing of `*`.
    ['email', 'ea.cp.email ia.cp.email other'],
    ['customers.pii.e*', 'ea.cp.email ia.cp.email any'],
    ['pii.phone', 'any'],
    [NONE, 'none'],
  ])('finds who read the column %s, or may have read it', async (value, expected) => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const rows = [
      ['ea.cp.email', ['awsdatacatalog.customers.pii.email']],
      ['ia.cp.email', ['awsdatacatalog.customers.pii.~email']],
      ['any', ['awsdatacatalog.customers.pii.*']],
      ['other', ['awsdatacatalog.sales.leads.email']],
      ['longer', ['awsdatacatalog.customers.pii.work_email']],
      ['none', []],
    ] as const;
    const list = (columns: readonly string[]) => `[${columns.map(literal).join(', ')}]::VARCHAR[]`;
    const values = rows.map(([id, columns], index) => `(${index}, ${literal(id)}, ${list(columns)})`).join(', ');
    const [condition = ''] = sql(`column=${value}`);
    const found = await connection.runAndReadAll(
      `SELECT id FROM (VALUES ${values}) AS t (n, id, columns_read) WHERE ${condition} ORDER BY n`,
    );
    expect(found.getRows().flat().join(' ')).toBe(expected);
    connection.closeSync();
    instance.closeSync();
  });

  it('leaves parameters of the page alone', () => {
    const others: string[] = [];
    expect(readFilters(new URLSearchParams('range=7d&tz=report&person=a'), (name) => others.push(name))).toHaveLength(
      1,
    );
    expect(others).toEqual(['range', 'tz']);
  });

  it.each(['min-bytes=lots', 'min-cost=-1', `q=${'x'.repeat(4001)}`])('refuses %s', (query) => {
    expect(() => read(query)).toThrow(FilterError);
  });

  it('never lets a value out of its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const quoted = literal(value);
        expect(quoted.startsWith("'") && quoted.endsWith("'")).toBe(true);
        expect(quoted.slice(1, -1).replaceAll("''", '')).not.toContain("'");
      }),
    );
  });

  it('splits a search into words, phrases or one regular expression', () => {
    expect(searchTerms('a "b c" d')).toEqual([
      { kind: 'word', text: 'a' },
      { kind: 'word', text: 'b c' },
      { kind: 'word', text: 'd' },
    ]);
    expect(searchTerms(' /a b/ ')).toEqual([{ kind: 'regex', text: 'a b' }]);
  });
});
