import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeSql } from '../../src/sql/analyze.js';
import { sha1 } from '../../src/tree/sha1.js';
import { compose } from './compose.js';

const PIECES = [
  ...'\'"`()[]{}.,;-/*$?=<>\\\n\u0000\u00a0\ud800',
  ...[
    '--',
    '/*',
    '*/',
    '{{',
    '}}',
    '${',
    "''",
    'select ',
    ' from ',
    ' with ',
    ' as (',
    ' table ',
    'explain ',
    'prepare p from ',
  ],
  ...[
    'using external function ',
    ' with function f ',
    ' values ',
    ' in (',
    'U&',
    "X'",
    ' tblproperties (',
    ' lateral view ',
    '1e',
    '.5',
  ],
];

test('answers 100,000 broken texts without a throw, the same each time', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 3 }), fc.integer({ min: 1, max: 6 }), (seed, depth, edits) => {
      const pick = pickFrom(seed);
      let sql = compose({ pick }, depth).sql;
      for (let edit = 0; edit < edits; edit++) {
        const from = pick(sql.length + 1);
        const to = Math.min(sql.length, from + pick(12));
        const piece =
          [PIECES[pick(PIECES.length)] ?? '', '', sql.slice(pick(sql.length + 1)).slice(0, 20)][pick(3)] ?? '';
        sql = pick(8) === 0 ? sql.slice(0, from) : sql.slice(0, from) + piece + sql.slice(to);
      }
      const context = { catalog: null, database: 'db' };
      const analysis = analyzeSql(sql, context, sha1);
      expect(analysis.fingerprint === null || /^v2:[0-9a-f]{16}$/.test(analysis.fingerprint)).toBe(true);
      expect(analysis.kind).toMatch(/^[A-Z_]+$/);
      for (const name of [...analysis.tablesRead, ...analysis.metadataTables]) {
        expect(name.replaceAll(/"(?:[^"]|"")*"/g, 'quoted')).toMatch(/^[^.]+(?:\.[^.]+)*$/);
      }
      if (pick(50) === 0) expect(analyzeSql(sql, context, sha1)).toEqual(analysis);
    }),
    { numRuns: 100_000, seed: 20_261_101 },
  );
});

/** A small generator of its own: fast-check's costs more here than everything that is tested. */
function pickFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
