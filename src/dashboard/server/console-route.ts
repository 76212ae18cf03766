import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { resolveRange } from '../../analytics/time/time-range.js';
import { ConsoleError } from '../../analytics/view/console-error.js';
import { heldWindow, rowsHeld } from '../rows/need-rows.js';
import type { HeldRows } from '../rows/row-source.js';
import { CONSOLE_LIMITS } from './console-limits.js';
import { consoleWorker } from './console-worker.js';
import type { DashboardContext } from './context.js';
import type { Snapshot } from './live-cache.js';

/** First and last report day. */
export interface ReportDays {
  readonly from: string;
  readonly to: string;
}

/** Days as `/api` takes them. */
type Days = Partial<ReportDays>;

/** So long a statement waits for days that are loaded for it, before it is told how far that has come. */
const PATIENCE_MS = 800;

/**
 * The SQL console: a process of its own with a read-only, locked instance, little memory and one thread, so that a bad statement
 * can neither reach anything nor slow the pages down much. One statement at a time.
 * In auditor mode it runs over masked views, and can name nothing else.
 */
export function consoleRoute(context: DashboardContext): { readonly app: Hono; readonly close: () => void } {
  const app = new Hono();
  const worker = consoleWorker();
  let queue: Promise<unknown> = Promise.resolve();

  const answer = async (sql: string, days: Days, request: AbortSignal): Promise<object> => {
    const { snapshot, release } = await rowsOf(context, days);
    const began = context.now();
    try {
      return {
        ...(await worker.ask({ path: snapshot.cache.path, sql, isMasked: context.isAuditor }, request)),
        reports: reportsOf(snapshot),
        ms: Math.round(context.now() - began),
      };
    } finally {
      release();
    }
  };

  app.post('/', bodyLimit({ maxSize: CONSOLE_LIMITS.textBytes }), async (request) => {
    const body: unknown = await request.req.json().catch(() => null);
    const sql = typeof body === 'object' && body !== null && 'sql' in body ? body.sql : null;
    const days = daysIn(body);
    if (typeof sql !== 'string') return request.json({ error: { message: 'send {"sql": "SELECT …"}' } }, 400);
    const { signal } = request.req.raw;
    const turn = queue.then(() => {
      signal.throwIfAborted();
      return answer(sql, days, signal);
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

function daysIn(body: unknown): Days {
  const { from, to } = (body ?? {}) as { readonly from?: unknown; readonly to?: unknown };
  return { ...(typeof from === 'string' ? { from } : {}), ...(typeof to === 'string' ? { to } : {}) };
}

/** The rows that a statement sees: all that are here of the newest, or those of the days that are named, where these do not hold them. */
async function rowsOf({ live, rows }: DashboardContext, days: Days): Promise<HeldRows> {
  const newest = live.current();
  if (!newest) throw new ConsoleError('the reports are being read for the first time');
  const named = days.from || days.to;
  const window = named ? resolveRange(days, heldWindow(newest), newest.coverage.timezone) : null;
  return rows().of(window, { isAgain: false, patienceMs: PATIENCE_MS });
}

/** The report days that a statement saw, where these are not all. */
function reportsOf(snapshot: Snapshot): ReportDays | null {
  const dates = snapshot.hours.map(({ reportDate }) => reportDate).sort();
  const [from, to] = [dates[0], dates.at(-1)];
  return rowsHeld(snapshot) === null || from === undefined || to === undefined ? null : { from, to };
}
