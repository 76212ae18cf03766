/**
 * What does a large bill take? `readBill` over a CUR 2.0 file of a million lines, as CSV, packed, and as Parquet, each in a process
 * of its own; one line in three is Athena's. Run: npx tsx bench/bill.ts [lines]
 *
 * The aim: under 20 s and 500 MB. CPU time counts both cores and is what a busy machine does not change; `rss` is the peak.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { findBillFiles } from '../src/handover/bill/bill-files.js';
import { billTotals } from '../src/handover/bill/bill-lines.js';
import { readBill } from '../src/handover/bill/read-bill.js';

const COLUMNS = [
  ...['identity_line_item_id', 'identity_time_interval', 'bill_payer_account_id', 'bill_billing_period_start_date'],
  ...['line_item_usage_account_id', 'line_item_line_item_type', 'line_item_product_code', 'line_item_usage_type'],
  ...['line_item_usage_amount', 'line_item_unblended_cost', 'line_item_net_unblended_cost', 'line_item_currency_code'],
  ...['line_item_resource_id', 'line_item_usage_start_date', 'line_item_usage_end_date', 'product_region_code'],
  ...['line_item_line_item_description', 'resource_tags'],
];

const [argument = '1000000', file] = process.argv.slice(2);
if (file === undefined) await compare(Number(argument));
else await readOne(file);

async function compare(lines: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'aqt-bench-bill-'));
  try {
    const csv = join(folder, 'cur.csv');
    await pipeline(Readable.from(textOf(lines)), createWriteStream(csv));
    await pipeline(Readable.from(textOf(lines)), createGzip({ level: 1 }), createWriteStream(`${csv}.gz`));
    await writeParquet(csv, join(folder, 'cur.parquet'));
    for (const name of ['cur.csv', 'cur.csv.gz', 'cur.parquet']) {
      const path = join(folder, name);
      const megabytes = Math.round((await stat(path)).size / 1e6);
      const args = [...process.execArgv, process.argv[1] ?? '', argument, path];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      console.log(`${name.padEnd(12)} ${lines.toLocaleString('en-US')} lines, ${megabytes} MB: ${stdout.trim()}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readOne(path: string): Promise<void> {
  const before = { cpu: process.cpuUsage(), at: performance.now() };
  const bill = await readBill(await findBillFiles(path), 'hour');
  const { user, system } = process.cpuUsage(before.cpu);
  const seconds = (performance.now() - before.at) / 1000;
  const { scan } = billTotals(bill.lines, 'USD');
  const rss = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s CPU, rss ${rss} MB, ${bill.lines.length} sums, ${scan.terabytes.toFixed(2)} TB`,
  );
}

async function writeParquet(from: string, to: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' });
  const connection = await instance.connect();
  await connection.run(`COPY (FROM read_csv('${from}', all_varchar = true)) TO '${to}'`);
  connection.closeSync();
  instance.closeSync();
}

function* textOf(lines: number): Generator<string> {
  yield `${COLUMNS.join(',')}\n`;
  let part = '';
  for (let index = 0; index < lines; index++) {
    part += lineOf(index);
    if (part.length < 1 << 20) continue;
    yield part;
    part = '';
  }
  yield part;
}

/** An hour's line of one of 40 accounts, 3 Regions and 50 workgroups, or of another service. */
function lineOf(index: number): string {
  const hour = Date.UTC(2026, 10, 1) + (index % 720) * 3_600_000;
  const [start, end] = [new Date(hour).toISOString(), new Date(hour + 3_600_000).toISOString()];
  const account = String(100_000_000_000 + (index % 40));
  const region = ['us-east-1', 'eu-west-1', 'ap-south-1'][index % 3] ?? '';
  const isAthena = index % 3 === 0;
  const [product, usage] = isAthena ? ['AmazonAthena', 'DataScannedInTB'] : ['AmazonS3', 'Requests-Tier1'];
  const resource = isAthena
    ? `arn:aws:athena:${region}:${account}:workgroup/group-${index % 50}`
    : `bucket-${index % 9000}`;
  return `${[
    ...[`line-${index.toString(36).padStart(40, '0')}`, `${start}/${end}`, '999999999999', '2026-11-01T00:00:00.000Z'],
    ...[account, 'Usage', product, `X-${usage}`, '0.001234', '0.00617', '0.0058615', 'USD', resource, start, end],
    ...[region, '$5.00 per Terabytes for DataScannedInTB', '{"user_team":"platform"}'].map((cell) =>
      cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell,
    ),
  ].join(',')}\n`;
}
