import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, DuckDBListValue, type DuckDBValue } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COLUMNS, type ColumnType, type ReportRow } from '../record/columns.js';
import { arbitraryRow, busyHour, collect, exampleRow, streamOf } from '../record/row.fixture.js';
import { ReportFormatError } from '../record/text/text-lines.js';
import { decodeParquet } from './decode-parquet.js';
import { encodeParquet } from './encode-parquet.js';

const encode = async (rows: readonly ReportRow[]) => Buffer.concat(await collect(encodeParquet(streamOf(rows))));
const decode = (bytes: Uint8Array) => collect(decodeParquet(streamOf([bytes])));

test('any rows come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryRow(), { maxLength: 15 }), async (rows) => {
      expect(await decode(await encode(rows))).toEqual(rows);
    }),
    { numRuns: 30 },
  );
});

test('a report without rows is a valid file', async () => {
  expect(await decode(await encode([]))).toEqual([]);
});

test('row groups come one by one and back in order', async () => {
  const rows = busyHour(20_001);
  const pieces = await collect(encodeParquet(streamOf(rows)));
  expect(pieces).toHaveLength(4);
  expect(await collect(decodeParquet(streamOf(pieces)))).toEqual(rows);
});

test('a group ends early when its texts are long', async () => {
  const rows = Array.from({ length: 100 }, (_, i) => exampleRow({ query: `${i}${'a'.repeat(262_000)}` }));
  const pieces = await collect(encodeParquet(streamOf(rows)));
  expect(pieces).toHaveLength(3);
  expect(await collect(decodeParquet(streamOf(pieces)))).toEqual(rows);
});

test('a lone surrogate becomes U+FFFD', async () => {
  const [row] = await decode(await encode([exampleRow({ query: 'a\ud800', tables_read: ['\udc00'] })]));
  expect(row).toMatchObject({ query: 'a\ufffd', tables_read: ['\ufffd'] });
});

test('a number that has no exact value is refused, naming the column', async () => {
  await expect(encode([exampleRow({ billed_bytes: 2 ** 53 })])).rejects.toThrow(/billed_bytes/);
  await expect(encode([exampleRow({ cost_usd: Number.NaN })])).rejects.toThrow(/cost_usd/);
});

describe('a damaged file', () => {
  test.each([
    ['empty', (_: Buffer) => Buffer.alloc(0)],
    ['no Parquet', (_: Buffer) => Buffer.from('a,b\n1,2\n'.repeat(20))],
    ['cut at the end', (file: Buffer) => file.subarray(0, -1)],
    ['cut at the start', (file: Buffer) => file.subarray(5)],
    ['without its pages', (file: Buffer) => Buffer.concat([file.subarray(0, 4), file.subarray(-7000)])],
  ])('that is %s is an error, not rows', async (_, damage) => {
    const file = await encode(busyHour(100));
    await expect(decode(damage(file))).rejects.toThrow(ReportFormatError);
  });

  test('never does more harm than an error, wherever a byte is changed', async () => {
    const file = await encode(busyHour(100));
    let errors = 0;
    for (let at = 0; at < file.length; at += 53) {
      const damaged = Buffer.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      const outcome = await decode(damaged).catch((error: unknown) => error);
      if (Array.isArray(outcome)) continue;
      expect(outcome).toBeInstanceOf(ReportFormatError);
      errors++;
    }
    expect(errors).toBeGreaterThan(20);
    expect(await decode(file)).toEqual(busyHour(100));
  });
});

describe('DuckDB', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parquet-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('reads every value as it was, and the types of the contract', async () => {
    const rows = [...fc.sample(arbitraryRow(), { numRuns: 200, seed: 7 }), ...busyHour(500), exampleRow({ query: '' })];
    const file = join(folder, 'report.parquet');
    await writeFile(file, await encode(rows));
    const database = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    const selected = COLUMNS.map(({ name, type }) => SELECTED[type].replaceAll('?', `"${name}"`));
    const read = await (await database.run(`SELECT ${selected.join(', ')} FROM '${file}'`)).getRows();
    const rowOf = (cells: DuckDBValue[]) =>
      Object.fromEntries(COLUMNS.map(({ name, type }, i) => [name, plain(type, cells[i])]));
    expect(read.map(rowOf)).toEqual(rows);
    const described = await (await database.run(`DESCRIBE SELECT * FROM '${file}'`)).getRows();
    const types = {
      string: 'VARCHAR',
      timestamp: 'TIMESTAMP WITH TIME ZONE',
      bigint: 'BIGINT',
      int: 'INTEGER',
      double: 'DOUBLE',
      boolean: 'BOOLEAN',
      list: 'VARCHAR[]',
    };
    expect(described.map(([name, type]) => [name, type])).toEqual(COLUMNS.map(({ name, type }) => [name, types[type]]));
    database.closeSync();
  });

  test('finds rows by the statistics of the groups', async () => {
    const file = join(folder, 'groups.parquet');
    await writeFile(file, await encode(busyHour(20_001)));
    const database = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    const read = await database.run(
      `SELECT query FROM '${file}' WHERE start_time = TIMESTAMPTZ '2025-08-28T05:00:15Z' AND username = 'user6'`,
    );
    expect(await read.getRows()).toEqual([[busyHour(15_001)[15_000]?.query]]);
    database.closeSync();
  });
});

/** Texts go through hex: the Node binding of DuckDB drops a byte order mark at the start of a text. */
const SELECTED: Readonly<Record<ColumnType, string>> = {
  string: 'hex(encode(?))',
  list: 'list_transform(?, lambda item: hex(encode(item)))',
  timestamp: 'epoch_ms(?)::DOUBLE',
  bigint: '?::DOUBLE',
  int: '?',
  double: '?',
  boolean: '?',
};

function plain(type: ColumnType, value: DuckDBValue | undefined): unknown {
  if (value instanceof DuckDBListValue) return value.items.map((item) => plain('string', item));
  return type === 'string' && typeof value === 'string' ? Buffer.from(value, 'hex').toString() : value;
}
