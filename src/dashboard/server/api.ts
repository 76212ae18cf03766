import { Hono } from 'hono';
import type { RunSql } from '../../analytics/view/scope.js';
import { ANSWERS } from '../answers/answers.js';
import type { Question } from '../answers/question.js';
import { readView } from '../answers/view-request.js';
import type { DashboardContext } from './context.js';
import { remembered } from './live-cache.js';
import { heldWindow, needRows, rowsHeld } from './need-rows.js';
import { statusOf } from './status.js';

/** The one answer that needs no rows. */
const SUMS = '/sums';
/** Answers of what is beside the reports, or of reports whose rows are not here: that may change without a new generation. */
const FRESH: ReadonlySet<string> = new Set([SUMS, '/audit']);

/** The routes below `/api`. Every answer carries the generation it was computed from and the milliseconds it took. */
export function apiRoutes(context: DashboardContext): Hono {
  const app = new Hono();
  app.get('/status', (request) => request.json(statusOf(context)));
  for (const [path, answer] of Object.entries<(question: Question) => Promise<object | null>>(ANSWERS)) {
    app.get(path, async (request) => {
      const began = context.now();
      const snapshot = context.live.current();
      if (!snapshot) return request.json({ error: { message: 'The reports are being read for the first time.' } }, 503);
      const params = new URL(request.req.url).searchParams;
      const answered = async () => {
        const { coverage } = snapshot;
        const view = readView(params, { coverage, held: heldWindow(snapshot), isAuditor: context.isAuditor });
        if (path !== SUMS) needRows(snapshot, view.scope.window);
        const run: RunSql = (sql) => snapshot.cache.rows(sql);
        const scope = await snapshot.search.prepare(run, view.scope);
        return answer({ context, snapshot, view, params, scope, run });
      };
      const body = await (FRESH.has(path) ? answered() : remembered(snapshot, `${path}?${params}`, answered));
      const held = rowsHeld(snapshot);
      const where = held === null ? 'in the collected reports' : `among the rows that are here, from ${held.from} on`;
      if (body === null) return request.json({ error: { message: `It is not ${where}.` } }, 404);
      const told = { rows_from: held?.from ?? null, generation: snapshot.cache.generation };
      return request.json({ ...body, ...told, ms: Math.round(context.now() - began) });
    });
  }
  // What is below `/api` is never a page.
  app.all('*', (request) => request.json({ error: { message: `there is no ${request.req.path}` } }, 404));
  return app;
}
