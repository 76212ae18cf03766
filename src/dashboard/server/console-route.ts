import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ConsoleError } from '../../analytics/view/console-error.js';
import { CONSOLE_LIMITS } from './console-limits.js';
import { consoleWorker } from './console-worker.js';
import type { DashboardContext } from './context.js';

/**
 * The SQL console: a process of its own with a read-only, locked instance, little memory and one thread, so that a bad statement
 * can neither reach anything nor slow the pages down much. One statement at a time.
 * In auditor mode it runs over masked views, and can name nothing else.
 */
export function consoleRoute(context: DashboardContext): { readonly app: Hono; readonly close: () => void } {
  const app = new Hono();
  const worker = consoleWorker();
  let queue: Promise<unknown> = Promise.resolve();

  const answer = async (sql: string, request: AbortSignal): Promise<object> => {
    const cache = context.live.current()?.cache;
    if (!cache) throw new ConsoleError('the reports are being read for the first time');
    const began = context.now();
    const release = cache.hold();
    try {
      return {
        ...(await worker.ask({ path: cache.path, sql, isMasked: context.isAuditor }, request)),
        ms: Math.round(context.now() - began),
      };
    } finally {
      release();
    }
  };

  app.post('/', bodyLimit({ maxSize: CONSOLE_LIMITS.textBytes }), async (request) => {
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
  return { app, close: worker.close };
}
