import { readFile } from 'node:fs/promises';
import { type Directory, EMPTY_DIRECTORY, parseDirectory } from '../identity/directory.js';
import { UsageError } from './failure.js';

/**
 * Reads the identity directory; none is an empty one.
 * @throws UsageError when the file cannot be read; DirectoryError, with lines, when it is wrong
 */
export async function readDirectory(path: string | null): Promise<Directory> {
  if (path === null) return EMPTY_DIRECTORY;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--directory ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return parseDirectory(text);
}
