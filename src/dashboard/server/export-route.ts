import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { spreadsheetLine } from '../../analytics/cache/csv.js';
import type { Row, Value } from '../../analytics/cache/duck.js';
import { GROUP_SORTS, type GroupSort, orderGroups, searchGroups } from '../../analytics/groups/group-list.js';
import { GROUP_NAMES, type GroupRow, groupBy, searchPatterns, withSamples } from '../../analytics/groups/groups.js';
import { SORTS } from '../../analytics/view/list-queries.js';
import { type RunSql, scopeSql } from '../../analytics/view/scope.js';
import type { Window } from '../../calendar/window.js';
import { COLUMNS } from '../../record/columns.js';
import { masked } from '../answers/mask.js';
import { choiceParam, readView } from '../answers/view-request.js';
import { heldWindow } from '../rows/need-rows.js';
import { type HeldRows, RowsLoading } from '../rows/row-source.js';
import type { DashboardContext } from './context.js';

const BATCH = 5000;

/**
 * Exports of exactly the view: all its queries (every column of the report), or all groups. Times are UTC ISO 8601 whatever
 * the page shows. CSV is guarded for spreadsheets, JSON is one object a line and exact.
 */
export function exportRoute(context: DashboardContext): Hono {
  const app = new Hono();
  app.get('/:file', async (request) => {
    const [, what, format] = /^(queries|groups)\.(csv|ndjson)$/.exec(request.req.param('file')) ?? [];
    if (!what || !format)
      return request.json({ error: { message: 'export queries or groups, as .csv or .ndjson' } }, 404);
    const newest = context.live.current();
    if (!newest) return request.json({ error: { message: 'The reports are being read for the first time.' } }, 503);
    const params = new URL(request.req.url).searchParams;
    const { coverage } = newest;
    const view = readView(params, { coverage, held: heldWindow(newest), isAuditor: context.isAuditor });
    const { snapshot, release } = await rowsInTime(context, view.scope.window, request.req.raw.signal);
    const run: RunSql = (sql) => snapshot.cache.rows(sql);
    const started = { ...view.scope, started: snapshot.coverage.started };
    const scope = await snapshot.search.prepare(run, started).catch((error: unknown) => {
      release();
      throw error;
    });
    const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
    const file = `athena-${what}-${day(scope.window.start)}-${day(scope.window.end)}.${format}`;
    request.header('Content-Type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson');
    request.header('Content-Disposition', `attachment; filename="${file}"`);
    const pages = what === 'queries' ? queryPages(run, scopeSql(scope), params) : groupPages(run, { scope, params });
    return stream(request, async (output) => {
      let isFirst = true;
      try {
        for await (const rows of pages) {
          const [head] = rows;
          if (!head) continue;
          const names = Object.keys(head);
          let text = isFirst && format === 'csv' ? spreadsheetLine(names) : '';
          isFirst = false;
          for (const row of rows) {
            const shown = masked(row, scope.isMasked);
            text +=
              format === 'csv'
                ? spreadsheetLine(names.map((name) => shown[name] ?? null))
                : `${JSON.stringify(shown)}\n`;
          }
          await output.write(text);
          if (output.aborted) return;
        }
      } finally {
        release();
      }
    });
  });
  return app;
}

/** What is saved to a file has no page that could ask again: it waits while its rows are loaded, as long as somebody waits for it. */
async function rowsInTime({ rows }: DashboardContext, window: Window, signal: AbortSignal): Promise<HeldRows> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await rows().of(window, { isAgain: false, patienceMs: 5_000 });
    } catch (error) {
      if (!(error instanceof RowsLoading)) throw error;
    }
  }
}

async function* queryPages(run: RunSql, where: string, params: URLSearchParams): AsyncGenerator<readonly Row[]> {
  const by = choiceParam(params, 'sort', Object.keys(SORTS) as (keyof typeof SORTS)[], 'time');
  const direction = params.get('dir') === 'asc' ? 'ASC' : 'DESC';
  const columns = COLUMNS.map(({ name }) => `"${name}"`).join(', ');
  for (let offset = 0; ; offset += BATCH) {
    const rows = await run(
      `SELECT ${columns} FROM query_log WHERE rowid IN (
         SELECT rowid FROM query_log WHERE ${where}
         ORDER BY ${SORTS[by]} ${direction} NULLS LAST, start_time DESC, rowid LIMIT ${BATCH} OFFSET ${offset})
       ORDER BY ${SORTS[by]} ${direction} NULLS LAST, start_time DESC, rowid`,
    );
    yield rows;
    if (rows.length < BATCH) return;
  }
}

async function* groupPages(
  run: RunSql,
  { scope, params }: { readonly scope: Parameters<typeof groupBy>[1]; readonly params: URLSearchParams },
): AsyncGenerator<readonly Row[]> {
  const by = choiceParam(params, 'by', GROUP_NAMES, 'person');
  const order = choiceParam(params, 'order', Object.keys(GROUP_SORTS) as GroupSort[], 'cost');
  const all = await groupBy(run, scope, { by, limit: 1_000_000 });
  const text = params.get('search') ?? '';
  const found = by === 'fingerprint' ? await searchPatterns(run, all, text) : searchGroups(all, text);
  const rows = orderGroups(found, order, params.get('turned') === '1');
  for (let offset = 0; offset < rows.length; offset += BATCH) {
    const batch = rows.slice(offset, offset + BATCH);
    yield (by === 'fingerprint' ? await withSamples(run, batch) : batch).map((row) => exported(by, row));
  }
}

function exported(by: string, row: GroupRow): Row {
  const { groups: _, sample_row: __, nanos, first, last, last_read, last_write, key, ...rest } = row;
  return {
    [by]: key,
    ...rest,
    cost_usd: Number(nanos ?? 0) / 1e9,
    first_seen: instant(first),
    last_seen: instant(last),
    ...(last_read === undefined ? {} : { last_read: instant(last_read), last_write: instant(last_write) }),
  };
}

function instant(value: Value | undefined): Value {
  return typeof value === 'number' ? new Date(value).toISOString() : null;
}
