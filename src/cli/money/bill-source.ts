import type { BillReason, BillSource, BillView } from '../../dashboard/server/bill-view.js';
import type { Bill } from '../../handover/bill/bill-lines.js';
import { groupCells } from '../../handover/bill/cell-groups.js';
import { type BillComparison, compareBill, unexplainedUsd } from '../../handover/bill/compare-bill.js';
import type { ComparedCell, Reason } from '../../handover/bill/compared-cell.js';
import { deriveRates, pricesFileOf } from '../../handover/bill/derive-prices.js';
import { readBill } from '../../handover/bill/read-bill.js';
import { REASON_WORDS, whatIsNotCompared } from '../../handover/bill/reason-words.js';
import { readTracker } from '../../handover/bill/tracker-usage.js';
import type { Io } from '../terminal/io.js';
import { rateLines } from './bill-text.js';
import { openBill } from './open-bill.js';

/** How long what was read of a bill is good: AWS delivers it anew some times a day. */
const FRESH_MS = 10 * 60_000;

/** A bill for the dashboard. Its files are read again after some minutes, and one at a time. */
export function billSource(name: string, { profile }: { readonly profile?: string | undefined }, io: Io): BillSource {
  const known = new Map<string, { readonly bill: Promise<Bill>; readonly until: number }>();
  let last: Promise<unknown> = Promise.resolve();
  const read = async (by: 'day' | 'hour'): Promise<Bill> => {
    const files = await openBill(name, { ...io, profile });
    try {
      return await readBill(files, by);
    } finally {
      await files.close();
    }
  };
  const billOf = (by: 'day' | 'hour'): Promise<Bill> => {
    const before = known.get(by);
    if (before && io.clock.now() < before.until) return before.bill;
    const bill = last.then(() => read(by));
    last = bill.catch(() => known.delete(by));
    known.set(by, { bill, until: io.clock.now() + FRESH_MS });
    return bill;
  };
  return {
    name,
    async compare(run, by) {
      try {
        const bill = await billOf(by);
        if (by === 'hour' && !bill.isHourly) return { problem: 'its lines are of days: compare by day' };
        const comparison = compareBill(bill, await readTracker(run, by));
        return viewOf(bill, comparison);
      } catch (error) {
        return { problem: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

function viewOf(bill: Bill, comparison: BillComparison): BillView {
  const { periods, formats, files, isHourly } = bill;
  const { trackerUsd, billUsd, bytesPerTb, cells } = comparison;
  return {
    ...{ periods, formats, files, isHourly, trackerUsd, billUsd },
    unexplainedUsd: unexplainedUsd(comparison),
    reasons: reasonsOf(comparison.reasons),
    groups: groupCells(cells).map((group) => ({ ...group, reasons: reasonsOf(group.reasons) })),
    slots: slotsOf(cells),
    notes: whatIsNotCompared(bill, comparison),
    rates: rateLines(bill, deriveRates(bill.lines), bytesPerTb),
    pricesFile: pricesFileOf(bill.lines, { bytesPerTb, periods }),
  };
}

function reasonsOf(reasons: BillComparison['reasons']): BillReason[] {
  return (Object.entries(reasons) as [Reason, number][])
    .filter(([, usd]) => Math.abs(usd) >= 0.00005)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .map(([reason, usd]) => ({ reason, words: REASON_WORDS[reason], usd }));
}

function slotsOf(cells: readonly ComparedCell[]): BillView['slots'] {
  const slots = new Map<string, { trackerUsd: number; billUsd: number; unexplainedUsd: number }>();
  for (const { slot, trackerUsd, billUsd, reasons } of cells) {
    const sums = slots.get(slot) ?? { trackerUsd: 0, billUsd: 0, unexplainedUsd: 0 };
    slots.set(slot, sums);
    sums.trackerUsd += trackerUsd;
    sums.billUsd += billUsd;
    sums.unexplainedUsd += Math.abs(reasons.unexplained ?? 0);
  }
  return [...slots].sort(([a], [b]) => (a < b ? -1 : 1)).map(([slot, sums]) => ({ slot, ...sums }));
}
