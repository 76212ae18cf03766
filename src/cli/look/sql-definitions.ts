import { readFile } from 'node:fs/promises';
import { UsageError } from '../../compose/usage-error.js';
import { splitStatements } from '../../sql/analyze.js';
import { createDefinitionBook, type Definition, definitionsOf } from '../../sql/definition-book.js';
import type { SqlReader } from '../../sql/reader.js';
import type { Definitions } from '../../sql/resolve-reads.js';
import { looksLikeJson, NO_CONTEXT, readSqlLine, type SqlLine } from './sql-lines.js';

/** Files of definitions: SQL statements, or JSON lines. */
export interface DefinitionFiles {
  readonly prepared?: string;
  readonly views?: string;
}

const NOWHERE = { accountId: '', region: '', workGroup: '' };

/** Reads what names mean; of several definitions of one name the last counts. @throws UsageError naming the line */
export async function readDefinitionFiles(files: DefinitionFiles, read: SqlReader): Promise<Definitions> {
  const book = createDefinitionBook();
  let at = 0;
  for (const [kind, file] of [
    ['prepared', files.prepared],
    ['view', files.views],
  ] as const) {
    for (const { place, line } of file === undefined ? [] : await linesOf(file)) {
      at++;
      // Queries with a context name the view in full, those without one as it is written.
      const right = [line.context, { catalog: line.context.catalog, database: line.context.database }].flatMap(
        (context) =>
          definitionsOf({ text: textOf(kind, line), context, ...NOWHERE, at }, read).filter((one) => one.kind === kind),
      );
      if (right.length === 0) throw new UsageError(`${file}, ${place}: ${WANTED[kind]}`);
      book.add(right);
    }
  }
  return book.at({ ...NOWHERE, at: at + 1 });
}

const WANTED = {
  prepared: 'not a PREPARE name FROM …; write one, or {"name": "…", "sql": "…"}',
  view: 'not a CREATE VIEW name AS …; write one, or {"name": "database.view", "sql": "SELECT …"}',
};

function textOf(kind: Definition['kind'], { name, sql }: SqlLine): string {
  if (name === null) return sql;
  return kind === 'prepared' ? `PREPARE ${name} FROM ${sql}` : `CREATE VIEW ${name} AS ${sql}`;
}

async function linesOf(file: string): Promise<{ readonly place: string; readonly line: SqlLine }[]> {
  const text = await textOfFile(file);
  if (!looksLikeJson(text.trimStart().split('\n', 1)[0] ?? '')) {
    const statements = splitStatements(text);
    return statements.map((sql, index) => ({
      place: `statement ${index + 1}`,
      line: { sql, context: NO_CONTEXT, name: null },
    }));
  }
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const read = readSqlLine(line);
    const place = `line ${index + 1}`;
    if (typeof read === 'string') throw new UsageError(`${file}, ${place}: ${read}`);
    return [{ place, line: read }];
  });
}

async function textOfFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
