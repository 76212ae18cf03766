import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ReportRow } from '../../record/columns.js';
import { encodeManifest } from '../../record/encode-manifest.js';
import { createLedgerCounter } from '../../record/ledger.js';
import type { Manifest } from '../../record/manifest.js';
import { exampleRow, streamOf } from '../../record/row.fixture.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { manifestKey, reportKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { exportRows, type HandedHour } from './export-rows.js';
import { createFeed } from './feeds.js';

const HOUR = { reportDate: '2026-11-03', hour: 6 };
const feed = createFeed('datahub', { producer: '', databaseName: null, lineage: 'given', ocsfVersion: '1.8.0' });
const rowOf = (id: string, query: string | null) => exampleRow({ query_execution_id: id, query });

async function write(store: ReturnType<typeof createMemoryStore>, rows: readonly ReportRow[], version: number) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of REPORT_CODEC.encode('json', streamOf(rows))) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const key = reportKey(HOUR, 'json');
  const manifest: Manifest = {
    ...{
      schema: 1,
      ...HOUR,
      timezone: 'UTC',
      format: 'json',
      sources: [],
      evidence: [],
      pending: [],
      status: 'open',
      version,
    },
    window: { start: '2026-11-03T06:00:00.000Z', end: '2026-11-03T07:00:00.000Z' },
    report: { key, rows: rows.length, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    ledger: createLedgerCounter({
      startsRead: 0,
      duplicates: 0,
      malformed: 0,
      starts: 0,
      executionStarts: 0,
      refused: 0,
      repeatedStarts: 0,
    } as never).ledger(),
    ...{ previous: null, collectedAt: '2026-11-03T09:00:00.000Z', generator: 'test' },
  } as Manifest;
  await store.write(key, bytes, 'any');
  await store.write(manifestKey(HOUR), Buffer.from(encodeManifest(manifest)), 'any');
}

async function run(store: ReturnType<typeof createMemoryStore>, handed: Map<string, HandedHour>) {
  const lines: string[] = [];
  const summary = await exportRows({
    ...{ store, codec: REPORT_CODEC, from: null, to: null, feed, handed },
    prepare: (row) => row,
    deliver: async (news) => {
      for await (const line of news) lines.push(JSON.parse(line).query);
    },
    onHour: async (hour) => void handed.set(hour.hour, hour),
  });
  return { lines, summary };
}

describe('an export that remembers', () => {
  it('hands over each row once, and of an hour that was rewritten only what is new in it', async () => {
    const store = createMemoryStore();
    const handed = new Map<string, HandedHour>();
    await write(store, [rowOf('a', 'SELECT 1'), rowOf('b', null)], 1);
    expect(await run(store, handed)).toMatchObject({
      lines: ['SELECT 1'],
      summary: { rows: 1, records: 1, skipped: { 'no SQL text': 1 }, hours: 1, openHours: 1 },
    });
    expect(await run(store, handed)).toMatchObject({ lines: [], summary: { hours: 0, unchangedHours: 1 } });
    await write(store, [rowOf('a', 'SELECT 1'), rowOf('b', 'SELECT 2')], 2);
    expect((await run(store, handed)).lines).toEqual(['SELECT 2']);
  });

  it('does not take a report for another', async () => {
    const store = createMemoryStore();
    await write(store, [rowOf('a', 'SELECT 1')], 1);
    const stored = await store.read(reportKey(HOUR, 'json'));
    await store.write(
      reportKey(HOUR, 'json'),
      Buffer.concat([stored?.bytes ?? Buffer.alloc(0), Buffer.from('\n')]),
      'any',
    );
    await expect(run(store, new Map())).rejects.toThrow('is not what its manifest says');
  });
});
