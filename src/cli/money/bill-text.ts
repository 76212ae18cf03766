import type { Bill } from '../../handover/bill/bill-lines.js';
import { billTotals } from '../../handover/bill/bill-lines.js';
import type { BillComparison } from '../../handover/bill/compare-bill.js';
import type { ComparedCell, Reason } from '../../handover/bill/compared-cell.js';
import { deriveRates } from '../../handover/bill/derive-prices.js';

/** What each reason means, for people. */
const WORDS: Readonly<Record<Reason, string>> = {
  'tb-basis': 'the bill counts another TB than the tracker (2^40 or 10^12 bytes)',
  'discount-or-net-rate': 'the bill has another rate: a discount, a private price, or another list price',
  'price-unknown': 'the tracker knows no price for the Region',
  'still-open': 'queries of which the tracker does not know the end yet: settle',
  'moved-between-days': 'the bill counts queries on the day before or after',
  'not-on-the-bill-yet': 'the bill ends before these queries',
  'month-missing': 'the bill lacks the month',
  'hours-not-collected': 'hours that nobody collected',
  'account-not-collected': 'an account that nobody collects',
  'region-not-collected': 'a Region that nobody collects',
  'workgroup-not-collected': 'a workgroup of which the reports show no query',
  'account-not-on-the-bill': 'an account of another bill',
  'no-workgroup-on-the-line': 'lines without a resource id',
  'in-the-reservation': 'queries on a reservation, and their share in its line',
  'reservation-idle': 'reserved capacity that no query used',
  spark: 'Athena for Apache Spark',
  credit: 'credits',
  refund: 'refunds',
  tax: 'taxes',
  'other-usage': 'other lines of Athena',
  rounding: 'rounding, less than half a cent each',
  unexplained: 'NOT EXPLAINED',
};

/** The comparison as people read it. */
export function billText(bill: Bill, comparison: BillComparison, pricesFile: string): string {
  const { trackerUsd, billUsd, reasons } = comparison;
  const totals = billTotals(bill.lines, 'USD');
  const other = Object.entries(bill.otherServices).filter(([, net]) => net !== 0);
  return [
    `bill of ${bill.periods.join(', ') || 'no month'}: ${bill.files.length} files (${bill.formats.join(', ')})`,
    `Athena on the bill: ${usd(totals.scan.net)} for ${totals.scan.terabytes} TB scanned (list ${usd(totals.scan.list)}), ${usd(totals.reservation.net)} for ${totals.reservation.dpuHours} DPU-hours reserved, ${usd(totals.spark.net)} Spark, ${usd(totals.credit + totals.refund)} credits and refunds, ${usd(totals.tax)} tax`,
    '',
    ...table(groups(comparison.cells)),
    '',
    `tracker ${usd(trackerUsd)}, bill ${usd(billUsd)}, difference ${usd(billUsd - trackerUsd)}:`,
    ...reasonLines(reasons),
    '',
    ...told(bill, comparison),
    ...deriveRates(bill.lines).map(
      ({ account, region, list, net, percent }) =>
        `${account} ${region || '(no Region)'} pays ${net} USD per TB${percent === 0 ? '' : ` (list ${list}, less ${percent}%)`}`,
    ),
    `a TB is ${comparison.bytesPerTb === null ? 'not told by usage that both know' : `${comparison.bytesPerTb === 2 ** 40 ? '2^40' : '10^12'} bytes`}`,
    ...(other.length > 0
      ? [`not Athena, so not compared: ${other.map(([code, net]) => `${code || 'taxes'} ${usd(net)}`).join(', ')}`]
      : []),
    '',
    'prices file that prices the reports as this bill does (`aqt settle <output> --prices prices.yaml`):',
    pricesFile,
  ].join('\n');
}

function reasonLines(reasons: BillComparison['reasons']): string[] {
  const given = Object.entries(reasons) as [Reason, number][];
  return given
    .filter(([, amount]) => Math.abs(amount) >= 0.00005)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .map(([reason, amount]) => `  ${usd(amount).padStart(12)}  ${reason}: ${WORDS[reason]}`);
}

function told(bill: Bill, { otherCurrencies, missingMonths, unseenPrincipals }: BillComparison): string[] {
  return [
    ...bill.notCounted.map(({ name, reason }) => `not counted: ${name}: ${reason}`),
    ...(bill.repeatedLines > 0 ? [`counted once: ${bill.repeatedLines} lines that stand in several files`] : []),
    ...Object.entries(otherCurrencies).map(
      ([currency, net]) => `not compared: ${net.toFixed(2)} ${currency}: the reports count US dollars`,
    ),
    ...missingMonths.map((month) => `the bill lacks ${month}, of which there are reports`),
    ...unseenPrincipals.map((principal) => `on the bill and in no report: ${principal}`),
  ];
}

interface Group {
  readonly name: string;
  readonly tracker: number;
  readonly bill: number;
  readonly unexplained: number;
}

function groups(cells: readonly ComparedCell[]): Group[] {
  const all = new Map<string, Group>();
  for (const { account, region, workgroup, trackerUsd, billUsd, reasons } of cells) {
    const name = `${account}  ${(region || '-').padEnd(14)}  ${workgroup ?? '(none on the line)'}`;
    const before = all.get(name) ?? { name, tracker: 0, bill: 0, unexplained: 0 };
    const unexplained = before.unexplained + (reasons.unexplained ?? 0);
    all.set(name, { name, tracker: before.tracker + trackerUsd, bill: before.bill + billUsd, unexplained });
  }
  return [...all.values()].sort((a, b) => b.bill - a.bill || (a.name < b.name ? -1 : 1));
}

function table(all: readonly Group[]): string[] {
  const width = Math.max(40, ...all.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(12))].join('  ');
  return [
    line('account, Region, workgroup', ['tracker', 'bill', 'difference', 'unexplained']),
    ...all.map(({ name, tracker, bill, unexplained }) =>
      line(name, [tracker, bill, bill - tracker, unexplained].map(usd)),
    ),
  ];
}

function usd(amount: number): string {
  const text = Math.abs(amount).toFixed(2);
  return `${amount < 0 && Number(text) !== 0 ? '-' : ''}$${text}`;
}
