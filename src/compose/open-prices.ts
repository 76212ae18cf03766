import { LIST_PRICES, type PriceTable } from '../athena/prices.js';
import { PricesError, parsePrices } from '../athena/prices-file.js';
import type { ReportStore } from '../ports/report-store.js';
import { keepPrices, readKeptPrices } from '../tree/kept-prices.js';
import type { AwsOptions } from './aws-config.js';
import { readText } from './read-text.js';
import { UsageError } from './usage-error.js';

/**
 * Opens the prices of a tree: the file given, else the one that the tree keeps, else list prices. Who writes rows with one given
 * keeps it for the next time.
 * @throws UsageError when it cannot be read; PricesError, with lines, when it is wrong
 */
export async function openPrices(
  place: string | undefined,
  store: ReportStore,
  { keeps = false, ...aws }: AwsOptions & { readonly keeps?: boolean },
): Promise<PriceTable> {
  const text = place === undefined ? await readKeptPrices(store) : await textOf(place, aws);
  if (text === null) return LIST_PRICES;
  const prices = parse(text, place ?? `${store.location}: the prices file kept with the tree`);
  if (place !== undefined && keeps) await keepPrices(store, text);
  return prices;
}

function parse(text: string, place: string): PriceTable {
  try {
    return parsePrices(text);
  } catch (error) {
    if (error instanceof PricesError) throw new PricesError(`${place}:\n${error.message}`, { cause: error });
    throw error;
  }
}

async function textOf(place: string, aws: AwsOptions): Promise<string> {
  try {
    return await readText(place, aws);
  } catch (error) {
    throw new UsageError(`--prices ${place}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
