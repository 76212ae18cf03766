import { Hono } from 'hono';
import type { Span } from '../../analytics/held/plan-load.js';
import type { RunSql } from '../../analytics/view/scope.js';
import { addDays, reportDay } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';
import { ANSWERS } from '../answers/answers.js';
import type { Question } from '../answers/question.js';
import { sumsOfListed } from '../answers/sums-answer.js';
import { readView } from '../answers/view-request.js';
import { heldWindow, type RowsHeld, RowsNotHere, rowsHeld } from '../rows/need-rows.js';
import { type HeldRows, RowsLetGo } from '../rows/row-source.js';
import type { DashboardContext } from './context.js';
import { remembered, type Snapshot } from './live-cache.js';
import { statusOf } from './status.js';

/** Answers that are of the newest rows, or of none, whatever days the page looks at. */
const OF_NEWEST: ReadonlySet<string> = new Set(['/sums', '/month', '/audit', '/places', '/chains', '/names']);
/** Answers of what is beside the reports, or of reports whose rows are not here: that may change without a new generation. */
const FRESH: ReadonlySet<string> = new Set(['/sums', '/audit']);
/** So long a question waits for rows that are being loaded, before it is told how far that has come. */
const PATIENCE_MS = 800;
/** Asks for rows that are here, and has none loaded. */
const NOW_OR_NEVER = { isAgain: true, patienceMs: 0 };
/** A page sends it along when it asks only whether an answer has changed. */
export const AGAIN = 'x-again';

/** The routes below `/api`. Every answer carries the generation it was computed from and the milliseconds it took. */
export function apiRoutes(context: DashboardContext): Hono {
  const app = new Hono();
  app.get('/status', (request) => request.json(statusOf(context)));
  for (const [path, answer] of Object.entries<(question: Question) => Promise<object | null>>(ANSWERS)) {
    app.get(path, async (request) => {
      const began = context.now();
      const newest = context.live.current();
      const params = new URL(request.req.url).searchParams;
      if (!newest) {
        const body = path === '/sums' ? await sumsOfListed(context, params) : null;
        if (body !== null) return request.json({ ...body, rows_from: null, rows_to: null, generation: 0, ms: 0 });
        return request.json({ error: { message: 'The reports are being read for the first time.' } }, 503);
      }
      const { coverage } = newest;
      const view = readView(params, { coverage, held: heldWindow(newest), isAuditor: context.isAuditor });
      const answered = async (snapshot: Snapshot) => {
        const run: RunSql = (sql) => snapshot.cache.rows(sql);
        const scope = await snapshot.search.prepare(run, { ...view.scope, started: snapshot.coverage.started });
        return answer({ context, snapshot, view, params, scope, run });
      };
      const asked = { isAgain: request.req.header(AGAIN) !== undefined, patienceMs: PATIENCE_MS };
      const from = (window: Window | null, ask = asked) =>
        withRows(context.rows().of(window, ask), async (snapshot) => {
          const key = `${path}?${params} ${window?.start} ${window?.end}`;
          const body = await (FRESH.has(path)
            ? answered(snapshot)
            : remembered(snapshot, key, () => answered(snapshot)));
          return { body, held: rowsHeld(snapshot) };
        });
      const { window } = view.scope;
      const first = await (OF_NEWEST.has(path) ? from(null) : withOtherDays(window, (days) => from(days)));
      const isAnywhere = path === '/query' && !params.has('from') && !params.has('to');
      const elsewhere =
        first.body === null && isAnywhere
          ? await amongLoaded(context.rows().status().loaded, coverage.timezone, (days) => from(days, NOW_OR_NEVER))
          : null;
      const { body, held } = elsewhere ?? first;
      const where = held === null ? 'in the collected reports' : `among the rows that are here, ${daysSaid(held)}`;
      if (body === null) return request.json({ error: { message: `It is not ${where}.` } }, 404);
      const told = { rows_from: held?.from ?? null, rows_to: held?.to ?? null, generation: newest.cache.generation };
      return request.json({ ...body, ...told, ms: Math.round(context.now() - began) });
    });
  }
  // What is below `/api` is never a page.
  app.all('*', (request) => request.json({ error: { message: `there is no ${request.req.path}` } }, 404));
  return app;
}

/** An answer may need rows of other days, too, with which a view is compared: then it is made again of rows that hold both. */
async function withOtherDays<T>(window: Window, from: (window: Window) => Promise<T>): Promise<T> {
  try {
    return await from(window);
  } catch (error) {
    if (!(error instanceof RowsNotHere) || error.window === null) throw error;
    const { start, end } = error.window;
    return from({ start: Math.min(window.start, start), end: Math.max(window.end, end) });
  }
}

/** What names a query and no days may be of rows that are loaded beside the newest. Nothing is loaded for it. */
async function amongLoaded<T extends { readonly body: object | null }>(
  loaded: readonly Span[],
  timezone: string,
  from: (window: Window) => Promise<T>,
): Promise<T | null> {
  for (const span of loaded) {
    // A day before and one behind are loaded with those that were asked for.
    const start = reportDay(addDays(span.from, 1), timezone).window.start;
    const { end } = reportDay(addDays(span.to, -1), timezone).window;
    if (end <= start) continue;
    try {
      const answer = await from({ start, end });
      if (answer.body !== null) return answer;
    } catch (error) {
      if (!(error instanceof RowsLetGo)) throw error; // Let go just now: it is not there.
    }
  }
  return null;
}

async function withRows<T>(rows: Promise<HeldRows>, task: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const { snapshot, release } = await rows;
  try {
    return await task(snapshot);
  } finally {
    release();
  }
}

function daysSaid({ from, to }: RowsHeld): string {
  return to === null ? `from ${from} on` : `from ${from} to ${to}`;
}
