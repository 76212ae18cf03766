import { writeFile } from 'node:fs/promises';
import type { ReportRow } from '../../src/record/columns.js';

const HEAD =
  'identity_line_item_id,bill_payer_account_id,line_item_usage_account_id,line_item_line_item_type,line_item_product_code,line_item_usage_type,line_item_usage_amount,line_item_unblended_cost,line_item_currency_code,line_item_resource_id,line_item_usage_start_date,line_item_usage_end_date,product_region_code';

/** A line of a bill for Athena; without a usage type it names no workgroup, as credits and taxes do. */
export interface BillLine {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly usage: string;
  readonly workgroup: string;
  readonly usd: number;
  /** ISO 8601; the line is of the hour from there. */
  readonly start: string;
}

/** Writes a legacy cost and usage report of CSV. */
export async function writeBill(path: string, lines: readonly BillLine[]): Promise<void> {
  const texts = lines.map(({ account, region, type, usage, workgroup, usd, start }, index) => {
    const end = new Date(Date.parse(start) + HOUR).toISOString();
    const resource = usage === '' ? '' : `arn:aws:athena:${region}:${account}:workgroup/${workgroup}`;
    return `line-${index},9,${account},${type},AmazonAthena,${usage},${usd / 5},${usd},USD,${resource},${seconds(start)},${seconds(end)},${region}`;
  });
  await writeFile(path, `${[HEAD, ...texts].join('\n')}\n`);
}

const HOUR = 3_600_000;

function seconds(iso: string): string {
  return iso.replace('.000Z', 'Z');
}

/** What AWS charges for rows: a line a workgroup and hour, a tenth more in every seventh. */
export function linesOf(rows: Iterable<ReportRow>): BillLine[] {
  const lines = new Map<string, BillLine>();
  for (const { account_id: account, region, workgroup, cost_usd: usd, start_time: at } of rows) {
    if (!usd || workgroup === null) continue;
    const start = new Date(Math.floor(at / HOUR) * HOUR).toISOString();
    const key = `${account} ${region} ${workgroup} ${start}`;
    const usage = region === 'us-east-1' ? 'USE1-DataScannedInTB' : `${region}-DataScannedInTB`;
    const known = lines.get(key) ?? { account, region, type: 'Usage', usage, workgroup, usd: 0, start };
    lines.set(key, { ...known, usd: known.usd + usd });
  }
  return [...lines.values()].map((line, index) => (index % 7 === 0 ? { ...line, usd: line.usd * 1.1 } : line));
}
