import type { DuckDBConnection } from '@duckdb/node-api';
import { COLUMNS, type Column } from '../../record/columns.js';
import { ledgerFaults } from '../../record/ledger.js';
import type { Manifest, ReportFormat } from '../../record/manifest.js';
import { maskLiterals } from '../../sql/mask-literals.js';
import { LEDGER_COLUMNS, sqlType } from './cache-schema.js';
import { rowsOf } from './duck.js';
import type { FetchedHour } from './hour-files.js';
import { identifier, literal } from './sql-text.js';

/**
 * Replaces hours in the cache: what was held of them goes, what was fetched comes, in one transaction. A report that cannot
 * be read leaves the hour without rows and with a `problem`: it is found by halving the list until it stands alone.
 */
export async function replaceHours(connection: DuckDBConnection, fetched: readonly FetchedHour[]): Promise<void> {
  try {
    await replaceTogether(connection, fetched);
  } catch (error) {
    const [only] = fetched;
    if (!only || (fetched.length === 1 && only.path === null)) throw error;
    if (fetched.length === 1) return replaceHours(connection, [withoutReport(only, error)]);
    const middle = fetched.length >> 1;
    await replaceHours(connection, fetched.slice(0, middle));
    await replaceHours(connection, fetched.slice(middle));
  }
}

async function replaceTogether(connection: DuckDBConnection, fetched: readonly FetchedHour[]): Promise<void> {
  await connection.run('BEGIN');
  try {
    await removeHours(
      connection,
      fetched.map(({ hour }) => hour.manifestKey),
    );
    const held = await rowsOf(connection, 'SELECT coalesce(max(hour_id), 0) AS last FROM hour_log');
    const last = Number(held[0]?.last ?? 0);
    const numbered = fetched.map((hour, index) => ({ ...hour, id: last + 1 + index }));
    for (const group of byShape(numbered)) await loadGroup(connection, group);
    await insertHours(connection, numbered);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK');
    throw error;
  }
}

/** DuckDB's message quotes the offending line, and SQL text must not travel in messages: only its kind is kept. */
function withoutReport(hour: FetchedHour, error: unknown): FetchedHour {
  const kind = error instanceof Error ? (/^[A-Za-z ]+Error/.exec(error.message)?.[0] ?? error.name) : 'Error';
  return {
    ...hour,
    path: null,
    problem: hour.problem ?? `the report cannot be read as ${hour.manifest?.format} (${kind})`,
  };
}

/** Removes hours by the key of their manifest. */
export async function removeHours(connection: DuckDBConnection, manifestKeys: readonly string[]): Promise<void> {
  if (manifestKeys.length === 0) return;
  const keys = manifestKeys.map(literal).join(', ');
  const which = `SELECT hour_id FROM hour_log WHERE ${MANIFEST_KEY} IN (${keys})`;
  await connection.run(`DELETE FROM query_log WHERE hour_id IN (${which})`);
  await connection.run(`DELETE FROM source_log WHERE hour_id IN (${which})`);
  await connection.run(`DELETE FROM not_read_log WHERE hour_id IN (${which})`);
  await connection.run(`DELETE FROM hour_log WHERE ${MANIFEST_KEY} IN (${keys})`);
}

/** Adds the masked text of fingerprints not met before, for searches that may not see literals. */
export async function addPatterns(connection: DuckDBConnection): Promise<void> {
  const reader = await connection.streamAndRead(
    `SELECT fingerprint, any_value(left(query, 65536)) AS sample FROM query_log
     WHERE fingerprint IS NOT NULL AND query IS NOT NULL AND fingerprint NOT IN (SELECT fingerprint FROM patterns)
     GROUP BY fingerprint`,
  );
  await reader.readAll();
  const appender = await connection.createAppender('patterns');
  for (const [fingerprint, sample] of reader.getRowsJS()) {
    appender.appendVarchar(String(fingerprint));
    appender.appendVarchar(maskLiterals(String(sample)).toLowerCase());
    appender.endRow();
  }
  appender.flushSync();
  appender.closeSync();
}

/** The key of an hour's manifest, as SQL over `hour_log`. */
export const MANIFEST_KEY = `(tree || strftime(report_date, 'year=%Y/month=%m/day=%d/hour=') || lpad(hour::VARCHAR, 2, '0') || '/_manifest.json')`;

type NumberedHour = FetchedHour & { readonly id: number };

/** Hours whose reports one statement can read: same format and, for CSV, same header. */
function byShape(hours: readonly NumberedHour[]): NumberedHour[][] {
  const groups = new Map<string, NumberedHour[]>();
  for (const hour of hours) {
    if (hour.path === null || hour.manifest === null) continue;
    const shape = hour.manifest.format === 'csv' ? `csv:${hour.header}` : hour.manifest.format;
    groups.set(shape, [...(groups.get(shape) ?? []), hour]);
  }
  return [...groups.values()];
}

async function loadGroup(connection: DuckDBConnection, hours: readonly NumberedHour[]): Promise<void> {
  const [first] = hours;
  const format = first?.manifest?.format;
  if (!first || !format) return;
  const { source, expression } = await readerOf(connection, format, {
    files: `[${hours.map(({ path }) => literal(path ?? '')).join(', ')}]`,
    header: first.header,
    largest: Math.max(...hours.map(({ reportBytes }) => reportBytes)),
  });
  const columns = COLUMNS.map((column) => `${expression(column)} AS ${identifier(column.name)}`).join(', ');
  const values = hours.map(
    ({ path, hour, id }) =>
      `(${literal(path ?? '')}, DATE ${literal(hour.label.reportDate)}, ${hour.label.hour}, ${id})`,
  );
  await connection.run(
    `INSERT INTO query_log SELECT s.* EXCLUDE (filename), coalesce(substatement_type, statement_type),
       round(cost_usd * 1e9)::BIGINT, lower(query),
       to_json([coalesce(tables_read, []), coalesce(tables_written, [])])::VARCHAR,
       greatest(CASE WHEN len(tables_read) > 0 THEN len(tables_read) ELSE len(tables_written) END, 1), f.report_date, f.hour, f.hour_id
     FROM (SELECT ${columns}, filename FROM ${source}) s
     JOIN (VALUES ${values.join(', ')}) AS f(filename, report_date, hour, hour_id) USING (filename)`,
  );
}

interface FormatReader {
  readonly source: string;
  readonly expression: (column: Column) => string;
}

/** Longer than any row: Athena takes 256 KB of SQL, a request of the API 10 MB. */
const MAX_ROW_BYTES = 64 * 1024 * 1024;

async function readerOf(
  connection: DuckDBConnection,
  format: ReportFormat,
  { files, header, largest }: { readonly files: string; readonly header: string; readonly largest: number },
): Promise<FormatReader> {
  switch (format) {
    case 'csv': {
      const names = header
        .replace(/^\u00ef\u00bb\u00bf/, '')
        .trim()
        .split(',');
      const types = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
      // A row cannot be longer than its file; DuckDB sets the buffers aside for every file.
      const maxRowBytes = Math.max(Math.min(largest, MAX_ROW_BYTES), 1024 * 1024);
      return {
        source: `read_csv(${files}, columns = {${types}}, header = true, auto_detect = false, delim = ',', quote = '"',
          escape = '"', nullstr = '', allow_quoted_nulls = false, strict_mode = true, max_line_size = ${maxRowBytes},
          buffer_size = ${2 * maxRowBytes}, parallel = false, filename = true)`,
        expression: (column) => (names.includes(column.name) ? fromCsv(column) : nullOf(column)),
      };
    }
    case 'json': {
      const types = COLUMNS.map(({ name, type }) => `${literal(name)}: ${literal(jsonType(type))}`).join(', ');
      return {
        source: `read_json(${files}, format = 'newline_delimited', columns = {${types}},
          maximum_object_size = ${MAX_ROW_BYTES}, filename = true)`,
        expression: (column) => cast(column, identifier(column.name)),
      };
    }
    case 'parquet': {
      const source = `read_parquet(${files}, union_by_name = true, filename = true)`;
      const present = new Set(
        (await rowsOf(connection, `DESCRIBE SELECT * FROM ${source}`)).map((row) => row.column_name),
      );
      return {
        source,
        expression: (column) => (present.has(column.name) ? cast(column, identifier(column.name)) : nullOf(column)),
      };
    }
  }
}

function jsonType(type: Column['type']): string {
  return type === 'timestamp' ? 'VARCHAR' : sqlType(type);
}

function nullOf({ type }: Column): string {
  return `NULL::${sqlType(type)}`;
}

function cast({ type }: Column, value: string): string {
  return type === 'timestamp' ? `(${value}::TIMESTAMPTZ AT TIME ZONE 'UTC')` : `${value}::${sqlType(type)}`;
}

/** Undoes the contract's CSV escapes, left to right: the parts between doubled backslashes hold only the others. */
function fromCsv(column: Column): string {
  const name = identifier(column.name);
  const plain = `replace(replace(replace(replace(part, '\\n', chr(10)), '\\r', chr(13)), '\\u0000', chr(0)), '\\u0001', chr(1))`;
  const text = `CASE WHEN contains(${name}, '\\')
    THEN array_to_string(list_transform(string_split(${name}, '\\\\'), lambda part: ${plain}), '\\') ELSE ${name} END`;
  if (column.type === 'string') return text;
  if (column.type === 'list') return `from_json(${text}, '["VARCHAR"]')`;
  return cast(column, name);
}

async function insertHours(connection: DuckDBConnection, hours: readonly NumberedHour[]): Promise<void> {
  if (hours.length === 0) return;
  const first = hours[0]?.id ?? 0;
  const counted = await rowsOf(
    connection,
    `SELECT hour_id, count(*) AS n FROM query_log WHERE hour_id >= ${first} GROUP BY hour_id`,
  );
  const loaded = new Map(counted.map((row) => [row.hour_id, Number(row.n)]));
  const rows = hours.map((hour) => {
    const problem = hour.problem ?? countProblem(hour, loaded.get(hour.id) ?? 0);
    return `(${hourValues(hour, problem).join(', ')})`;
  });
  await connection.run(`INSERT INTO hour_log VALUES ${rows.join(', ')}`);
  await connection.run(
    `INSERT INTO source_log SELECT hour_id, part.kind, part.accountId, part.region, part.counts.digestFindings, part.failure
     FROM (SELECT hour_id, unnest(from_json(sources, '${SOURCE_SHAPE}')) AS part FROM hour_log WHERE hour_id >= ${first})`,
  );
  await insertNotRead(connection, hours);
}

async function insertNotRead(connection: DuckDBConnection, hours: readonly NumberedHour[]): Promise<void> {
  const rows = hours.flatMap(({ id, manifest }) =>
    (manifest?.notRead ?? []).map(
      ({ name, reason, wayOut }) => `(${id}, ${literal(name)}, ${literal(reason)}, ${literal(wayOut)})`,
    ),
  );
  if (rows.length > 0) await connection.run(`INSERT INTO not_read_log VALUES ${rows.join(', ')}`);
}

/** What the cache keeps of a manifest's sources; a member of another type is null. */
const SOURCE_SHAPE =
  '[{"kind": "VARCHAR", "accountId": "VARCHAR", "region": "VARCHAR", "counts": {"digestFindings": "BIGINT"}, "failure": "VARCHAR"}]';

function countProblem({ manifest }: NumberedHour, rows: number): string | null {
  if (manifest === null) return null;
  if (manifest.report.rows !== rows) return `the report has ${rows} rows, the manifest says ${manifest.report.rows}`;
  const [fault] = ledgerFaults(manifest.ledger);
  return fault === undefined ? null : `the ledger does not add up: ${fault}`;
}

/** The values of an hour in the order of `hour_log`. */
function hourValues(hour: NumberedHour, problem: string | null): (string | number)[] {
  const { manifest, hour: listed } = hour;
  return [
    hour.id,
    text(listed.tree),
    `DATE ${literal(listed.label.reportDate)}`,
    listed.label.hour,
    text(manifest?.timezone),
    instant(manifest?.window.start),
    instant(manifest?.window.end),
    text(manifest?.status ?? 'unreadable'),
    integer(manifest?.version),
    text(manifest?.format),
    integer(manifest?.report.rows),
    integer(manifest?.report.bytes),
    text(hour.reportKey),
    text(manifest?.report.sha256),
    text(problem),
    integer(manifest?.pending.length),
    text(chainOf(manifest)),
    text(manifest?.previous),
    instant(manifest?.collectedAt),
    text(manifest?.generator),
    ...Object.values(LEDGER_COLUMNS).map((member) => integer(manifest?.ledger[member])),
    text(manifest ? JSON.stringify(manifest.ledger.byQueryStatus) : null),
    text(manifest ? JSON.stringify(manifest.sources) : null),
    text(hour.manifestSha256),
    text(hour.manifestTag),
    listed.manifestBytes,
    hour.path === null ? -1 : (listed.reports[hour.reportKey] ?? hour.reportBytes),
  ];
}

function text(value: string | null | undefined): string {
  return value === null || value === undefined ? 'NULL' : literal(value);
}

/** A manifest that replaced another names it, also where the report stayed the same, and with it the version; each later version replaced one. */
function chainOf(manifest: Manifest | null): string | null {
  if (manifest === null) return null;
  if (manifest.previous !== null) return 'linked';
  return manifest.version === 1 ? 'first' : 'broken';
}

function integer(value: number | undefined): string {
  return value === undefined || !Number.isSafeInteger(value) ? 'NULL' : String(value);
}

function instant(value: string | undefined): string {
  return value === undefined ? 'NULL' : `(TIMESTAMPTZ ${literal(value)} AT TIME ZONE 'UTC')`;
}
