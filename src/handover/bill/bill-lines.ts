import type { BillFormat } from './bill-format.js';

/** Lines of a bill about Athena, added up. Money is of `currency`. */
export interface BillLine {
  readonly account: string;
  /** Empty where the line names none. */
  readonly region: string;
  /** Null where the line names none. */
  readonly workgroup: string | null;
  /** UTC day or hour, as ISO 8601. */
  readonly slot: string;
  readonly kind: 'scan' | 'reservation' | 'spark' | 'other' | 'discount' | 'credit' | 'refund' | 'tax';
  /** What a discount line is for. */
  readonly thing: 'scan' | 'reservation' | 'spark' | 'other';
  readonly currency: string;
  /** TB or DPU-hours. */
  readonly amount: number;
  readonly list: number;
  readonly net: number;
  readonly lines: number;
}

/** What was read of a bill. */
export interface Bill {
  readonly lines: readonly BillLine[];
  /** Months, YYYY-MM, that the bill has. */
  readonly periods: readonly string[];
  readonly formats: readonly BillFormat[];
  readonly files: readonly string[];
  /** Files that were left out, and why: nothing is counted twice, nothing is left out in silence. */
  readonly notCounted: readonly { readonly name: string; readonly reason: string }[];
  /** Lines that stand in several files and were counted once. */
  readonly repeatedLines: number;
  /** Lines of Athena whose time, amount or cost is none: what cannot be read of them counts nothing. */
  readonly unreadableLines: number;
  /** Net cost of other services by product code; empty for taxes without a product. */
  readonly otherServices: Readonly<Record<string, number>>;
  /** IAM principals on lines of Athena, where the bill has them. */
  readonly principals: readonly string[];
  readonly isHourly: boolean;
}

/** Gives lines of discounts to the usage that they are for, in proportion; what fits no usage stays as it is. */
export function spreadDiscounts(lines: readonly BillLine[]): BillLine[] {
  const keyOf = ({ account, region, currency }: BillLine, thing: string) =>
    [account, region, currency, thing].join('\n');
  const listed = new Map<string, number>();
  for (const line of lines) if (line.kind === line.thing) add(listed, keyOf(line, line.thing), line.list);
  const discounts = new Map<string, number>();
  const rest: BillLine[] = [];
  for (const line of lines) {
    if (line.kind !== 'discount') continue;
    const key = keyOf(line, line.thing);
    if ((listed.get(key) ?? 0) > 0) add(discounts, key, line.net);
    else rest.push(line);
  }
  const usage = lines
    .filter(({ kind }) => kind !== 'discount')
    .map((line) => {
      const key = keyOf(line, line.thing);
      const discount = line.kind === line.thing ? (discounts.get(key) ?? 0) : 0;
      return discount === 0 ? line : { ...line, net: line.net + (discount * line.list) / (listed.get(key) ?? 1) };
    });
  return [...usage, ...rest];
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

/** Athena on a bill, in one currency. */
export interface BillTotals {
  readonly scan: UsageTotals & { readonly terabytes: number };
  readonly reservation: UsageTotals & { readonly dpuHours: number };
  readonly spark: UsageTotals & { readonly dpuHours: number };
  readonly other: UsageTotals;
  readonly credit: number;
  readonly refund: number;
  readonly tax: number;
  /** Discounts that fit no usage of the bill. */
  readonly discount: number;
  readonly net: number;
}

interface UsageTotals {
  readonly list: number;
  readonly net: number;
}

/** Adds up what a bill says of Athena. */
export function billTotals(lines: readonly BillLine[], currency: string): BillTotals {
  const mine = lines.filter((line) => line.currency === currency);
  const of = (kind: BillLine['kind'], value: 'amount' | 'list' | 'net') =>
    mine.filter((line) => line.kind === kind).reduce((sum, line) => sum + line[value], 0);
  const usage = (kind: BillLine['kind']) => ({ list: of(kind, 'list'), net: of(kind, 'net') });
  return {
    scan: { ...usage('scan'), terabytes: of('scan', 'amount') },
    reservation: { ...usage('reservation'), dpuHours: of('reservation', 'amount') },
    spark: { ...usage('spark'), dpuHours: of('spark', 'amount') },
    other: usage('other'),
    credit: of('credit', 'net'),
    refund: of('refund', 'net'),
    tax: of('tax', 'net'),
    discount: of('discount', 'net'),
    net: mine.reduce((sum, { net }) => sum + net, 0),
  };
}
