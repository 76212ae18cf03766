import { describe, expect, test } from 'vitest';
import { nameAt, STRING, tokenize } from './tokens.js';

describe('tokenize', () => {
  test.each([
    ['A."B c".`d`', 'a . "b c . "d'],
    ['"say ""hi"""', '"say "hi"'],
    ['1 1.5 .5 1e-3 0x1F 12ab', '# # # # # 12ab'],
    ['a.1b', 'a . 1b'],
    ["'it''s' X'65' U&'\\0041'", '# # #'],
    ['U&"d\\0061t"', '"d\\0061t'],
    ['a--b\n+c/*d*/e', 'a + c e'],
    ['a\u00a0b\ufeffc\u0000d', 'a b c d'],
    ['größe 表', 'größe 表'],
    ['x->y => ?', 'x - > y = > ?'],
    [`{{ a }} \${b} {%c%} {2,3}`, `{{ a }} \${b} {%c%} { # , # }`],
  ])('cuts %j', (sql, expected) => {
    const { texts } = tokenize(sql);
    expect(texts.map((text) => text || '#').join(' ')).toBe(expected);
  });

  test('escapes with a backslash in Hive DDL only', () => {
    const hive = tokenize(`create external table t (a int) with serdeproperties ("k" = "it\\"s", 'q' = '\\'')`);
    expect([hive.isWhole, hive.kinds.filter((kind) => kind === STRING).length]).toEqual([true, 4]);
    expect(tokenize(`select '\\', 'b'`).kinds.filter((kind) => kind === STRING)).toHaveLength(2);
  });

  test('finds the partner of each parenthesis', () => {
    expect([...tokenize('f(a(b)c)(').partners]).toEqual([
      [3, 5],
      [1, 7],
    ]);
  });

  test('keeps comments aside with the token they precede', () => {
    const { comments, source } = tokenize('-- a\nselect /* b */ 1 -- c');
    expect(comments.map(({ start, end, before }) => [source.slice(start, end), before])).toEqual([
      ['-- a', 0],
      ['/* b */', 1],
      ['-- c', 2],
    ]);
  });

  test('names quoted names without their quotes', () => {
    const tokens = tokenize('"A" b');
    expect([nameAt(tokens, 0), nameAt(tokens, 1)]).toEqual(['a', 'b']);
  });
});
