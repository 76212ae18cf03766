import { createInterface } from 'node:readline/promises';
import { Readable, Writable } from 'node:stream';
import type { Cache } from '../../analytics/cache/cache.js';
import { exportParquet } from '../../analytics/cache/export-parquet.js';
import { connectMasked, openMaskedReader } from '../../analytics/cache/masked-views.js';
import { ATHENA, DUCKDB } from '../../analytics/engine/dialect.js';
import { runConsole, streamConsole } from '../../analytics/view/console.js';
import { ConsoleError } from '../../analytics/view/console-error.js';
import { type RunSql, type Scope, scopeSqlForPeople } from '../../analytics/view/scope.js';
import { type Totals, totalsOf } from '../../analytics/view/totals.js';
import { UsageError } from '../../compose/usage-error.js';
import { QueryEnded } from '../../sources/athena/athena-query.js';
import type { MaskLiteral } from '../../sql/mask-literals.js';
import type { OptionsOf, TreeArgument } from '../terminal/command-run.js';
import { EXIT, type Io } from '../terminal/io.js';
import { readMasking } from '../terminal/mask-options.js';
import { askAthena, asksAthena, athenaScope, openAthenaEngine } from './athena-engine.js';
import type { addQuery } from './commands-explore.js';
import { openReports } from './open-reports.js';
import { firstRows, printAll, printTable, TABLE_ROWS } from './print-answer.js';
import { hasView, scopeOf, tellUnmatched, type ViewArguments } from './view-options.js';

/** Without `sql`: the queries of the view, or, on a terminal without one, a prompt. */
export type QueryArguments = OptionsOf<typeof addQuery> & TreeArgument & ViewArguments & { readonly sql?: string };

const FORMATS = ['table', 'vertical', 'csv', 'json', 'ndjson', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

/**
 * `aqt query`: SQL over `queries`, `hours`, `people`, `tables` and `table_access`, on a read-only database that can reach
 * nothing else. Filters instead of SQL list the queries that match.
 */
export async function runQuery(options: QueryArguments, io: Io): Promise<number> {
  const format = formatOf(options);
  if (asksAthena(options, { '--offline': options.offline, '--mask': options.mask }))
    return await queryAthena(options, format, io);
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

/** Asks the same of the deployed table: SQL over all of it unless a time is given, or the queries of the view. */
async function queryAthena(options: QueryArguments, format: Format, io: Io): Promise<number> {
  const { sql: given, range = given === undefined ? undefined : 'all' } = options;
  if (format === 'parquet')
    throw new UsageError('--format parquet is of the cache alone: with --engine athena use csv or json');
  if (given === undefined && !hasView(options))
    throw new UsageError('there is no SQL: --engine athena needs one, or a filter such as --person');
  const engine = await openAthenaEngine(options, io);
  const scope = athenaScope({ ...options, ...(range === undefined ? {} : { range }) }, engine, io.clock.now());
  const sql = given ?? listSql(scope, options.limit, ATHENA);
  try {
    const answer = askAthena(sql, { ...engine, window: scope.window }, io);
    if (format === 'table' || format === 'vertical') printTable(await firstRows(answer), format, io);
    else await printAll(answer, format, io);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof ConsoleError || error instanceof QueryEnded)) throw error;
    io.stderr(`aqt query: ${error.message}\n`);
    return EXIT.failed;
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
  return { sql: listSql(scope, options.limit), scope };
}

/** The queries of a view, the latest first. */
function listSql(scope: Scope, limit: number | undefined, dialect = DUCKDB): string {
  const columns =
    'start_time, person, workgroup, state, cost_usd, data_scanned_bytes, total_ms, query_execution_id, query';
  const most = limit === undefined ? '' : `\nLIMIT ${Math.max(1, Math.floor(limit))}`;
  return `SELECT ${columns}\nFROM queries\nWHERE ${scopeSqlForPeople(scope, dialect)}\nORDER BY start_time DESC${most}`;
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
    printTable(await runConsole(connection, sql, { maxRows: TABLE_ROWS, isMasked, signal: io.signal }), format, io);
  } else if (format === 'parquet') {
    const rows = await exportParquet(connection, { sql, cachePath, mask, file: options.file ?? '' });
    io.stderr(`${rows} rows in ${options.file}\n`);
  } else await printAll(streamConsole(connection, sql, { isMasked, signal: io.signal }), format, io);
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
