import { type DuckDBConnection, DuckDBInstance, type DuckDBResultReader } from '@duckdb/node-api';
import { identifier } from './sql-text.js';

/** A value as the named queries return it: 64-bit integers become numbers while they are exact, else text. */
export type Value = string | number | boolean | null | readonly Value[];
export type Row = Readonly<Record<string, Value>>;

/** Never reach for the network: extensions that are not linked in are an error, not a download. */
const OFFLINE = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
} as const;

/** Opens a database file to write. The process that has it open keeps every other process out. */
export async function openWriter(path: string, { memoryLimit = '2GB' } = {}): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(path, { ...OFFLINE, memory_limit: memoryLimit });
  const connection = await instance.connect();
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  connection.closeSync();
  return instance;
}

/**
 * Opens a database file to read: nothing can be written, no other file can be reached, no setting can be changed.
 * `scratch` adds an empty in-memory database of that name, shared by the instance's connections.
 */
export async function openReader(
  path: string,
  options: {
    readonly memoryLimit: string;
    readonly threads?: number;
    readonly scratch?: string;
    /** What is done before nothing can be changed any more. */
    readonly prepare?: (connection: DuckDBConnection) => Promise<void>;
  },
): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(path, {
    ...OFFLINE,
    access_mode: 'READ_ONLY',
    memory_limit: options.memoryLimit,
    // An empty folder name keeps intermediate results in memory, within the limit.
    temp_directory: '',
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
  });
  const connection = await instance.connect();
  try {
    if (options.scratch !== undefined)
      await connection.run(`ATTACH ':memory:' AS ${identifier(options.scratch)} (READ_WRITE)`);
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    await options.prepare?.(connection);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
  } finally {
    connection.closeSync();
  }
  return instance;
}

/** Runs a statement and returns its rows. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  return plainRows(await connection.runAndReadAll(sql));
}

/** Converts what was read: instants become ISO text, lists arrays, everything else of DuckDB text. */
export function plainRows(reader: DuckDBResultReader): Row[] {
  const names = reader.deduplicatedColumnNames();
  return reader.getRowsJS().map((values) => {
    const row: Record<string, Value> = {};
    for (const [index, name] of names.entries()) row[name] = plain(values[index]);
    return row;
  });
}

function plain(value: unknown): Value {
  switch (typeof value) {
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'undefined':
      return null;
  }
  if (value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  return String(value);
}
