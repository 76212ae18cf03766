import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeSql } from '../../src/sql/analyze.js';
import { compose } from './compose.js';

test('finds exactly the tables of 20,000 random wrappings of queries', () => {
  fc.assert(
    fc.property(fc.gen(), fc.nat({ max: 6 }), (generate, depth) => {
      const choices = { pick: (below: number) => generate(fc.nat, { max: below - 1 }) };
      const { sql, reads, writes } = compose(choices, depth);
      const found = analyzeSql(sql, { catalog: null, database: null, defaultCatalog: null });
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
