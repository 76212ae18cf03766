import { describe, expect, it } from 'vitest';
import { sqlSkeleton } from './sql-skeleton.js';

describe('the line that tells statements apart', () => {
  it.each([
    [
      {
        sql: '/* Username: a */ SELECT o.*, p.email, sum(x) FROM a JOIN b',
        type: 'SELECT',
        tables_read: ['awsdatacatalog.sales.orders', 'awsdatacatalog.customers.pii'],
      },
      'SELECT … FROM sales.orders ⋈ customers.pii',
    ],
    [{ sql: '-- {"app": "dbt"}\n select id\n from t', type: 'SELECT', tables_read: ['c.d.t'] }, 'SELECT id FROM c.d.t'],
    [
      { sql: 'INSERT INTO x SELECT 1', type: 'INSERT', tables_read: ['a.b.c'], tables_written: ['awsdatacatalog.s.x'] },
      'INSERT INTO s.x SELECT … FROM a.b.c',
    ],
    [
      { sql: 'create table …', type: 'CREATE_TABLE_AS_SELECT', tables_read: [], tables_written: ['a.b.c'] },
      'CREATE TABLE a.b.c AS SELECT …',
    ],
    [
      { sql: 'unload (select …)', type: 'UNLOAD', tables_read: ['a.b.c'], tables_written: ['s3://out/'] },
      'UNLOAD SELECT … FROM a.b.c TO s3://out/',
    ],
    [{ sql: '/* x */ /* y */\nSHOW  TABLES', type: 'SHOW_TABLES', tables_read: [] }, 'SHOW TABLES'],
    [{ sql: 'SELECT 1', type: 'SELECT', tables_read: [] }, 'SELECT 1'],
    [{ sql: null, type: null }, ''],
  ])('of %j', (facts, line) => {
    expect(sqlSkeleton(facts).join('')).toBe(line);
  });

  it('keep what they touch where a column is narrow', () => {
    const [verb, rest] = sqlSkeleton({
      sql: 'select a, b from t',
      type: 'SELECT',
      tables_read: ['awsdatacatalog.sales.orders', 'awsdatacatalog.customers.pii'],
    });
    expect([verb, rest]).toEqual(['SELECT a, b ', 'FROM sales.orders ⋈ customers.pii']);
    expect(sqlSkeleton({ sql: 'SHOW TABLES', type: 'SHOW_TABLES' })).toEqual(['', 'SHOW TABLES']);
  });
});
