import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExport } from '../../src/cli/handover/export.js';
import { ocsfEvents } from '../../src/handover/feeds/ocsf.js';
import { LAKE_SOURCES, type LakeEvent } from '../../src/handover/feeds/security-lake.js';
import { arbitraryRow } from '../../src/record/row.fixture.js';
import { encodeNestedParquet, type NestedRecord } from '../../src/storage/encode-nested-parquet.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { type PackedTestTree, packedTree, QUERIES } from './packed-tree.js';

let tree: PackedTestTree;
beforeAll(async () => {
  tree = await packedTree();
});
afterAll(() => tree.remove());

async function exported(file: string, more: { readonly remember?: string; readonly mask?: boolean } = {}) {
  const io = quietIo({ clock: { now: () => 0, sleep: async () => {} } });
  const options = { sql: true, minConfidence: 'none', lineage: 'given', ocsfVersion: '1.8.0', format: 'parquet' };
  await runExport({ output: tree.output, to: ['ocsf'], file, ...options, ...more }, io);
  return io.written.stderr;
}

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .sort();

describe('Security Lake', () => {
  it('gets partitions that DuckDB reads, an event for each table of each query, ordered by time', async () => {
    const lake = tree.path('lake');
    await exported(lake);
    expect(new Set(files(lake).map((name) => name.replace(/[^/]+$/, '')))).toEqual(
      new Set(['athena-queries/region=us-east-1/accountId=111122223333/eventDay=20261102/']),
    );
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
    const from = `read_parquet('${lake}/*/*/*/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)`;
    expect(
      await read(`SELECT count(DISTINCT metadata.correlation_uid)::INT, min(accountId), min(eventDay) FROM ${from}`),
    ).toEqual([[QUERIES.length, '111122223333', '20261102']]);
    expect(
      await read(`SELECT count(*)::INT FROM ${from} WHERE "table".name = 'awsdatacatalog.customers.pii' AND time > 0`),
    ).not.toEqual([[0]]);
    const own = await read(
      `SELECT typeof(time), typeof(actor), typeof(unmapped.data_scanned_bytes) FROM ${from} LIMIT 1`,
    );
    expect(own[0]?.[0]).toBe('BIGINT');
    for (const name of files(lake)) {
      const times = (await read(`SELECT time::DOUBLE FROM '${join(lake, name)}'`)).map(([time]) => Number(time));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('is not written twice, and has no literal where they are masked', async () => {
    const lake = tree.path('masked-lake');
    const remember = tree.path('lake.memory');
    expect(await exported(lake, { remember, mask: true })).toContain('literals masked');
    expect(await exported(lake, { remember, mask: true })).toContain('24 hours had nothing new');
    await expect(exported(lake, { remember })).rejects.toThrow('it remembers another export');
  });

  it('has a column for every member that an event may have', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRow(), async (row) => {
        for (const event of ocsfEvents(row, '1.1.0')) {
          const { fields } = LAKE_SOURCES[(event as unknown as LakeEvent).class_uid];
          const bytes = await encodeNestedParquet(fields, [event as NestedRecord]);
          expect(Buffer.from(bytes).subarray(0, 4).toString()).toBe('PAR1');
        }
      }),
      { numRuns: 300 },
    );
    await expect(encodeNestedParquet(LAKE_SOURCES[6003].fields, [{ surprise: 1 }])).rejects.toThrow(
      'surprise has no column',
    );
    await expect(encodeNestedParquet(LAKE_SOURCES[6003].fields, [{ time: 'soon' }])).rejects.toThrow('time is no long');
  });
});
