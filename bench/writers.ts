/**
 * How fast are the report writers and readers? Rows per CPU second, each against a baseline of the same run: csv-stringify for
 * CSV, JSON.stringify for JSON lines.
 *
 *   node --expose-gc --import tsx bench/writers.ts [rows=40000] [rounds=5]
 */
import { stringify } from 'csv-stringify/sync';
import { COLUMNS, type ReportRow } from '../src/record/columns.js';
import type { ReportFormat } from '../src/record/manifest.js';
import { exampleRow, streamOf } from '../src/record/row.fixture.js';
import { decodeReport, encodeReport } from '../src/storage/report-codec.js';

const [count = 40_000, rounds = 5] = process.argv.slice(2).map(Number);
const rows = Array.from({ length: count }, (_, i) => busyRow(i));
const BATCH = 1000;

const candidates: readonly { name: string; baseline?: string; run: () => Promise<number> }[] = [
  {
    name: 'csv-stringify',
    run: async () =>
      batches((batch) => stringify(batch as ReportRow[], { cast: { object: (list) => JSON.stringify(list) } })),
  },
  { name: 'csv', baseline: 'csv-stringify', run: () => write('csv') },
  {
    name: 'JSON.stringify',
    run: async () => batches((batch) => batch.map((row) => `${JSON.stringify(row)}\n`).join('')),
  },
  { name: 'json', baseline: 'JSON.stringify', run: () => write('json') },
  { name: 'parquet', baseline: 'csv-stringify', run: () => write('parquet') },
  { name: 'read csv', baseline: 'csv', run: () => read('csv') },
  { name: 'read json', baseline: 'json', run: () => read('json') },
  { name: 'read parquet', baseline: 'parquet', run: () => read('parquet') },
];

const speeds = new Map<string, number[]>(candidates.map(({ name }) => [name, []]));
const sizes = new Map<string, number>();
const files = new Map<ReportFormat, Uint8Array[]>();
for (const format of ['csv', 'json', 'parquet'] as const) files.set(format, await piecesOf(format));
for (let round = 0; round < rounds; round++) {
  for (const { name, run } of candidates) {
    globalThis.gc?.();
    const before = process.cpuUsage();
    sizes.set(name, await run());
    const { user, system } = process.cpuUsage(before);
    speeds.get(name)?.push(count / ((user + system) / 1e6));
  }
}

console.log(`${count} rows of ${COLUMNS.length} columns, ${rounds} rounds, Node ${process.version}; medians`);
for (const { name, baseline } of candidates) {
  const own = speeds.get(name) ?? [];
  const ratio = baseline
    ? `${median(own.map((speed, i) => speed / (speeds.get(baseline)?.[i] ?? 1))).toFixed(2)} x ${baseline}`
    : '';
  const perRow = ((sizes.get(name) ?? 0) / count).toFixed(0);
  console.log(
    `${name.padEnd(15)} ${Math.round(median(own) / 1000)
      .toString()
      .padStart(5)} k rows/cpu-s  ${perRow.padStart(5)} B/row  ${ratio}`,
  );
}

/** A row as a working day gives it: many people, few tables, SQL of about 450 characters. */
function busyRow(i: number): ReportRow {
  const person = `user${i % 211}@example.com`;
  const start = Date.UTC(2025, 7, 28, 5) + i * 90;
  return exampleRow({
    query_execution_id: `5a1e0f3c-1c5d-4c26-9d5e-${String((i * 7919) % 1e12).padStart(12, '0')}`,
    username: person,
    person,
    query: `SELECT c.region, date_trunc('day', o.created_at) AS day,\n       sum(o.total) AS revenue, count(DISTINCT o.customer_id) AS buyers\nFROM sales.orders_${i % 37} o\nJOIN sales.customers c ON c.id = o.customer_id\nWHERE o.created_at >= timestamp '2025-08-${String((i % 28) + 1).padStart(2, '0')} 00:00:00'\n  AND o.status IN ('paid', 'shipped', 'status ${i % 997}')\n  AND regexp_like(c.email, '^[^@]+@(\\w+\\.)?example\\.com$')\nGROUP BY 1, 2\nHAVING sum(o.total) > ${(i * 31) % 10_007}\nORDER BY revenue DESC, "day"\nLIMIT 1000`,
    start_time: start,
    end_time: start + 1000 + ((i * 37) % 9000),
    tables_read: [`awsdatacatalog.sales.orders_${i % 37}`, 'awsdatacatalog.sales.customers'],
    fingerprint: `v1:${String(i % 4001).padStart(16, '0')}`,
    data_scanned_bytes: i * 10_007,
    cost_usd: i % 9 === 0 ? null : (i * 10_007 * 5) / 2 ** 40,
    total_ms: 1000 + ((i * 37) % 9000),
    session_name: person,
    event_id: `8b9c2f10-7d1e-4a53-8a44-${String((i * 104_729) % 1e12).padStart(12, '0')}`,
  });
}

async function batches(encode: (batch: readonly ReportRow[]) => string): Promise<number> {
  let bytes = 0;
  for (let at = 0; at < rows.length; at += BATCH) bytes += Buffer.from(encode(rows.slice(at, at + BATCH))).length;
  return bytes;
}

async function write(format: ReportFormat): Promise<number> {
  let bytes = 0;
  for await (const piece of encodeReport(format, streamOf(rows))) bytes += piece.length;
  return bytes;
}

async function piecesOf(format: ReportFormat): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeReport(format, streamOf(rows))) pieces.push(piece);
  return pieces;
}

async function read(format: ReportFormat): Promise<number> {
  const pieces = files.get(format) ?? [];
  let seen = 0;
  for await (const _ of decodeReport(format, streamOf(pieces))) seen++;
  if (seen !== count) throw new Error(`${format}: ${seen} rows instead of ${count}`);
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
