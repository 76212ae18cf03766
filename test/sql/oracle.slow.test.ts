import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { analyzeSql } from '../../src/sql/analyze.js';
import { sha1 } from '../../src/tree/sha1.js';
import { composeTrino } from './compose.js';
import { loadTrinoOracle, type Oracle } from './trino-oracle.js';

const AS_WRITTEN = { catalog: null, database: null, defaultCatalog: null };
const CORPUS = ['trino-parser-tests', 'trino-product-tests', 'dt-sql-parser-trino'].map(
  (name) => `../shared/data/sql/${name}.jsonl`,
);
/** Statements whose tables the scanner counts otherwise by decision (docs/sql.md): ALTER writes, DESCRIBE reads metadata. */
const OTHERWISE = /^(?:SHOW|DESCRIBE|GRANT|REVOKE|DENY|COMMENT|ALTER_|DROP_|REFRESH|EXECUTE)/;
/** The grammar takes LATERAL and VERBOSE for tables, keeps backticks in names, and allows empty names. */
const MISREAD = /\blateral\b|\banalyze\s+(?:verbose|foo)\b|`|""/i;

describe('the scanner agrees with the grammar of Trino', () => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await loadTrinoOracle();
  });

  test('on random wrappings of queries', () => {
    let parsed = 0;
    fc.assert(
      fc.property(fc.gen(), fc.nat({ max: 4 }), (generate, depth) => {
        const { sql } = composeTrino({ pick: (below) => generate(fc.nat, { max: below - 1 }) }, depth);
        const answer = oracle(sql);
        if (answer === null) return;
        parsed++;
        const { tablesRead, tablesWritten } = analyzeSql(sql, AS_WRITTEN, sha1);
        expect({ reads: tablesRead, writes: tablesWritten }, sql).toEqual(answer);
      }),
      { numRuns: 500, seed: 20_261_101 },
    );
    expect(parsed).toBeGreaterThan(450);
  });

  test.skipIf(!CORPUS.every(existsSync))('on the statements of its tests (skipped without ../shared/data/sql)', () => {
    const statements = CORPUS.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n')).map(
      (line): { sql: string } => JSON.parse(line),
    );
    let compared = 0;
    const differing: unknown[] = [];
    for (const { sql } of statements) {
      const found = analyzeSql(sql, AS_WRITTEN, sha1);
      if (sql.length > 1500 || OTHERWISE.test(found.kind) || MISREAD.test(sql)) continue;
      const answer = oracle(sql);
      if (answer === null) continue;
      compared++;
      const { tablesRead: reads, tablesWritten: writes } = found;
      if (JSON.stringify({ reads, writes }) !== JSON.stringify(answer)) differing.push({ sql, reads, writes, answer });
    }
    expect(compared).toBeGreaterThan(500);
    expect(differing).toEqual([]);
  });
});
