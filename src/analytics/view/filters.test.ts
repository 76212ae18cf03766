import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literal } from '../cache/sql-text.js';
import { FilterError, filterSql, NONE, readFilters, searchTerms } from './filters.js';

const read = (query: string) => readFilters(new URLSearchParams(query), () => undefined);
const sql = (query: string) => read(query).map(filterSql);

describe('filters', () => {
  it.each([
    ['person=a@b.c', "person = 'a@b.c'"],
    ['person=a&person=b', "person IN ('a', 'b')"],
    [`person=${NONE}`, 'person IS NULL'],
    ['-state=FAILED', "NOT coalesce(state = 'FAILED', false)"],
    ['reads=awsdatacatalog.customers.pii', "list_contains(tables_read, 'awsdatacatalog.customers.pii')"],
    ['reads=customers.pii', "len(list_filter(tables_read, lambda t: ends_with(t, '.customers.pii'))) > 0"],
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
