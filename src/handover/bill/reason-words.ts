import type { Bill } from './bill-lines.js';
import type { BillComparison } from './compare-bill.js';
import type { Reason } from './compared-cell.js';

/** What each reason means, for people. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
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
  'dpus-not-told': 'queries on a reservation of which Athena told no DPUs, and the idle time beside them',
  spark: 'Athena for Apache Spark',
  credit: 'credits',
  refund: 'refunds',
  tax: 'taxes',
  'other-usage': 'other lines of Athena',
  rounding: 'rounding, less than half a cent each',
  unexplained: 'NOT EXPLAINED',
};

/** What of a bill was not counted or not compared, and what it lacks: a line each. */
export function whatIsNotCompared(
  bill: Bill,
  { otherCurrencies, missingMonths, unseenPrincipals }: BillComparison,
): string[] {
  return [
    ...bill.notCounted.map(({ name, reason }) => `not counted: ${name}: ${reason}`),
    ...(bill.unreadableLines > 0
      ? [
          `not counted in full: ${bill.unreadableLines} lines of Athena whose time, amount or cost cannot be read: export the bill again, with numbers like 1.25`,
        ]
      : []),
    ...(bill.repeatedLines > 0 ? [`counted once: ${bill.repeatedLines} lines that stand in several files`] : []),
    ...Object.entries(otherCurrencies).map(
      ([currency, net]) => `not compared: ${net.toFixed(2)} ${currency}: the reports count US dollars`,
    ),
    ...missingMonths.map((month) => `the bill lacks ${month}, of which there are reports`),
    ...unseenPrincipals.map((principal) => `on the bill and in no report: ${principal}`),
  ];
}
