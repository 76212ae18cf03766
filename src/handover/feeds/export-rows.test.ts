import { describe, expect, it } from 'vitest';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import { exampleRow } from '../../record/row.fixture.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { reportKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { exportRows, type HandedHour } from './export-rows.js';
import { createFeed } from './feeds.js';
import { listHours } from './list-hours.js';
import { writeHour } from './written-hour.fixture.js';

const HOUR = { reportDate: '2026-11-03', hour: 6 };
const feed = createFeed('datahub', { producer: '', databaseName: null, lineage: 'given', ocsfVersion: '1.8.0' });
const rowOf = (id: string, query: string | null) => exampleRow({ query_execution_id: id, query });

const write = (store: ReportStore, rows: readonly ReportRow[], version: number) =>
  writeHour(store, { label: HOUR, rows, version });

async function run(store: ReturnType<typeof createMemoryStore>, handed: Map<string, HandedHour>) {
  const lines: string[] = [];
  const summary = await exportRows({
    ...{ store, codec: REPORT_CODEC, feed },
    hours: listHours({ store, from: null, to: null }),
    handed: async ({ folder }) => handed.get(folder) ?? null,
    prepare: (row) => row,
    deliver: async (news) => {
      for await (const line of news) lines.push(JSON.parse(line).query);
      return [];
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
