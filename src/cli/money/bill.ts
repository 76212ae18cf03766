import { writeFile } from 'node:fs/promises';
import { UsageError } from '../../compose/usage-error.js';
import { billTotals } from '../../handover/bill/bill-lines.js';
import { compareBill, unexplainedUsd } from '../../handover/bill/compare-bill.js';
import { deriveRates, pricesFileOf } from '../../handover/bill/derive-prices.js';
import { BillError, readBill } from '../../handover/bill/read-bill.js';
import { readTracker } from '../../handover/bill/tracker-usage.js';
import type { addBill } from '../look/commands-explore.js';
import { openReports } from '../look/open-reports.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { billText } from './bill-text.js';
import { openBill } from './open-bill.js';

export type BillArguments = OptionsOf<typeof addBill> & TreeArgument;

/**
 * `aqt bill`: the reports against a bill of AWS, each difference with its reason. Exit 3 when a difference has none, or when
 * something of the bill could not be compared.
 */
export async function runBill(options: BillArguments, io: Io): Promise<number> {
  const { by = 'day' } = options;
  if (by !== 'day' && by !== 'hour') throw new UsageError(`--by ${by}: give day or hour`);
  const cache = await openReports(options, io);
  const files = await openBill(options.bill, { ...io, profile: options.profile });
  try {
    const bill = await readBill(files, by);
    if (by === 'hour' && !bill.isHourly)
      throw new UsageError(`--by hour: the lines of ${options.bill} are of days; leave --by out`);
    const tracker = await readTracker((sql) => cache.rows(sql), by);
    const comparison = compareBill(bill, tracker);
    const pricesFile = pricesFileOf(bill.lines, { ...comparison, periods: bill.periods });
    if (options.writePrices !== undefined) await writeFile(options.writePrices, pricesFile);
    const unexplained = unexplainedUsd(comparison);
    if (options.json) {
      const { lines, ...read } = bill;
      const athena = billTotals(lines, 'USD');
      const rates = deriveRates(lines);
      const { trackerUsd, billUsd, ...rest } = comparison;
      const money = { trackerUsd, billUsd, differenceUsd: billUsd - trackerUsd, unexplainedUsd: unexplained };
      io.stdout(
        `${JSON.stringify({ schema_version: 1, ...read, athena, ...money, ...rest, rates, pricesFile }, null, 2)}\n`,
      );
    } else io.stdout(billText(bill, comparison, pricesFile));
    const isPartly =
      bill.unreadableLines > 0 ||
      Object.keys(comparison.otherCurrencies).length > 0 ||
      comparison.missingMonths.length > 0;
    return unexplained >= 0.005 || isPartly || comparison.unseenPrincipals.length > 0 ? EXIT.findings : EXIT.done;
  } catch (error) {
    if (error instanceof BillError) throw new UsageError(`--bill ${options.bill}: ${error.message}`, { cause: error });
    throw error;
  } finally {
    await files.close();
    cache.close();
  }
}
