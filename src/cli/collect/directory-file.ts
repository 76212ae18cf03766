import { readFile } from 'node:fs/promises';
import { type Directory, EMPTY_DIRECTORY, parseDirectory } from '../../identity/directory/directory.js';
import type { ReportStore } from '../../ports/report-store.js';
import { type DirectoryText, keepDirectory, readKeptDirectory } from '../../tree/kept-directory.js';
import { UsageError } from '../terminal/failure.js';

/**
 * Reads the identity directory; none is an empty one. A store given is told to keep the text, for `explain`, `people` and
 * `settle` later.
 * @throws UsageError when the file cannot be read; DirectoryError, with lines, when it is wrong
 */
export async function readDirectory(path: string | null, keepIn?: ReportStore): Promise<Directory> {
  if (path === null) return EMPTY_DIRECTORY;
  const read = await readText(path);
  const directory = parseDirectory(read.text);
  if (keepIn) await keepDirectory(keepIn, read);
  return directory;
}

/**
 * Opens the directory that speaks about rows already written: the file given, else the one that the tree was collected with.
 * Who writes rows with a file given keeps it for the next time.
 * @throws UsageError, DirectoryError
 */
export async function openDirectory(
  path: string | undefined,
  store: ReportStore,
  { keeps = false }: { readonly keeps?: boolean } = {},
): Promise<Directory> {
  if (path !== undefined) return readDirectory(path, keeps ? store : undefined);
  const kept = await readKeptDirectory(store);
  return kept ? parseDirectory(kept.text) : EMPTY_DIRECTORY;
}

async function readText(path: string): Promise<DirectoryText> {
  try {
    return { text: await readFile(path, 'utf8'), format: /\.json$/i.test(path) ? 'json' : 'yaml' };
  } catch (error) {
    throw new UsageError(`--directory ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
