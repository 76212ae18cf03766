import { createInterface } from 'node:readline/promises';
import { Readable, Writable } from 'node:stream';
import stringWidth from 'string-width';
import type { Cache } from '../../analytics/cache/cache.js';
import { csvLine } from '../../analytics/cache/csv.js';
import { exportParquet } from '../../analytics/cache/export-parquet.js';
import { ConsoleError, type ConsoleResult, runConsole, streamConsole } from '../../analytics/view/console.js';
import { type RunSql, type Scope, scopeSqlForPeople } from '../../analytics/view/scope.js';
import { type Totals, totalsOf } from '../../analytics/view/totals.js';
import { UsageError } from '../../compose/usage-error.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { formatTable, wrapped } from '../terminal/table.js';
import { visibleText } from '../terminal/visible-text.js';
import type { addQuery } from './commands-explore.js';
import { openReports } from './open-reports.js';
import { hasView, scopeOf, tellUnmatched, type ViewArguments } from './view-options.js';

/** Without `sql`: the queries of the view, or, on a terminal without one, a prompt. */
export type QueryArguments = OptionsOf<typeof addQuery> & TreeArgument & ViewArguments & { readonly sql?: string };

const FORMATS = ['table', 'vertical', 'csv', 'json', 'ndjson', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

/** Rows that a table shows; the other formats have no limit of their own. */
const TABLE_ROWS = 1000;

/**
 * `aqt query`: SQL over `queries`, `hours`, `people`, `tables` and `table_access`, on a read-only database that can reach
 * nothing else. Filters instead of SQL list the queries that match.
 */
export async function runQuery(options: QueryArguments, io: Io): Promise<number> {
  const format = formatOf(options);
  const cache = await openReports(options, io);
  try {
    if (options.sql === undefined && !hasView(options)) {
      if (!io.isStdoutTty)
        throw new UsageError(
          'there is no SQL: aqt query <output> "SELECT … FROM queries", or a filter such as --person',
        );
      return await prompt(cache, io);
    }
    const { sql, scope } = options.sql === undefined ? await listOf(cache, options) : { sql: options.sql, scope: null };
    await cache.use((connection) => print(connection, { ...options, sql, format, cachePath: cache.path }, io));
    const run: RunSql = (text) => cache.rows(text);
    if (scope && isNothing(await totalsOf(run, scope))) await tellUnmatched(run, scope, io);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error;
    io.stderr(`aqt query: ${error.message}\n`);
    return EXIT.failed;
  } finally {
    cache.close();
  }
}

function isNothing({ queries, refused }: Totals): boolean {
  return queries + refused === 0;
}

function formatOf({ format, json, file }: QueryArguments): Format {
  const name = format ?? (json ? 'json' : file?.endsWith('.parquet') ? 'parquet' : 'table');
  const known = FORMATS.find((candidate) => candidate === name);
  if (!known) throw new UsageError(`--format ${name}: use ${FORMATS.join(', ')}`);
  if (known === 'parquet' && !file)
    throw new UsageError('--format parquet needs --file <path>: it does not go to a terminal');
  return known;
}

async function listOf(cache: Cache, options: QueryArguments): Promise<{ readonly sql: string; readonly scope: Scope }> {
  const { scope } = await scopeOf((sql) => cache.rows(sql), options);
  const columns =
    'start_time, person, workgroup, state, cost_usd, data_scanned_bytes, total_ms, query_execution_id, query';
  const limit = options.limit === undefined ? '' : `\nLIMIT ${Math.max(1, Math.floor(options.limit))}`;
  return {
    sql: `SELECT ${columns}\nFROM queries\nWHERE ${scopeSqlForPeople(scope)}\nORDER BY start_time DESC${limit}`,
    scope,
  };
}

type Connection = Parameters<Parameters<Cache['use']>[0]>[0];

async function print(
  connection: Connection,
  options: { readonly sql: string; readonly format: Format; readonly file?: string; readonly cachePath: string },
  io: Io,
): Promise<void> {
  const { sql, format } = options;
  if (format === 'table' || format === 'vertical') {
    const result = await runConsole(connection, sql, { maxRows: TABLE_ROWS, signal: io.signal });
    io.stdout(format === 'table' ? tableOf(result, io) : verticalOf(result, io));
    if (result.isTruncated) io.stderr(`the first ${TABLE_ROWS} rows; --format csv or json gives all\n`);
    return;
  }
  if (format === 'parquet') {
    const rows = await exportParquet(connection, { sql, cachePath: options.cachePath, file: options.file ?? '' });
    io.stderr(`${rows} rows in ${options.file}\n`);
    return;
  }
  let count = 0;
  for await (const { columns, rows } of streamConsole(connection, sql, io.signal)) {
    if (count === 0 && rows.length === 0 && format === 'csv') io.data(csvLine(columns.map(({ name }) => name)));
    for (const row of rows) {
      if (format === 'csv') io.data(csvLine(row));
      else {
        const object = JSON.stringify(Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
        io.stdout(format === 'ndjson' ? `${object}\n` : `${count === 0 ? '[\n' : ',\n'}${object}`);
      }
      count += 1;
    }
  }
  if (format === 'json') io.stdout(count === 0 ? '[]\n' : '\n]\n');
}

const NUMERIC = /INT|DOUBLE|DECIMAL|FLOAT/;

/** A table; on a terminal that is too narrow for it, row by row. */
function tableOf(result: ConsoleResult, io: Io): string {
  const { columns, rows } = result;
  const table = formatTable({
    columns: columns.map(({ name, type }) => ({
      title: name,
      align: NUMERIC.test(type) && !type.endsWith(']') ? 'right' : 'left',
      ...(NUMERIC.test(type) ? {} : { cut: 'end' }),
    })),
    rows: rows.map((row) => row.map(cellText)),
    ...(io.isStdoutTty ? { width: io.columns } : {}),
  });
  const isTooWide = io.isStdoutTty && rows.length > 0 && stringWidth(table.split('\n')[0] ?? '') > io.columns;
  return isTooWide ? verticalOf(result, io) : table;
}

/** A line for each column, a paragraph for each row: nothing is cut, and a terminal breaks long texts between words. */
function verticalOf({ columns, rows }: ConsoleResult, io: Io): string {
  const names = columns.map(({ name }) => visibleText(name));
  const width = Math.max(...names.map((name) => stringWidth(name)), 0);
  const paragraphs = rows.map((row) =>
    row.map((value, index) => {
      const name = names[index] ?? '';
      const text = visibleText(cellText(value));
      const lines = io.isStdoutTty ? wrapped(text, io.columns - width - 2) : [text];
      return `${name}${' '.repeat(width - stringWidth(name))}  ${lines.join(`\n${' '.repeat(width + 2)}`)}`.trimEnd();
    }),
  );
  return paragraphs.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function cellText(value: ConsoleResult['rows'][number][number]): string {
  if (value === null) return '';
  return typeof value === 'object' ? value.map((part) => cellText(part)).join(', ') : String(value);
}

const HELP = `queries, hours, people, tables, table_access, column_access, unnamed_tables, place_days, closings, unlisted_workgroups, system_tables, accepted_findings, workgroups, reservations, reservation_changes · DESCRIBE queries shows columns · end with ; · .quit leaves\n`;

async function prompt(cache: Cache, io: Io): Promise<number> {
  io.stderr(HELP);
  const output = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      io.stderr(Buffer.from(chunk).toString());
      done();
    },
  });
  const lines = createInterface({ input: Readable.from(io.stdin), output, terminal: false, prompt: 'aqt> ' });
  let text = '';
  lines.prompt();
  for await (const line of lines) {
    if (text === '' && /^\s*(\.quit|\.exit|quit|exit|\\q)\s*;?\s*$/.test(line)) break;
    if (text === '' && /^\s*(\.help|help|\?)\s*$/.test(line)) io.stderr(HELP);
    else text += `${line}\n`;
    if (/;\s*$/.test(text)) {
      try {
        await cache.use((connection) => print(connection, { sql: text, format: 'table', cachePath: cache.path }, io));
      } catch (error) {
        if (!(error instanceof ConsoleError)) throw error;
        io.stderr(`${error.message}\n`);
      }
      text = '';
    }
    io.stderr(text.trim() === '' ? 'aqt> ' : '...> ');
  }
  return EXIT.done;
}
