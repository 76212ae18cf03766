import type { ErrorHandler } from 'hono';
import { TimeRangeError } from '../../analytics/time/time-range.js';
import { ConsoleError } from '../../analytics/view/console-error.js';
import { FilterError } from '../../analytics/view/filters.js';
import { CalendarError } from '../../calendar/report-day.js';
import { asStarted } from '../../findings/as-started.js';
import { RowsNotHere } from '../rows/need-rows.js';
import { RowsLetGo, RowsLoading } from '../rows/row-source.js';
import type { DashboardContext } from './context.js';

/** Turns what was thrown into an answer: what the visitor can mend as 400, the rest as 500 with an id that the terminal shows, too. */
export function answerError(context: DashboardContext): ErrorHandler {
  return (error, request) => {
    const isUsage = [FilterError, TimeRangeError, CalendarError, ConsoleError].some((kind) => error instanceof kind);
    if (error instanceof RowsNotHere)
      return request.json({ error: { message: asStarted(error.message, context.program) } }, 409);
    if (error instanceof RowsLetGo) return request.json({ error: { message: error.message, let_go: true } }, 409);
    if (error instanceof RowsLoading) {
      request.header('Retry-After', '1');
      return request.json({ error: { message: error.message, loading: error.loading } }, 503);
    }
    if (isUsage) return request.json({ error: { message: error.message } }, 400);
    const id = context.newId();
    context.onError(`${request.req.method} ${request.req.path} failed (${id}): ${kindOf(error)}`);
    return request.json({ error: { message: messageFor(error), request_id: id } }, 500);
  };
}

/** What went wrong, without SQL: DuckDB's messages quote the statement. */
function kindOf(error: Error): string {
  return /^[A-Za-z ]+Error/.exec(error.message)?.[0] ?? error.name;
}

function messageFor(error: Error): string {
  if (/out of memory/i.test(error.message))
    return 'The question needs more memory than the dashboard may use. Narrow the time range.';
  return `The question could not be answered (${kindOf(error)}).`;
}
