import type { TruthRow } from './truth.js';
import { truthOf } from './truth.js';
import type { World } from './world.js';

/** What is to be found on a bill beside the honest price of every query. */
export interface PlantedDeviations {
  /** Percent of the list price that are not paid, in the net column. */
  readonly discountPercent?: number;
  /** US dollars that AWS gives back. */
  readonly creditUsd?: number;
  readonly taxUsd?: number;
  /** US dollars of scans in a workgroup that nobody collects. */
  readonly strangerUsd?: number;
  /** The same in another Region, and in another account. */
  readonly strangeRegionUsd?: number;
  readonly strangeAccountUsd?: number;
  /** DPU-hours of a reservation that nobody holds. */
  readonly ghostDpuHours?: number;
  /** Hours at the end of the window that the bill does not have yet. */
  readonly missingHours?: number;
  /** US dollars of Spark. */
  readonly sparkUsd?: number;
  /** Bytes of the TB; AWS does not say which it is. */
  readonly bytesPerTb?: number;
  /** US dollars of scans on the bill that nobody ran. */
  readonly ghostUsd?: number;
}

/** A bill, and the dollars of scans and of the reservation that stand on it at list prices. */
export interface SimulatedBill {
  /** CUR 2.0 by hour, CSV. */
  readonly csv: string;
  readonly scanUsd: number;
  readonly reservationUsd: number;
}

const USD_PER_TB = 5;
const USD_PER_DPU_HOUR = 0.3;
const HOUR_MS = 3_600_000;
const COLUMNS = [
  ...['identity_line_item_id', 'identity_time_interval', 'bill_payer_account_id', 'bill_billing_period_start_date'],
  ...['line_item_usage_account_id', 'line_item_line_item_type', 'line_item_product_code', 'line_item_usage_type'],
  ...['line_item_usage_amount', 'line_item_unblended_cost', 'line_item_net_unblended_cost'],
  ...['line_item_currency_code', 'line_item_resource_id', 'line_item_usage_start_date', 'line_item_usage_end_date'],
  'product_region_code',
];

interface Line {
  readonly type: 'Usage' | 'Credit' | 'Tax';
  readonly usage: string;
  readonly hour: number;
  readonly amount: number;
  readonly usd: number;
  readonly workGroup: string | null;
  /** Where it is not the account's or the bill's own. */
  readonly accountId?: string;
  readonly region?: string;
}

/**
 * Bills what an account ran in us-east-1 and submitted in a window, by rules of its own: the truth of the simulator, not what anybody
 * collected. Queries of reserved workgroups cost nothing but the reservation, which costs every hour of the
 * window, and of the time until the last of them ends.
 */
export function billOf(
  world: World,
  request: {
    readonly accountId: string;
    /** Whole hours, epoch milliseconds. */
    readonly from: number;
    readonly until: number;
    readonly planted?: PlantedDeviations;
  },
): SimulatedBill {
  const { accountId, from, until, planted = {} } = request;
  const region = 'us-east-1';
  const { bytesPerTb = 2 ** 40 } = planted;
  const megabyte = bytesPerTb === 10 ** 12 ? 10 ** 6 : 2 ** 20;
  const scans = new Map<string, { readonly hour: number; readonly workGroup: string; bytes: number }>();
  let last = until - HOUR_MS;
  for (const row of truthOf(world).rows({ from, until, accountId, region })) {
    last = Math.max(last, Math.floor((row.completedAt ?? row.submittedAt) / HOUR_MS) * HOUR_MS);
    if (!isCharged(row)) continue;
    const hour = Math.floor((row.completedAt ?? row.submittedAt) / HOUR_MS) * HOUR_MS;
    const key = `${hour} ${row.workGroup}`;
    const cell = scans.get(key) ?? { hour, workGroup: row.workGroup, bytes: 0 };
    cell.bytes += Math.max(10, Math.ceil((row.scannedBytes ?? 0) / megabyte)) * megabyte;
    scans.set(key, cell);
  }
  const lines: Line[] = [...scans.values()].map(({ hour, workGroup, bytes }) => {
    const amount = bytes / bytesPerTb;
    return { type: 'Usage', usage: 'USE1-DataScannedInTB', hour, amount, usd: amount * USD_PER_TB, workGroup };
  });
  const end = planted.missingHours === undefined ? Number.POSITIVE_INFINITY : until - planted.missingHours * HOUR_MS;
  const scanUsd = lines.reduce((sum, { usd, hour }) => sum + (hour < end ? usd : 0), 0);
  const { dpus } = world.company.reservation;
  for (let hour = from; hour <= last; hour += HOUR_MS) lines.push(reservedLine(hour, dpus));
  lines.push(...plantedLines(planted, from));
  const rate = 1 - (planted.discountPercent ?? 0) / 100;
  const shown = lines.filter(({ hour }) => hour < end);
  const csv = [COLUMNS.join(','), ...shown.map((line, index) => printed(line, { index, rate, accountId, region }))];
  const reservationUsd = shown.filter(({ usage }) => usage.endsWith('InDPUHours') && !usage.includes('Code'));
  return { csv: `${csv.join('\n')}\n`, scanUsd, reservationUsd: reservationUsd.reduce((sum, { usd }) => sum + usd, 0) };
}

function reservedLine(hour: number, dpuHours: number): Line {
  const usage = 'USE1-ReservedCapacityInDPUHours';
  return { type: 'Usage', usage, workGroup: null, hour, amount: dpuHours, usd: dpuHours * USD_PER_DPU_HOUR };
}

/** Failed and refused queries, reused results and statements that only change or show metadata are free. */
function isCharged({
  finalState,
  isReused,
  isReserved,
  scannedBytes,
  statementType,
  substatementType,
}: TruthRow): boolean {
  if (finalState === 'REFUSED' || finalState === 'FAILED' || isReused || isReserved) return false;
  if (finalState === 'CANCELLED' && scannedBytes === 0) return false;
  if (substatementType === 'CREATE_TABLE_AS_SELECT') return true;
  return statementType === 'DML' && (scannedBytes !== 0 || substatementType === 'SELECT');
}

function plantedLines(planted: PlantedDeviations, hour: number): Line[] {
  const scan = (usd: number | undefined, workGroup: string): Line[] =>
    usd === undefined
      ? []
      : [{ type: 'Usage', usage: 'USE1-DataScannedInTB', hour, amount: usd / USD_PER_TB, usd, workGroup }];
  const other = (type: Line['type'], usd: number | undefined, usage: string): Line[] =>
    usd === undefined ? [] : [{ type, usage, hour, amount: 1, usd, workGroup: null }];
  return [
    ...scan(planted.strangerUsd, 'stranger'),
    ...scan(planted.ghostUsd, 'etl'),
    ...scan(planted.strangeRegionUsd, 'etl').map((line) => ({ ...line, region: 'eu-north-1' })),
    ...scan(planted.strangeAccountUsd, 'etl').map((line) => ({ ...line, accountId: '999900001111' })),
    ...(planted.ghostDpuHours === undefined ? [] : [reservedLine(hour, planted.ghostDpuHours)]),
    ...other('Usage', planted.sparkUsd, 'USE1-CodeExecutionInDPUHours'),
    ...other('Credit', planted.creditUsd === undefined ? undefined : -planted.creditUsd, ''),
    ...other('Tax', planted.taxUsd, ''),
  ];
}

function printed(
  { type, usage, hour, amount, usd, workGroup, ...other }: Line,
  at: { readonly index: number; readonly rate: number; readonly accountId: string; readonly region: string },
): string {
  const { index, rate } = at;
  const { accountId = at.accountId, region = at.region } = other;
  const start = new Date(hour).toISOString();
  const end = new Date(hour + HOUR_MS).toISOString();
  const isScan = usage.endsWith('DataScannedInTB');
  const resource = workGroup === null ? '' : `arn:aws:athena:${region}:${accountId}:workgroup/${workGroup}`;
  return [
    ...[`line-${index}`, `${start}/${end}`, accountId, `${start.slice(0, 7)}-01T00:00:00.000Z`],
    ...[accountId, type, 'AmazonAthena', usage, amount, usd, isScan ? usd * rate : usd, 'USD', resource, start, end],
    region,
  ].join(',');
}
