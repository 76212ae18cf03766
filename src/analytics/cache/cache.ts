import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { generations } from './cache-files.js';
import { CACHE_VERSION } from './cache-schema.js';
import { openReader, plainRows, type Row, rowsOf } from './duck.js';

/** A generation of the cache, open to read. */
export interface Cache {
  readonly generation: number;
  readonly path: string;
  /** Runs one statement of ours and returns all its rows. @throws when the signal fires, or DuckDB refuses. */
  rows<T = Row>(sql: string, signal?: AbortSignal): Promise<T[]>;
  /** Lends a connection to work with several statements, or with streams. */
  use<T>(task: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Keeps it open over several calls, until the returned function is called. */
  hold(): () => void;
  /** Closes it once nothing is running any more. */
  close(): void;
}

/** In-memory database beside the cache for intermediate results that several statements share. */
export const SCRATCH = 'scratch';

/** Opens the newest generation; null when there is none yet, or only one of another version of this program, which a writer builds anew. */
export async function openCache(
  folder: string,
  options: { readonly memoryLimit?: string; readonly threads?: number } = {},
): Promise<Cache | null> {
  // A writer may remove a generation between the listing and the opening; then there is a newer one.
  for (let attempt = 0; ; attempt += 1) {
    const [newest] = await generations(folder);
    if (!newest) return null;
    try {
      const instance = await openReader(newest.path, {
        memoryLimit: options.memoryLimit ?? '2GB',
        scratch: SCRATCH,
        ...(options.threads === undefined ? {} : { threads: options.threads }),
      });
      if (await isOfThisVersion(instance)) return cacheOf(instance, newest);
      instance.closeSync();
      return null;
    } catch (error) {
      const [current] = await generations(folder);
      if (attempt >= 5 || (current && current.number === newest.number)) throw error;
    }
  }
}

async function isOfThisVersion(instance: DuckDBInstance): Promise<boolean> {
  const connection = await instance.connect();
  try {
    return (await versionOf(connection)) === String(CACHE_VERSION);
  } finally {
    connection.closeSync();
  }
}

/** The version of the schema that a generation was written with; undefined where it does not say. */
export async function versionOf(connection: DuckDBConnection): Promise<string | undefined> {
  const meta = await rowsOf(connection, "SELECT value FROM meta WHERE name = 'version'");
  return typeof meta[0]?.value === 'string' ? meta[0].value : undefined;
}

function cacheOf(
  instance: DuckDBInstance,
  { number, path }: { readonly number: number; readonly path: string },
): Cache {
  const idle: DuckDBConnection[] = [];
  let busy = 0;
  let closing = false;
  const end = (): void => {
    for (const connection of idle.splice(0)) connection.closeSync();
    instance.closeSync();
  };
  const hold = (): (() => void) => {
    if (closing && busy === 0) throw new Error(`the cache ${path} is closed`);
    busy += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      busy -= 1;
      if (closing && busy === 0) end();
    };
  };
  const use = async <T>(task: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const release = hold();
    const connection = idle.pop() ?? (await instance.connect());
    try {
      return await task(connection);
    } finally {
      idle.push(connection);
      release();
    }
  };
  return {
    generation: number,
    path,
    hold,
    use,
    rows: <T>(sql: string, signal?: AbortSignal) =>
      use((connection) =>
        interruptible(connection, signal, async () => plainRows(await connection.runAndReadAll(sql)) as T[]),
      ),
    close() {
      if (closing) return;
      closing = true;
      if (busy === 0) end();
    },
  };
}

/** Runs a task and interrupts its connection when the signal fires. */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  task: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const stop = (): void => connection.interrupt();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await task();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
