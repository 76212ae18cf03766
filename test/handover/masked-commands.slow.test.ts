import { readFileSync, writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QueryArguments, runQuery } from '../../src/cli/look/query.js';
import { type ReportArguments, runReport } from '../../src/cli/look/report.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { type PackedTestTree, packedTree } from './packed-tree.js';

const card = (id: string, second: number, number: string) => ({
  id: `00000000-0000-4000-8000-0000000000${id}`,
  second,
  query: `SELECT name FROM customers.pii WHERE card = '${number}' AND id = 900000001 -- for a@b.example`,
});
/** Two of one customer, one of another. */
const QUERIES = [card('01', 10, '4111-1'), card('02', 20, '4111-1'), card('03', 30, '4111-2')];
const SECRETS = ['4111', '900000001', 'a@b.example'];

let tree: PackedTestTree;
beforeAll(async () => {
  tree = await packedTree(QUERIES);
  writeFileSync(tree.path('mask.key'), 'k'.repeat(32));
}, 60_000);
afterAll(() => tree.remove());

const clock = { now: () => Date.UTC(2026, 11, 1), sleep: async () => {} };
async function query(options: Partial<QueryArguments>) {
  const io = quietIo({ clock });
  const exit = await runQuery({ output: tree.output, ...options } as QueryArguments, io);
  return { exit, out: io.written.stdout, said: io.written.stderr };
}
const none = (text: string) => SECRETS.filter((secret) => text.includes(secret));
const ORDERED = 'SELECT query FROM queries ORDER BY start_time';

describe('aqt query --mask', () => {
  it.each(['table', 'vertical', 'csv', 'json', 'ndjson'])('lets no literal out, and says so: %s', async (format) => {
    const { exit, out, said } = await query({ sql: ORDERED, format, mask: true });
    expect(exit).toBe(0);
    expect(out).toContain('customers.pii');
    expect(out).toContain('?');
    expect([none(out), none(said)]).toEqual([[], []]);
    expect(said).toContain('masked: literals of query');
    expect(none((await query({ sql: ORDERED, format })).out)).toEqual(SECRETS);
  });

  it('gives equal values equal tokens, others others, and others again with another key', async () => {
    const tokens = async (maskKey: string) => {
      const { out } = await query({ sql: ORDERED, format: 'json', mask: 'tokens', maskKey });
      expect(none(out)).toEqual([]);
      return (JSON.parse(out) as { query: string }[]).map(({ query: text }) => /card = (\S+)/.exec(text)?.[1]);
    };
    const [first, again, other] = await tokens(tree.path('mask.key'));
    expect(first).toMatch(/^tok_[0-9a-f]{16}$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    writeFileSync(tree.path('other.key'), 'o'.repeat(32));
    expect((await tokens(tree.path('other.key')))[0]).not.toBe(first);
  });

  it.each([
    [true, undefined],
    ['tokens', 'mask.key'],
  ] as const)('masks what goes into a Parquet file, too: %s', async (mask, key) => {
    const file = tree.path('rows.parquet');
    const { exit } = await query({ sql: ORDERED, file, mask, ...(key ? { maskKey: tree.path(key) } : {}) });
    expect(exit).toBe(0);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const texts = (await connection.runAndReadAll(`SELECT query FROM '${file}'`)).getRowsJson().flat().join('\n');
    expect(texts).toContain(mask === true ? 'card = ?' : 'card = tok_');
    expect(none(texts)).toEqual([]);
    expect(none(readFileSync(file, 'latin1'))).toEqual([]);
  });

  it('has nothing behind it: no name, no function and no expression reaches the text', async () => {
    for (const sql of [
      'SELECT query FROM query_log',
      'SELECT query FROM main.query_log',
      `SELECT max(query) FROM (SELECT query FROM queries) WHERE query LIKE '%4111-1%'`,
      'SELECT length(query), md5(query), list(query) FROM queries GROUP BY ALL',
      'SUMMARIZE queries',
      `SELECT * FROM read_text('${tree.output}/**')`,
    ]) {
      const { out, said } = await query({ sql, format: 'json', mask: true });
      expect(none(`${out}${said.replaceAll('4111-1%', '')}`), sql).toEqual([]);
    }
    const found = await query({
      ...{ sql: `SELECT count(*)::INT AS n FROM queries WHERE query LIKE '%4111%'`, format: 'json', mask: true },
    });
    expect(JSON.parse(found.out)).toEqual([{ n: 0 }]);
  });
});

describe('aqt report --html --mask', () => {
  const html = async (options: Partial<ReportArguments>) => {
    const io = quietIo({ clock });
    const file = tree.path('report.html');
    await runReport({ output: tree.output, html: file, ...options } as unknown as ReportArguments, io);
    return readFileSync(file, 'utf8');
  };

  it('lets no literal out, with marks or tokens, and says so at its foot', async () => {
    expect(none(await html({}))).not.toEqual([]);
    for (const mask of [{ mask: true }, { mask: 'tokens', maskKey: tree.path('mask.key') }]) {
      const page = await html(mask);
      expect(none(page)).toEqual([]);
      expect(page).toContain('customers.pii');
      expect(page).toContain('Literals in SQL texts are masked.');
    }
    expect(await html({ mask: 'tokens', maskKey: tree.path('mask.key') })).toMatch(/tok_[0-9a-f]{16}/);
  });

  it.each([
    [{ mask: 'stars' }, '--mask stars'],
    [{ mask: 'tokens' }, '--mask tokens needs --mask-key'],
    [{ maskKey: 'x' }, '--mask-key goes with --mask tokens'],
  ])('refuses %j', async (options, words) => {
    await expect(html(options)).rejects.toThrow(words);
    await expect(query({ sql: ORDERED, ...options })).rejects.toThrow(words);
  });
});
