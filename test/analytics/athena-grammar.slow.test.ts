import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ATHENA_GROUPS, athenaGroupsSql } from '../../src/analytics/engine/athena-groups.js';
import { ATHENA_VIEWS, athenaStatement } from '../../src/analytics/engine/athena-views.js';
import { ATHENA } from '../../src/analytics/engine/dialect.js';
import { readFilters } from '../../src/analytics/view/filters.js';
import { scopeSqlForPeople } from '../../src/analytics/view/scope.js';
import { REPORT_FORMATS } from '../../src/record/manifest.js';
import { loadTrinoOracle, type Oracle } from '../sql/trino-oracle.js';
import { TABLE } from './emulated-athena.js';

const { filters } = JSON.parse(readFileSync('test/dashboard/golden/answers.json', 'utf8')) as {
  readonly filters: Readonly<Record<string, unknown>>;
};
const scopeOf = (query: string) => ({
  window: { start: 0, end: 1 },
  filters: readFilters(new URLSearchParams(query), () => undefined),
  isMasked: false,
});

describe('a statement for Athena is SQL of Trino', () => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await loadTrinoOracle();
  });

  it.each(REPORT_FORMATS)('over reports as %s, and reads the one table', (format) => {
    const days = { from: '2026-01-01', to: '2026-12-31' };
    for (const view of ATHENA_VIEWS) {
      const sql = athenaStatement(`SELECT * FROM ${view}`, { ...TABLE, format, days });
      expect(oracle(sql)?.reads, sql).toEqual(['aqt.queries']);
    }
  });

  // Without the views, which the test above reads: the grammar takes its time.
  it.each(Object.keys(filters))('for the filter %s', (query) => {
    expect(oracle(`SELECT person FROM queries WHERE ${scopeSqlForPeople(scopeOf(query), ATHENA)}`)).not.toBeNull();
  });

  it.each(ATHENA_GROUPS)('for a report by %s', (by) => {
    expect(oracle(athenaGroupsSql(scopeOf(''), by))).not.toBeNull();
  });

  it('also where the text has a WITH of its own', () => {
    for (const sql of [
      'WITH mine AS (SELECT person FROM queries) SELECT count(*) AS n FROM mine',
      'WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t, queries',
    ])
      expect(oracle(athenaStatement(sql, TABLE))?.reads).toEqual(['aqt.queries']);
  });
});
