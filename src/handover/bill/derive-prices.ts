import { stringify } from 'yaml';
import { BINARY_TB } from '../../athena/prices.js';
import type { BillLine } from './bill-lines.js';

/** What one account paid for scans in one Region. */
export interface DerivedRate {
  readonly account: string;
  readonly region: string;
  /** US dollars per TB, before and after discounts. */
  readonly list: number;
  readonly net: number;
  readonly percent: number;
}

interface Sums {
  amount: number;
  list: number;
  net: number;
}

/** The rates of scans that a bill shows. */
export function deriveRates(lines: readonly BillLine[]): DerivedRate[] {
  const rates: DerivedRate[] = [];
  for (const [key, { amount, list, net }] of sumsOf(lines, 'scan', ({ account, region }) => `${account} ${region}`)) {
    const [account = '', region = ''] = key.split(' ');
    if (amount <= 0) continue;
    const percent = list > net ? rounded((1 - net / list) * 100, 4) : 0;
    rates.push({ account, region, list: rounded(list / amount, 6), net: rounded(net / amount, 6), percent });
  }
  return rates.sort((a, b) => (a.account + a.region < b.account + b.region ? -1 : 1));
}

/** The prices file that makes the tracker say what the bill says: `settle --prices` prices the reports anew. */
export function pricesFileOf(
  lines: readonly BillLine[],
  { bytesPerTb, periods }: { readonly bytesPerTb: number | null; readonly periods: readonly string[] },
): string {
  const rates = deriveRates(lines);
  const source = `bill of ${periods.join(', ')}`;
  const regions: Record<string, Record<string, unknown>> = {};
  for (const { region, list } of rates) if (region !== '') regions[region] = { scan: list, source };
  for (const [region, { amount, net }] of sumsOf(lines, 'reservation', (line) => line.region))
    if (amount > 0 && region !== '')
      regions[region] = { ...regions[region], reservation: rounded(net / amount, 6), source };
  const discounts = discountsOf(rates);
  const file = {
    ...(bytesPerTb === null ? {} : { tb: bytesPerTb === BINARY_TB ? 'binary' : 'decimal' }),
    ...(Object.keys(regions).length > 0 ? { regions } : {}),
    ...(discounts.length > 0 ? { discounts } : {}),
  };
  return `# Derived from the ${source}; check it before use.\n${stringify(file)}`;
}

/** One discount for all where all have the same, else one for each account, else for each account and Region. */
function discountsOf(rates: readonly DerivedRate[]): Record<string, unknown>[] {
  const paid = rates.filter(({ percent }) => percent !== 0);
  const isAlike = (some: readonly DerivedRate[]) => new Set(some.map(({ percent }) => percent)).size === 1;
  if (paid.length === 0) return [];
  if (isAlike(rates)) return [{ percent: paid[0]?.percent, on: 'scan' }];
  const accounts = [...new Set(paid.map(({ account }) => account))];
  return accounts.flatMap((account) => {
    const mine = rates.filter((rate) => rate.account === account);
    if (isAlike(mine)) return [{ percent: mine[0]?.percent, on: 'scan', account }];
    const own = mine.filter(({ percent }) => percent !== 0);
    return own.map(({ region, percent }) => ({ percent, on: 'scan', account, region }));
  });
}

function sumsOf(
  lines: readonly BillLine[],
  thing: BillLine['kind'],
  keyOf: (line: BillLine) => string,
): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const line of lines) {
    if (line.kind !== thing || line.currency !== 'USD') continue;
    const sum = sums.get(keyOf(line)) ?? { amount: 0, list: 0, net: 0 };
    sums.set(keyOf(line), sum);
    sum.amount += line.amount;
    sum.list += line.list;
    sum.net += line.net;
  }
  return sums;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
