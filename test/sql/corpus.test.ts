import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { analyzeSql } from '../../src/sql/analyze.js';
import { sha1 } from '../../src/tree/sha1.js';

const FOLDER = '../shared/data/sql';
const DIALECTS = new Set(['athena', 'trino', 'presto']);

interface Labelled {
  readonly file: string;
  readonly dialect: string;
  readonly sql: string;
  readonly tables_read?: readonly string[];
  readonly tables_read_at_least?: readonly string[];
  readonly tables_written?: readonly string[];
  readonly tables_meta?: readonly string[];
  readonly unload_to?: string;
}

interface Miss {
  readonly file: string;
  readonly begins: string;
  readonly reason: string;
}

describe.skipIf(!existsSync(FOLDER))('labelled statements (skipped without ../shared/data/sql)', () => {
  const labelled = existsSync(FOLDER) ? readLabelled() : [];
  const misses: readonly Miss[] = JSON.parse(readFileSync('test/sql/known-misses.json', 'utf8'));
  const ours = labelled.filter(({ dialect }) => DIALECTS.has(dialect));

  test('of Athena and Trino are read exactly, but for the misses that are listed with their reasons', () => {
    const wrong = ours.filter((each) => !isExact(each));
    const unlisted = wrong.filter(
      (each) => !misses.some(({ file, begins }) => file === each.file && each.sql.startsWith(begins)),
    );
    expect(unlisted).toEqual([]);
    expect(ours.length).toBeGreaterThan(1500);
    expect(1 - wrong.length / ours.length).toBeGreaterThan(0.98);
  });

  test('are complete, whatever their dialect, unless they are templates', () => {
    const broken = ours.filter(({ sql }) => !analyze(sql).complete && !sql.includes('${'));
    expect(broken).toEqual([]);
  });

  test('that stay in the list of misses are still missed', () => {
    for (const { file, begins } of misses) {
      const statement = ours.find((each) => each.file === file && each.sql.startsWith(begins));
      expect(statement !== undefined && !isExact(statement), begins).toBe(true);
    }
  });
});

function readLabelled(): readonly Labelled[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) =>
      readFileSync(`${FOLDER}/${file}`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => ({ ...JSON.parse(line), file })),
    )
    .filter(({ tables_written }: Labelled) => tables_written !== undefined);
}

function isExact(each: Labelled): boolean {
  const { tablesRead, tablesWritten, metadataTables } = analyze(each.sql);
  const tables = tablesWritten.filter((name) => !name.includes('://'));
  const unloaded = tablesWritten.find((name) => name.includes('://'));
  return (
    same(tables, each.tables_written) &&
    (each.tables_read === undefined || same(tablesRead, each.tables_read)) &&
    (each.tables_read_at_least ?? []).every((name) => tablesRead.map(plain).includes(plain(name))) &&
    (each.tables_meta === undefined || same(metadataTables, each.tables_meta)) &&
    (each.unload_to === undefined || each.unload_to === unloaded)
  );
}

function analyze(sql: string) {
  return analyzeSql(sql, { catalog: null, database: null, defaultCatalog: null }, sha1);
}

/** Labels keep the case of the text and quote in their own way. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/["`]/g, '');
}

function same(one: readonly string[], other: readonly string[] = []): boolean {
  const sorted = (names: readonly string[]) => JSON.stringify([...new Set(names.map(plain))].sort());
  return sorted(one) === sorted(other);
}
