import { describe, expect, test } from 'vitest';
import { fingerprintOf, normalise } from './fingerprint.js';
import { tokenize } from './tokens.js';

const fingerprint = (sql: string): string | null => fingerprintOf(tokenize(sql));

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
    ['rows of different shape', 'insert into t values (a, 1)', 'insert into t values (a, 1), (b, 1)'],
  ])('differs for %s', (_, one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
  });

  test('is version 1 and 16 hex digits of the SHA-1 of the normalised text', () => {
    expect(normalise(tokenize('SELECT "a", -1 FROM t WHERE b IN (1, 2);'))).toBe(
      'select a , ? from t where b in ( ? )',
    );
    // printf '%s' 'select ?' | sha1sum
    expect(fingerprint('select 1')).toBe('v1:7ae509fc5e11f3bd');
  });

  test('is null for text without a token', () => {
    expect([fingerprint(''), fingerprint(' -- x\n'), fingerprint(';')]).toEqual([null, null, null]);
  });
});
