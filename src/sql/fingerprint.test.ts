import { describe, expect, test } from 'vitest';
import { sha1 } from '../tree/sha1.js';
import { fingerprintOf, normalise } from './fingerprint.js';
import { tokenize } from './tokens.js';

const fingerprint = (sql: string): string | null => fingerprintOf(tokenize(sql), sha1);

describe('fingerprint', () => {
  test.each([
    ['literals', "select a from t where b = 1 and c = 'x'", "select a from t where b = 2.5e3 and c = 'it''s'"],
    ['parameters', 'select a from t where b = ?', 'select a from t where b = 7'],
    [
      'signs',
      'select a from t where b = -1 and c between -2 and +3',
      'select a from t where b = 1 and c between 2 and 3',
    ],
    ['truth values', 'select a from t where b = true', 'select a from t where b = false'],
    ['case', 'SELECT A FROM T', 'select a from t'],
    ['white space', 'select a,b\n\tfrom t', 'select  a , b from t '],
    ['comments', '/* x */ select a -- y\nfrom t', 'select a from t -- z'],
    ['a last semicolon', 'select a from t;', 'select a from t'],
    ['needless quotes', 'select "a" from `t`', 'select a from t'],
    ['IN lists', 'select a from t where b in (1)', 'select a from t where b in (1, 2, -3, 4)'],
    [
      'IN lists of dates',
      "select a from t where b in (date '2024-01-01')",
      "select a from t where b in (date '2024-01-01', date '2024-01-02')",
    ],
    [
      'IN lists of rows',
      'select a from t where (b, c) in ((1, 2))',
      'select a from t where (b, c) in ((1, 2), (3, 4))',
    ],
    [
      'IN lists of casts',
      'select 1 where b in (cast(1 as real))',
      'select 1 where b in (cast(1 as real), cast(2 as real))',
    ],
    ['arrays', 'select contains(array[1, 2], a) from t', 'select contains(array[1, 2, 3], a) from t'],
    ['VALUES rows', "insert into t values (1, 'a')", "insert into t values (2, 'b'), (3, null), (null, 'c')"],
    [
      'arithmetic in IN lists',
      'select a from t where b in (86400)',
      'select a from t where b in (24 * 60 * 60, 60, -(1 + 2))',
    ],
    [
      'mixed casts in lists',
      'select a from t where b in (1)',
      "select a from t where b in (cast('1' as bigint), 2, try_cast('3' as decimal(10, 2)), date '2026-01-01')",
    ],
    [
      'uuids in names',
      'select a from s.q_0a1b2c3d_1111_4222_8333_444455556666',
      'select a from s.q_9f8e7d6c_aaaa_4bbb_8ccc_ddddeeee0000',
    ],
    [
      'quoted uuids',
      'select a from "0a1b2c3d-1111-4222-8333-444455556666"',
      'select a from "9f8e7d6c-aaaa-4bbb-8ccc-ddddeeee0000"',
    ],
    ['hashes in names', 'select a from stage_0123456789abcdef', 'select a from stage_fedcba98765432100123456789abcdef'],
    ['names of temporary tables', 'create table tmp_1699999999 as select 1', 'create table tmp_1700000123 as select 1'],
    ['random names of temporary tables', 'drop table db.temp_table_a1b2c3d4', 'drop table db.temp_table_9z8y7x6w'],
    ['days in names', 'select a from events_2026_11_03', 'select a from events_2025_01_31'],
    ['days without separators', 'select a from events_20261103', 'select a from events_20250131'],
    ['days with times', 'select a from snap_20261103_0400', 'select a from snap_20250131_235959'],
    ['months in names', 'select a from events_2026_11', 'select a from events_2025_01'],
    [
      "Looker's derived tables",
      'select * from scratch."LR$OXABC123DEF_orders"',
      'select * from scratch.LR$9999ZZZZ_orders',
    ],
    [
      'numbers of partitions',
      "alter table t add partition (d = '1') location 's3://b/1'",
      "alter table t add partition (d = '1') location 's3://b/1' partition (d = '2') location 's3://b/2' partition (d = '3') location 's3://b/3'",
    ],
    [
      'numbers of dropped partitions',
      'alter table t drop partition (d = 1)',
      'alter table t drop partition (d = 1), partition (d = 2), partition (d = 3)',
    ],
    ['VALUES in a subquery', 'select * from (values 1, 2) t (a)', 'select * from (values 1) t (a)'],
  ])('is the same for different %s', (_, one, other) => {
    expect(fingerprint(one)).toBe(fingerprint(other));
  });

  test.each([
    ['a column', 'select a from t', 'select b from t'],
    ['a table', 'select a from t', 'select a from u'],
    ['a qualified table', 'select a from t', 'select a from d.t'],
    ['an operator', 'select a from t where b = 1', 'select a from t where b > 1'],
    ['a subtraction', 'select a - 1 from t', 'select a 1 from t'],
    ['a null test', 'select a from t where b is null', 'select a from t where b is not null'],
    ['the columns of IN', 'select a from t where b in (c)', 'select a from t where b in (c, d)'],
    ['arguments', 'select f(1) from t', 'select f(1, 2) from t'],
    ['grouping', 'select a from t group by 1', 'select a from t group by 1, 2'],
    ['a needed quote', 'select "select" from t', 'select select from t'],
    ['a name that holds a space', 'select "a b" from t', 'select a b from t'],
    ['a string and a name', "select 'a' from t", 'select "a" from t'],
    ['short numbers in names', 'select a from orders_v1', 'select a from orders_v2'],
    ['words of hexadecimal letters', 'select a from decade_facade_cafe', 'select a from facade_decade_cafe'],
    ['numbers that are no days', 'select a from sku_20269999', 'select a from sku_20268888'],
    ['a view behind Looker', 'select * from "LR$ABC123_orders"', 'select * from "LR$ABC123_users"'],
    ['columns in arithmetic', 'select a from t where b in (c * 2)', 'select a from t where b in (c * 2, d * 2)'],
    [
      'partitions by other columns',
      "alter table t add partition (d = '1') location 's3://b/1'",
      "alter table t add partition (d = '1') location 's3://b/1' partition (h = '1') location 's3://b/2'",
    ],
    ['casts outside lists', 'select cast(1 as bigint)', 'select 1'],
    ['rows of different shape', 'insert into t values (a, 1)', 'insert into t values (a, 1), (b, 1)'],
  ])('differs for %s', (_, one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
  });

  test('is version 2 and 16 hex digits of the SHA-1 of the normalised text', () => {
    expect(normalise(tokenize('SELECT "a", -1 FROM t WHERE b IN (1, 2);'))).toBe(
      'select a , ? from t where b in ( ? )',
    );
    // printf '%s' 'select ?' | sha1sum
    expect(fingerprint('select 1')).toBe('v2:7ae509fc5e11f3bd');
  });

  test('is null for text without a token', () => {
    expect([fingerprint(''), fingerprint(' -- x\n'), fingerprint(';')]).toEqual([null, null, null]);
  });
});
