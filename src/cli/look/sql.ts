import { open } from 'node:fs/promises';
import { UsageError } from '../../compose/usage-error.js';
import type { SiteForm } from '../../identity/comments/site-form.js';
import { readCommentTags } from '../../identity/comments/sql-comment.js';
import type { SqlContext } from '../../sql/analysis.js';
import { splitStatements } from '../../sql/analyze.js';
import { createSqlReader, type SqlReader } from '../../sql/reader.js';
import { type Definitions, resolveReads } from '../../sql/resolve-reads.js';
import { sha1 } from '../../tree/sha1.js';
import { EXIT, type Io } from '../terminal/io.js';
import { type DefinitionFiles, readDefinitionFiles } from './sql-definitions.js';
import { looksLikeJson, NO_CONTEXT, readSqlLine } from './sql-lines.js';

/** Runs `aqt sql` on the terminal. */
export async function runSqlCommand(
  file: string | undefined,
  { directory, ...files }: DefinitionFiles & { readonly directory?: string },
  io: Io,
): Promise<number> {
  // Loaded when asked for: a directory may lie in S3.
  const comments =
    directory === undefined
      ? []
      : (await (await import('../../compose/open-inputs.js')).readDirectory(directory, io)).comments;
  return runSql({
    ...files,
    comments,
    ...(file === undefined ? {} : { file }),
    input: io.stdin,
    output: (line) => io.stdout(`${line}\n`),
    warn: (message) => io.stderr(`aqt sql: ${message}\n`),
  });
}

export interface SqlOptions extends DefinitionFiles {
  /** Path to read instead of `input`. */
  readonly file?: string;
  readonly input: AsyncIterable<Uint8Array | string>;
  /** Comments of the site's own programs, from its directory. */
  readonly comments?: readonly SiteForm[];
  /** Takes each result line, without a line end. */
  readonly output: (line: string) => void;
  /** Takes each message about a line that could not be read; messages never hold SQL. */
  readonly warn: (message: string) => void;
}

/** A query text of 262,144 bytes takes at most six times that in JSON; anything longer is no query. */
const MAX_LINE_CHARACTERS = 4 * 1024 * 1024;
const CACHED_TEXTS = 1000;

/**
 * Reads JSON lines `{"sql", "catalog"?, "database"?}`, one result each, or plain SQL, one result a statement; which of
 * the two it is shows in the first line. Names are resolved against the context of their line; without one they are
 * printed as they are written. Returns the exit code: 1 when a line could not be read, after all the others.
 */
export async function runSql({ file, input, comments = [], output, warn, ...files }: SqlOptions): Promise<number> {
  const read = createSqlReader(CACHED_TEXTS, sha1);
  const tools = { read, comments, definitions: await readDefinitionFiles(files, read) };
  const source = file === undefined ? input : await openFile(file);
  let number = 0;
  let bad = 0;
  let plain: string[] | null = null;
  let isJson = false;

  for await (const line of linesOf(source)) {
    number++;
    if (plain === null && !isJson && line !== null && line.trim() !== '') {
      isJson = looksLikeJson(line);
      if (!isJson) plain = [];
    }
    if (plain !== null) plain.push(line ?? '');
    else if (line === null || line.trim() !== '') {
      const query = line === null ? `longer than ${MAX_LINE_CHARACTERS} characters` : readSqlLine(line);
      if (typeof query === 'string') {
        bad++;
        warn(`line ${number}: ${query}; give {"sql": "…", "catalog": "…", "database": "…"}`);
      } else output(resultLine(query.sql, query.context, tools));
    }
  }
  for (const sql of splitStatements((plain ?? []).join('\n'))) output(resultLine(sql, NO_CONTEXT, tools));
  if (bad > 0) warn(`${bad} of ${number} lines could not be read`);
  return bad > 0 ? EXIT.failed : EXIT.done;
}

interface Tools {
  readonly read: SqlReader;
  readonly definitions: Definitions;
  readonly comments: readonly SiteForm[];
}

function resultLine(sql: string, context: SqlContext, tools: Tools): string {
  const analysis = tools.read(sql, context);
  const reads = resolveReads(analysis, context, tools);
  const tag = readCommentTags(analysis.leadingComments, analysis.trailingComments, tools.comments);
  return JSON.stringify({
    kind: analysis.kind,
    tables_read: reads.tablesRead,
    tables_written: reads.tablesWritten,
    base_tables_read: reads.baseTablesRead,
    columns_read: reads.columnsRead,
    tables_basis: reads.basis,
    fingerprint: analysis.fingerprint,
    app: tag?.app ?? null,
    app_user: tag?.user ?? null,
    app_context: tag !== null && Object.keys(tag.context).length > 0 ? JSON.stringify(tag.context) : null,
    complete: analysis.complete,
  });
}

/** Lines without their ends; null for one that is too long to keep. */
async function* linesOf(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<string | null> {
  const decoder = new TextDecoder();
  let rest = '';
  let isTooLong = false;
  for await (const chunk of source) {
    const pieces = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) {
        yield isTooLong ? null : rest.replace(/\r$/, '');
        rest = '';
        isTooLong = false;
      }
      isTooLong ||= rest.length + piece.length > MAX_LINE_CHARACTERS;
      rest = isTooLong ? '' : rest + piece;
    }
  }
  rest += decoder.decode();
  if (rest !== '' || isTooLong) yield isTooLong ? null : rest;
}

async function openFile(file: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    return (await open(file)).createReadStream();
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
