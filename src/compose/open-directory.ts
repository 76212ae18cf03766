import { type Directory, EMPTY_DIRECTORY, parseDirectory } from '../identity/directory/directory.js';
import type { ReportStore } from '../ports/report-store.js';
import { type DirectoryText, keepDirectory, readKeptDirectory } from '../tree/kept-directory.js';
import type { AwsOptions } from './aws-config.js';
import { readText } from './read-text.js';
import { UsageError } from './usage-error.js';

/**
 * Reads an identity directory from a file or `s3://bucket/key`; none is an empty one.
 * @throws UsageError when it cannot be read; DirectoryError, with lines, when it is wrong
 */
export async function readDirectory(place: string | undefined, aws: AwsOptions): Promise<Directory> {
  return place === undefined ? EMPTY_DIRECTORY : parseDirectory((await readDirectoryText(place, aws)).text);
}

/**
 * Opens the directory that speaks about rows already written: the one given, else the one that the tree was collected with.
 * Who writes rows with one given keeps it for the next time.
 * @throws UsageError, DirectoryError
 */
export async function openDirectory(
  place: string | undefined,
  store: ReportStore,
  { keeps = false, ...aws }: AwsOptions & { readonly keeps?: boolean },
): Promise<Directory> {
  const read = place === undefined ? await readKeptDirectory(store) : await readDirectoryText(place, aws);
  const directory = read ? parseDirectory(read.text) : EMPTY_DIRECTORY;
  if (read && keeps) await keepDirectory(store, read);
  return directory;
}

async function readDirectoryText(place: string, aws: AwsOptions): Promise<DirectoryText> {
  try {
    return { text: await readText(place, aws), format: /\.json$/i.test(place) ? 'json' : 'yaml' };
  } catch (error) {
    throw new UsageError(`--directory ${place}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
