import type { Directory } from './directory.js';
import { parseDirectoryDocument } from './directory-document.js';
import type { DirectoryProblem } from './document-nodes.js';

/** A directory file that cannot be used, with every problem and its line. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly problems: readonly DirectoryProblem[];
  constructor(problems: readonly DirectoryProblem[]) {
    const lines = problems.map(({ line, message }) => `line ${line}: ${message}`);
    super(
      `the identity directory has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}`,
    );
    this.problems = problems;
  }
}

/**
 * Reads a directory written in YAML or JSON.
 * @throws DirectoryError with all problems and their lines: unknown keys (with the nearest known one), wrong types, an alias
 * of two people, a role listed twice, an unknown team.
 */
export function parseDirectory(text: string): Directory {
  const { problems, ...directory } = parseDirectoryDocument(text);
  if (problems.length > 0) throw new DirectoryError(problems);
  return directory;
}
