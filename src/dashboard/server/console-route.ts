import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { openReader } from '../../analytics/cache/duck.js';
import { ConsoleError, runConsole } from '../../analytics/view/console.js';
import type { DashboardContext } from './context.js';

/** What one statement of the console may take. */
export const CONSOLE_LIMITS = { rows: 1000, seconds: 15, memory: '512MB', threads: 1, textBytes: 100_000 } as const;

/**
 * The SQL console: an instance of its own, read-only and locked, with little memory and one thread, so that a bad statement
 * can neither reach anything nor slow the pages down much. One statement at a time.
 */
export function consoleRoute(context: DashboardContext): { readonly app: Hono; readonly close: () => void } {
  const app = new Hono();
  let open: { readonly generation: number; readonly instance: DuckDBInstance } | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  const connect = async (): Promise<DuckDBConnection> => {
    const cache = context.live.current()?.cache;
    if (!cache) throw new ConsoleError('the reports are being read for the first time');
    if (open?.generation !== cache.generation) {
      open?.instance.closeSync();
      open = null;
      const { memory, threads } = CONSOLE_LIMITS;
      open = { generation: cache.generation, instance: await openReader(cache.path, { memoryLimit: memory, threads }) };
    }
    return open.instance.connect();
  };
  const answer = async (sql: string, request: AbortSignal): Promise<object> => {
    const connection = await connect();
    const limit = AbortSignal.timeout(CONSOLE_LIMITS.seconds * 1000);
    const began = context.now();
    try {
      const result = await runConsole(connection, sql, {
        maxRows: CONSOLE_LIMITS.rows,
        signal: AbortSignal.any([request, limit]),
      });
      return { ...result, ms: Math.round(context.now() - began) };
    } catch (error) {
      if (limit.aborted)
        throw new ConsoleError(`stopped after ${CONSOLE_LIMITS.seconds} seconds: narrow the time range`);
      throw error;
    } finally {
      connection.closeSync();
    }
  };

  app.post('/', bodyLimit({ maxSize: CONSOLE_LIMITS.textBytes }), async (request) => {
    if (context.isAuditor) {
      return request.json(
        { error: { message: 'The console is closed in auditor mode: it could show literals.' } },
        403,
      );
    }
    const body: unknown = await request.req.json().catch(() => null);
    const sql = typeof body === 'object' && body !== null && 'sql' in body ? body.sql : null;
    if (typeof sql !== 'string') return request.json({ error: { message: 'send {"sql": "SELECT …"}' } }, 400);
    const { signal } = request.req.raw;
    const turn = queue.then(() => {
      signal.throwIfAborted();
      return answer(sql, signal);
    });
    queue = turn.catch(() => undefined);
    try {
      return request.json(await turn);
    } catch (error) {
      if (error instanceof ConsoleError) return request.json({ error: { message: error.message } }, 400);
      throw error;
    }
  });
  return { app, close: () => open?.instance.closeSync() };
}
