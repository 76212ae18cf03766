import { createInterface } from 'node:readline/promises';
import { Readable, Writable } from 'node:stream';
import stringWidth from 'string-width';
import type { Cache } from '../../analytics/cache/cache.js';
import { csvLine } from '../../analytics/cache/csv.js';
import { exportParquet } from '../../analytics/cache/export-parquet.js';
import { connectMasked, openMaskedReader } from '../../analytics/cache/masked-views.js';
import { type ConsoleResult, runConsole, streamConsole } from '../../analytics/view/console.js';
import { ConsoleError } from '../../analytics/view/console-error.js';
import { type RunSql, type Scope, scopeSqlForPeople } from '../../analytics/view/scope.js';
import { type Totals, totalsOf } from '../../analytics/view/totals.js';
import { UsageError } from '../../compose/usage-error.js';
import type { MaskLiteral } from '../../sql/mask-literals.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { readMasking } from '../terminal/mask-options.js';
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
  const mask = (await readMasking(options))?.literal ?? null;
  const cache = await openReports(options, io);
  const asked = await openAsked(cache, mask);
  try {
    if (options.sql === undefined && !hasView(options)) {
      if (!io.isStdoutTty)
        throw new UsageError(
          'there is no SQL: aqt query <output> "SELECT … FROM queries", or a filter such as --person',
        );
      return await prompt(asked, io);
    }
    const { sql, scope } = options.sql === undefined ? await listOf(cache, options) : { sql: options.sql, scope: null };
    await asked.use((connection) => print(connection, { ...options, ...asked, sql, format }, io));
    if (mask !== null) io.stderr(MASKED_NOTE);
    const run: RunSql = (text) => cache.rows(text);
    if (scope && isNothing(await totalsOf(run, scope))) await tellUnmatched(run, scope, io);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error;
    io.stderr(`aqt query: ${error.message}\n`);
    return EXIT.failed;
  } finally {
    asked.close();
    cache.close();
  }
}

const MASKED_NOTE =
  'masked: literals of query, quoted parts of error_message and state_reason; app_context is left out\n';

/** What statements are asked of: the cache, or masked views over it. */
interface Asked {
  readonly cachePath: string;
  readonly mask: MaskLiteral | null;
  use(task: (connection: Connection) => Promise<void>): Promise<void>;
  close(): void;
}

async function openAsked(cache: Cache, mask: MaskLiteral | null): Promise<Asked> {
  const base = { cachePath: cache.path, mask };
  if (mask === null) return { ...base, use: (task) => cache.use(task), close: () => {} };
  const instance = await openMaskedReader(cache.path, { memoryLimit: '4GB', mask });
  return {
    ...base,
    async use(task) {
      const connection = await connectMasked(instance);
      try {
        await task(connection);
      } finally {
        connection.closeSync();
      }
    },
    close: () => instance.closeSync(),
  };
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
  options: Pick<Asked, 'cachePath' | 'mask'> & {
    readonly sql: string;
    readonly format: Format;
    readonly file?: string;
  },
  io: Io,
): Promise<void> {
  const { sql, format, cachePath, mask } = options;
  const isMasked = mask !== null;
  if (format === 'table' || format === 'vertical') {
    const result = await runConsole(connection, sql, { maxRows: TABLE_ROWS, isMasked, signal: io.signal });
    io.stdout(format === 'table' ? tableOf(result, io) : verticalOf(result, io));
    if (result.isTruncated) io.stderr(`the first ${TABLE_ROWS} rows; --format csv or json gives all\n`);
    return;
  }
  if (format === 'parquet') {
    const rows = await exportParquet(connection, { sql, cachePath, mask, file: options.file ?? '' });
    io.stderr(`${rows} rows in ${options.file}\n`);
    return;
  }
  let count = 0;
  for await (const { columns, rows } of streamConsole(connection, sql, { isMasked, signal: io.signal })) {
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

const HELP = `queries, hours, people, tables, table_access, column_access, unnamed_tables, unpriced_queries, place_days, closings, unlisted_workgroups, system_tables, accepted_findings, workgroups, reservations, reservation_changes, reservation_hours · DESCRIBE queries shows columns · end with ; · .quit leaves\n`;

async function prompt(asked: Asked, io: Io): Promise<number> {
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
        await asked.use((connection) => print(connection, { ...asked, sql: text, format: 'table' }, io));
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
