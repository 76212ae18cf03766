import { LIST_PRICES, type PriceTable } from '../athena/prices.js';
import type { RowInputs } from '../collect/collector.js';
import { type Directory, EMPTY_DIRECTORY } from '../identity/directory/directory.js';
import type { ReportStore } from '../ports/report-store.js';
import { type InputHashes, type InputName, ROW_INPUTS } from '../record/manifest.js';
import { inputHash, keepInputs, readInputHashes, readInputs } from '../tree/kept-inputs.js';
import type { AwsOptions } from './aws-config.js';
import { readText } from './read-text.js';
import { UsageError } from './usage-error.js';

/** Where what rows are made with lies: files or `s3://bucket/key`; absent for what the tree was made with. */
export type GivenInputs = Readonly<Partial<Record<InputName, string | undefined>>>;

/**
 * Reads an identity directory from a file or `s3://bucket/key`; none is an empty one.
 * @throws UsageError when it cannot be read; DirectoryError, with lines, when it is wrong
 */
export async function readDirectory(place: string | undefined, aws: AwsOptions): Promise<Directory> {
  return place === undefined ? EMPTY_DIRECTORY : directoryOf(await readGiven('directory', place, aws));
}

/**
 * Opens what rows of a tree are made with: what is given, else what the tree was made with. `keep` keeps what is given with the
 * tree, for whoever writes its rows next.
 * @throws UsageError, DirectoryError, PricesError; InputsLost when what the tree was made with is gone
 */
export async function openInputs(
  given: GivenInputs,
  store: ReportStore,
  aws: AwsOptions,
): Promise<RowInputs & { keep(): Promise<void> }> {
  const texts: Partial<Record<InputName, string>> = {};
  for (const name of ROW_INPUTS) {
    const place = given[name];
    if (place !== undefined) texts[name] = await readGiven(name, place, aws);
  }
  const kept = Object.entries(await readInputHashes(store)).filter(([name]) => texts[name as InputName] === undefined);
  const all = { ...(await readInputs(store, Object.fromEntries(kept))), ...texts };
  return {
    ...(await inputsOf(all, given.prices ?? 'the prices file kept with the tree')),
    keep: () => keepInputs(store, texts),
  };
}

/** Opens what one report was made with, by the hashes in its manifest. @throws InputsLost */
export async function openInputsOf(store: ReportStore, hashes: InputHashes | undefined): Promise<RowInputs> {
  return inputsOf(await readInputs(store, hashes ?? {}), 'the prices file kept with the tree');
}

/** The prices that rows of a tree are made with now; list prices where none are kept. @throws InputsLost, PricesError */
export async function openPrices(store: ReportStore): Promise<PriceTable> {
  const { prices } = await readInputHashes(store);
  return (await openInputsOf(store, prices === undefined ? {} : { prices })).prices;
}

async function inputsOf(texts: Readonly<Partial<Record<InputName, string>>>, pricesPlace: string): Promise<RowInputs> {
  const { directory, prices } = texts;
  return {
    directory: directory === undefined ? EMPTY_DIRECTORY : await directoryOf(directory),
    prices: prices === undefined ? LIST_PRICES : await pricesOf(prices, pricesPlace),
    inputs: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, inputHash(text)])),
  };
}

/** What reads YAML is loaded where there is some: its dozens of modules take a good part of the time of a day without queries. */
async function directoryOf(text: string): Promise<Directory> {
  const { parseDirectory } = await import('../identity/directory/parse-directory.js');
  return parseDirectory(text);
}

async function pricesOf(text: string, place: string): Promise<PriceTable> {
  const { PricesError, parsePrices } = await import('../athena/prices-file.js');
  try {
    return parsePrices(text);
  } catch (error) {
    if (error instanceof PricesError) throw new PricesError(`${place}:\n${error.message}`, { cause: error });
    throw error;
  }
}

async function readGiven(name: InputName, place: string, aws: AwsOptions): Promise<string> {
  try {
    return await readText(place, aws);
  } catch (error) {
    throw new UsageError(`--${name} ${place}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
