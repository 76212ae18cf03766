import type { Bill } from '../../handover/bill/bill-lines.js';
import { billTotals } from '../../handover/bill/bill-lines.js';
import { type CellGroup, groupCells } from '../../handover/bill/cell-groups.js';
import type { BillComparison } from '../../handover/bill/compare-bill.js';
import type { Reason } from '../../handover/bill/compared-cell.js';
import { type DerivedRate, deriveRates } from '../../handover/bill/derive-prices.js';
import { REASON_WORDS, whatIsNotCompared } from '../../handover/bill/reason-words.js';

/** The comparison as people read it. */
export function billText(bill: Bill, comparison: BillComparison, pricesFile: string): string {
  const { trackerUsd, billUsd, reasons } = comparison;
  const totals = billTotals(bill.lines, 'USD');
  return [
    `bill of ${bill.periods.join(', ') || 'no month'}: ${bill.files.length === 1 ? '1 file' : `${bill.files.length} files`} (${bill.formats.join(', ')})`,
    `Athena on the bill: ${usd(totals.scan.net)} for ${rounded(totals.scan.terabytes)} TB scanned (list ${usd(totals.scan.list)}), ${usd(totals.reservation.net)} for ${rounded(totals.reservation.dpuHours)} DPU-hours reserved, ${usd(totals.spark.net)} Spark, ${usd(totals.credit + totals.refund)} credits and refunds, ${usd(totals.tax)} tax`,
    '',
    ...table(groupCells(comparison.cells)),
    '',
    `tracker ${usd(trackerUsd)}, bill ${usd(billUsd)}, difference ${usd(billUsd - trackerUsd)}:`,
    ...reasonLines(reasons),
    '',
    ...whatIsNotCompared(bill, comparison),
    ...rateLines(bill, deriveRates(bill.lines), comparison.bytesPerTb),
    '',
    'prices file that prices the reports as this bill does (`aqt settle <output> --prices prices.yaml`):',
    pricesFile,
  ].join('\n');
}

/** The rates and the TB that a bill shows, and what other services cost. */
export function rateLines(bill: Bill, rates: readonly DerivedRate[], bytesPerTb: number | null): string[] {
  const other = Object.entries(bill.otherServices).filter(([, net]) => net !== 0);
  const basis = bytesPerTb === 2 ** 40 ? '2^40 bytes' : '10^12 bytes';
  return [
    ...rates.map(
      ({ account, region, list, net, percent }) =>
        `${account} ${region || '(no Region)'} pays ${net} USD per TB${percent === 0 ? '' : ` (list ${list}, less ${percent}%)`}`,
    ),
    `a TB is ${bytesPerTb === null ? 'not told by usage that both know' : basis}`,
    ...(other.length > 0
      ? [`not Athena, so not compared: ${other.map(([code, net]) => `${code || 'taxes'} ${usd(net)}`).join(', ')}`]
      : []),
  ];
}

function reasonLines(reasons: BillComparison['reasons']): string[] {
  const given = Object.entries(reasons) as [Reason, number][];
  return given
    .filter(([, amount]) => Math.abs(amount) >= 0.00005)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .map(([reason, amount]) => `  ${usd(amount).padStart(12)}  ${reason}: ${REASON_WORDS[reason]}`);
}

function table(all: readonly CellGroup[]): string[] {
  const nameOf = ({ account, region, workgroup }: CellGroup) =>
    `${account}  ${(region || '-').padEnd(14)}  ${workgroup ?? '(none on the line)'}`;
  const width = Math.max(40, ...all.map((group) => nameOf(group).length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(12))].join('  ');
  return [
    line('account, Region, workgroup', ['tracker', 'bill', 'difference', 'unexplained']),
    ...all.map((group) => {
      const { trackerUsd, billUsd, unexplainedUsd } = group;
      return line(nameOf(group), [trackerUsd, billUsd, billUsd - trackerUsd, unexplainedUsd].map(usd));
    }),
  ];
}

function usd(amount: number): string {
  const text = Math.abs(amount).toFixed(2);
  return `${amount < 0 && Number(text) !== 0 ? '-' : ''}$${text}`;
}

/** Six digits behind the point at most: a megabyte of a TB. */
function rounded(amount: number): string {
  return String(Number(amount.toFixed(6)));
}
