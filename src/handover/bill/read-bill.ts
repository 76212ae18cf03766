import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { plainRows, type Row } from '../../analytics/cache/duck.js';
import { literal } from '../../analytics/cache/sql-text.js';
import type { BillFile, BillFiles } from './bill-files.js';
import { type BillFormat, formatOf, IS_ATHENA_SQL, KIND_SQL, lineSql, THING_SQL } from './bill-format.js';
import { type Bill, type BillLine, spreadDiscounts } from './bill-lines.js';

/** A bill that cannot be read at all. */
export class BillError extends Error {
  override readonly name = 'BillError';
}

interface ReadableFile extends BillFile {
  readonly format: BillFormat;
  readonly columns: readonly string[];
}

/** Of several bills of a month the one is taken that says most. */
const FORMATS: readonly BillFormat[] = ['cur2', 'cur', 'focus'];

/**
 * Reads what a bill says of Athena. DuckDB adds it up file by file, so that memory does not grow with the lines.
 * @throws BillError when no file is a bill
 */
export async function readBill({ files, copies, others }: BillFiles, by: 'day' | 'hour'): Promise<Bill> {
  const instance = await DuckDBInstance.create(':memory:', {
    ...{ memory_limit: '256MB', threads: '2', temp_directory: join(tmpdir(), 'aqt-bill-spill') },
  });
  const connection = await instance.connect();
  try {
    const notCounted = [
      ...copies.map(({ name, of }) => ({ name, reason: `the same bytes as ${of}` })),
      ...others.map((name) => ({ name, reason: 'no CSV and no Parquet file' })),
    ];
    const readable: ReadableFile[] = [];
    for (const file of files) {
      const found = await describe(connection, file);
      if (typeof found === 'string') notCounted.push({ name: file.name, reason: found });
      else readable.push({ ...file, ...found });
    }
    if (readable.length === 0)
      throw new BillError(
        'no file is a bill: give CUR 2.0, legacy CUR or FOCUS 1.2 as CSV (also gzip) or Parquet, with resource ids where possible' +
          notCounted.map(({ name, reason }) => `\n  ${name}: ${reason}`).join(''),
      );
    await load(connection, readable);
    notCounted.push(...(await dropOtherVersions(connection, readable)));
    return await addUp(connection, { readable, notCounted, by });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function describe(
  connection: DuckDBConnection,
  file: BillFile,
): Promise<{ format: BillFormat; columns: string[] } | string> {
  try {
    const columns = (await rows(connection, `DESCRIBE SELECT * FROM ${source(file)}`)).map((row) =>
      String(row.column_name),
    );
    const format = formatOf(columns);
    if (format !== null) return { format, columns };
    const shown = columns.slice(0, 4).join(', ');
    return `its columns are none of a bill (${shown}${columns.length > 4 ? ', …' : ''})`;
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  }
}

function source({ path, kind }: BillFile): string {
  // Account ids begin with zeros, so nothing is guessed to be a number.
  return kind === 'csv'
    ? `read_csv(${literal(path)}, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', null_padding = false)`
    : `read_parquet(${literal(path)})`;
}

/**
 * Adds lines up while they are read, in one pass. Lines of Athena keep their ids where there are several files, because one line
 * may stand in two; of other services only the sums are kept.
 */
async function load(connection: DuckDBConnection, files: readonly ReadableFile[]): Promise<void> {
  const ids = files.length > 1 ? ['line_id', 'line_interval'] : [];
  const own = ['account', 'region', 'line_type', 'usage_type', 'resource', 'principal', 'correction', ...ids];
  const ofAthena = (column: string) => `CASE WHEN ${IS_ATHENA_SQL} THEN ${column} END`;
  for (const [index, file] of files.entries()) {
    const select = `SELECT ${index} AS file, payer, period, product, currency, ${own.map((name) => `${ofAthena(name)} AS ${name}`).join(', ')},
        ${ofAthena("date_trunc('hour', starts_at)")} AS starts_at, bool_and(ends_at - starts_at <= INTERVAL 1 HOUR) AS is_hourly,
        sum(amount) AS amount, sum(list) AS list, sum(net) AS net, count(*) AS lines,
        count(*) FILTER (is_unreadable AND ${IS_ATHENA_SQL}) AS unreadable
      FROM (SELECT ${lineSql(file.format, file.columns)} FROM ${source(file)}) GROUP BY ALL`;
    await connection.run(index === 0 ? `CREATE TABLE line AS ${select}` : `INSERT INTO line BY NAME ${select}`);
  }
}

/** Several versions of a month, or several formats of it, say the same: the newest of the format that says most is counted. */
async function dropOtherVersions(
  connection: DuckDBConnection,
  files: readonly ReadableFile[],
): Promise<{ name: string; reason: string }[]> {
  const held = await rows(connection, 'SELECT DISTINCT file, payer, period FROM line');
  const dropped = new Map<string, string>();
  const months = new Map<string, Set<number>>();
  for (const { file, payer, period } of held) {
    const key = `${payer} ${period}`;
    months.set(key, (months.get(key) ?? new Set()).add(Number(file)));
  }
  for (const [key, indexes] of months) {
    const [payer = '', period = ''] = key.split(' ');
    const mine = [...indexes].flatMap((index) => (files[index] ? [{ ...files[index], index }] : []));
    const format = FORMATS.find((one) => mine.some((file) => file.format === one));
    const ofFormat = mine.filter((file) => file.format === format);
    const newest = [...ofFormat].sort(compareVersions)[0];
    for (const file of mine) {
      const isOtherFormat = file.format !== format;
      if (!isOtherFormat && file.folder === newest?.folder) continue;
      const counted = newest === undefined ? '' : newest.folder === '.' ? newest.name : newest.folder;
      const why = isOtherFormat ? 'another format of the same month' : 'another version of the same month';
      dropped.set(file.name, `${why} (${period}): ${counted} is counted`);
      const where = `file = ${file.index} AND payer IS NOT DISTINCT FROM ${payer === 'null' ? 'NULL' : literal(payer)} AND period = ${literal(period)}`;
      await connection.run(`DELETE FROM line WHERE ${where}`);
    }
  }
  return [...dropped].map(([name, reason]) => ({ name, reason }));
}

function compareVersions(a: BillFile, b: BillFile): number {
  return b.modifiedAt - a.modifiedAt || (a.name < b.name ? 1 : -1);
}

async function addUp(
  connection: DuckDBConnection,
  {
    readable,
    notCounted,
    by,
  }: {
    readonly readable: readonly ReadableFile[];
    readonly notCounted: readonly { name: string; reason: string }[];
    readonly by: 'day' | 'hour';
  },
): Promise<Bill> {
  const isSingle = readable.length === 1;
  // A line that stands in several files is one line: of the newest, where they differ; without an id nothing tells copies apart.
  const newestFirst = [...readable.entries()].sort(([, a], [, b]) => compareVersions(a, b)).map(([index]) => index);
  const ranked = `SELECT *, row_number() OVER same AS rank, first_value(file) OVER same AS of,
        first_value(net) OVER same <> net OR first_value(amount) OVER same <> amount AS is_restated
      FROM line WHERE line_id IS NOT NULL
      WINDOW same AS (PARTITION BY line_id, line_interval, payer, account, line_type, usage_type, resource, currency
        ORDER BY list_position([${newestFirst.join(', ')}], file))`;
  const unique = `SELECT * EXCLUDE (rank, of, is_restated) FROM (${ranked}) WHERE rank = 1
    UNION ALL BY NAME SELECT * FROM line WHERE line_id IS NULL`;
  await connection.run(`CREATE VIEW counted AS ${isSingle ? 'SELECT * FROM line' : unique}`);
  const restated = isSingle
    ? []
    : await rows(
        connection,
        `SELECT file, of, sum(lines)::INTEGER AS lines FROM (${ranked}) WHERE rank > 1 AND is_restated GROUP BY ALL ORDER BY ALL`,
      );
  const [total] = await rows(
    connection,
    `SELECT ((SELECT coalesce(sum(lines), 0) FROM line) - (SELECT coalesce(sum(lines), 0) FROM counted))::INTEGER AS repeated,
       coalesce(bool_and(is_hourly) FILTER (line_type = 'Usage'), false) AS hourly, coalesce(sum(unreadable), 0)::INTEGER AS unreadable FROM counted`,
  );
  const found = await rows<BillLine>(
    connection,
    `SELECT account, region, nullif(regexp_extract(coalesce(resource, ''), ':workgroup/(.+)$', 1), '') AS workgroup,
       strftime(date_trunc(${literal(by)}, starts_at), '%Y-%m-%dT%H:%M:%SZ') AS slot, ${KIND_SQL} AS kind, thing, currency,
       sum(amount) AS amount, sum(list) AS list, sum(net) AS net, sum(lines)::INTEGER AS lines
     FROM (SELECT *, ${THING_SQL} AS thing FROM counted WHERE ${IS_ATHENA_SQL} AND starts_at IS NOT NULL) GROUP BY ALL ORDER BY ALL`,
  );
  const others = await rows(
    connection,
    `SELECT product, sum(net) AS net FROM counted WHERE NOT (${IS_ATHENA_SQL}) GROUP BY ALL ORDER BY ALL`,
  );
  const months = await rows(connection, 'SELECT DISTINCT period FROM counted ORDER BY period');
  const principals = await rows(
    connection,
    'SELECT DISTINCT principal FROM counted WHERE principal IS NOT NULL ORDER BY principal',
  );
  const left = new Set(notCounted.map(({ name }) => name));
  const counted = readable.filter(({ name }) => !left.has(name));
  return {
    lines: spreadDiscounts(found),
    periods: months.map((row) => String(row.period)),
    formats: FORMATS.filter((format) => counted.some((file) => file.format === format)),
    files: counted.map(({ name }) => name),
    notCounted: [
      ...notCounted,
      ...restated.map(({ file, of, lines }) => ({
        name: readable[Number(file)]?.name ?? '',
        reason: `${String(lines)} of its lines stand in ${readable[Number(of)]?.name ?? ''} with other amounts, which is newer and is counted`,
      })),
    ],
    repeatedLines: Number(total?.repeated ?? 0),
    unreadableLines: Number(total?.unreadable ?? 0),
    otherServices: Object.fromEntries(others.map((row) => [String(row.product), Number(row.net)])),
    principals: principals.map((row) => String(row.principal)),
    isHourly: total?.hourly === true,
  };
}

async function rows<T = Row>(connection: DuckDBConnection, sql: string): Promise<T[]> {
  return plainRows(await connection.runAndReadAll(sql)) as T[];
}
