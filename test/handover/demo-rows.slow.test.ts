import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDemo } from '../../src/cli/demo/demo.js';
import { createFeed, type RowFeedName } from '../../src/handover/feeds/feeds.js';
import { listHours } from '../../src/handover/feeds/list-hours.js';
import { readHourRows } from '../../src/handover/feeds/read-hour.js';
import type { ReportRow } from '../../src/record/columns.js';
import { maskRow } from '../../src/record/mask-row.js';
import { createLocalStore } from '../../src/storage/local-store.js';
import { REPORT_CODEC } from '../../src/storage/report-codec.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { SCHEMAS, validators } from './consumer-schemas.js';
import { csvRecords } from './csv-records.js';

const FEEDS: readonly (readonly [string, RowFeedName, '1.8.0' | '1.1.0'])[] = [
  ['openlineage', 'openlineage', '1.8.0'],
  ['openmetadata', 'openmetadata', '1.8.0'],
  ['datahub', 'datahub', '1.8.0'],
  ['ocsf-1.8.0', 'ocsf', '1.8.0'],
  ['ocsf-1.1.0', 'ocsf', '1.1.0'],
  ['focus', 'focus', '1.8.0'],
  ['ecs', 'ecs', '1.8.0'],
];

let folder = '';
let rows: ReportRow[] = [];
beforeAll(async () => {
  if (!existsSync(SCHEMAS)) return;
  folder = mkdtempSync(join(tmpdir(), 'aqt-demo-rows-'));
  const output = join(folder, 'reports');
  const clock = { now: () => Date.now(), sleep: async () => {} };
  await runDemo({ output, format: 'json', days: 14, seed: 1, serve: false } as never, quietIo({ clock }));
  const store = createLocalStore(output, { clock });
  rows = [];
  for await (const hour of listHours({ store, from: null, to: null }))
    for await (const row of readHourRows({ store, codec: REPORT_CODEC }, hour)) rows.push(row);
}, 300_000);
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

/** A cell of FOCUS as it is typed; an empty one is null. */
function typedCell(name: string, cell: string): unknown {
  if (cell === '') return null;
  if (name === 'Tags') return JSON.parse(cell);
  return /Cost|Quantity|Price/.test(name) ? Number(cell) : cell;
}

function recordsOf(feed: ReturnType<typeof createFeed>, row: ReportRow): Record<string, unknown>[] {
  const record = feed.encode(row);
  if ('skipped' in record) return [];
  if (feed.header === null) return record.lines.map((line) => JSON.parse(line));
  const names = feed.header.split(',');
  return record.lines.map((line) => {
    const [cells = []] = csvRecords(line);
    expect(cells).toHaveLength(names.length);
    const entries = names.map((name, at) => [name, cells[at] ?? '']);
    if (!names.includes('ChargeCategory')) return Object.fromEntries(entries);
    const typed = ([name = '', cell = '']: string[]) => [name, typedCell(name, cell)];
    return Object.fromEntries(entries.map(typed));
  });
}

/** What each consumer would not take. */
const SPOILT: Readonly<Record<string, Record<string, unknown>>> = {
  openlineage: { run: { runId: 'no' } },
  openmetadata: { start_time: '2026-11-02T07:00:00Z' },
  datahub: { query: 7 },
  'ocsf-1.8.0': { time: 'yesterday' },
  'ocsf-1.1.0': { severity_id: 1000 },
  focus: { ChargePeriodStart: 'yesterday' },
  ecs: { event: { kind: 'query' } },
};

describe.skipIf(!existsSync(SCHEMAS))('every row of the demo', () => {
  const validate = existsSync(SCHEMAS) ? validators() : {};

  it.each(FEEDS)('is a valid record, as it is and masked, or has a reason: %s', (name, feedName, ocsfVersion) => {
    const feed = createFeed(feedName, {
      producer: 'https://example.com/t',
      databaseName: null,
      lineage: 'given',
      ocsfVersion,
    });
    const faults = new Map<string, number>();
    let records = 0;
    let spoilt = 0;
    for (const row of rows)
      for (const record of [...recordsOf(feed, row), ...recordsOf(feed, maskRow(row))]) {
        records++;
        const fault = validate[name]?.(JSON.stringify(record));
        if (fault !== null) faults.set(String(fault), (faults.get(String(fault)) ?? 0) + 1);
        if (validate[name]?.(JSON.stringify({ ...record, ...SPOILT[name] })) === null) spoilt++;
      }
    expect([...faults].slice(0, 5)).toEqual([]);
    // Each of them would have been refused with a fault in it.
    expect(spoilt).toBe(0);
    expect(rows.length).toBeGreaterThan(1500);
    expect(records).toBeGreaterThan(rows.length);
  });
});
