import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeSql } from '../../src/sql/analyze.js';
import { sha1 } from '../../src/tree/sha1.js';
import { compose } from './compose.js';

test('finds exactly the tables of 20,000 random wrappings of queries', () => {
  fc.assert(
    fc.property(fc.gen(), fc.nat({ max: 6 }), (generate, depth) => {
      const choices = { pick: (below: number) => generate(fc.nat, { max: below - 1 }) };
      const { sql, reads, writes } = compose(choices, depth);
      const found = analyzeSql(sql, { catalog: null, database: null, defaultCatalog: null }, sha1);
      const plain = (names: Iterable<string>) => [...names].map((name) => name.replaceAll('"order"', 'order')).sort();
      expect([plain(found.tablesRead), plain(found.tablesWritten), found.complete], sql).toEqual([
        plain(reads),
        plain(writes),
        true,
      ]);
    }),
    { numRuns: 20_000, seed: 20_261_101 },
  );
});

test('gives 5,000 random wrappings one fingerprint, whatever programs made up in them', () => {
  fc.assert(
    fc.property(fc.gen(), fc.nat({ max: 6 }), fc.uuid(), fc.nat(), (generate, depth, id, number) => {
      const choices = { pick: (below: number) => generate(fc.nat, { max: below - 1 }) };
      const { sql } = compose(choices, depth);
      const of = (name: string, list: string) =>
        analyzeSql(`${sql}; select a from ${name} where b in (${list})`, { catalog: null, database: null }, sha1)
          .fingerprint;
      const one = of('stage_0123456789abcdef_2026_11_03', '1');
      const lists = [`${number}, ${number} * 2`, `cast('${number}' as decimal(10, 2)), -(${number})`];
      for (const list of lists) expect(of(`stage_${id.replaceAll('-', '')}_2025_01_31`, list), sql).toBe(one);
    }),
    { numRuns: 5000, seed: 20_261_102 },
  );
});
