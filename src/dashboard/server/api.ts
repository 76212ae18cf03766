import { Hono } from 'hono';
import { auditSummary } from '../../analytics/audit/audit.js';
import { auditFindings } from '../../analytics/audit/audit-findings.js';
import { unreadPlaces } from '../../analytics/audit/places.js';
import { chargeback } from '../../analytics/view/chargeback.js';
import {
  FACET_COLUMNS,
  type FacetName,
  facetsOf,
  firstTouches,
  histogramOf,
  hoursOfWeek,
  listQueries,
  SORTS,
  type Sort,
  type SortName,
  totalsOf,
} from '../../analytics/view/explore.js';
import { GROUP_KEYS, GROUP_SORTS, type GroupName, groupBy } from '../../analytics/view/groups.js';
import { weakIdentities } from '../../analytics/view/identities.js';
import { firstSeenOf, notables } from '../../analytics/view/notable.js';
import { queryDetail } from '../../analytics/view/query-detail.js';
import type { RunSql, Scope } from '../../analytics/view/scope.js';
import { trendsOf } from '../../analytics/view/trends.js';
import type { DashboardContext } from './context.js';
import { copyGroups, copyList } from './copy-as.js';
import { remembered, type Snapshot } from './live-cache.js';
import { masked, maskedRows } from './mask.js';
import { acceptCommand, collectAgain, withCommands } from './next-commands.js';
import { choiceParam, numberParam, readView, type ViewRequest } from './view-request.js';

const SORT_NAMES = Object.keys(SORTS) as readonly SortName[];
const GROUP_NAMES: readonly GroupName[] = [...(Object.keys(GROUP_KEYS) as (keyof typeof GROUP_KEYS)[]), 'table'];
const FACET_NAMES: readonly FacetName[] = [...(Object.keys(FACET_COLUMNS) as (keyof typeof FACET_COLUMNS)[]), 'table'];

/** What a route answers from: one generation, a view of it, and a way to ask. */
interface Question {
  readonly snapshot: Snapshot;
  readonly view: ViewRequest;
  /** The view's scope, its text search done. */
  readonly scope: Scope;
  readonly run: RunSql;
}

type Answer = (question: Question) => Promise<object | null>;

/** The routes below `/api`. Every answer carries the generation it was computed from and the milliseconds it took. */
export function apiRoutes(context: DashboardContext): Hono {
  const app = new Hono();
  const { live } = context;

  const route = (path: string, answer: (params: URLSearchParams, path: string) => Answer): void => {
    app.get(path, async (request) => {
      const began = context.now();
      const snapshot = live.current();
      if (!snapshot) return request.json({ error: { message: 'The reports are being read for the first time.' } }, 503);
      const url = new URL(request.req.url);
      const key = `${url.pathname}?${url.searchParams}`;
      const body = await remembered(snapshot, key, async () => {
        const view = readView(url.searchParams, { coverage: snapshot.coverage, isAuditor: context.isAuditor });
        const run: RunSql = (sql) => snapshot.cache.rows(sql);
        const scope = await snapshot.search.prepare(run, view.scope);
        return answer(url.searchParams, url.pathname)({ snapshot, view, scope, run });
      });
      if (body === null)
        return request.json({ error: { message: 'There is no such query in the collected reports.' } }, 404);
      return request.json({
        ...body,
        generation: snapshot.cache.generation,
        ms: Math.round(context.now() - began),
      });
    });
  };

  app.get('/status', (request) => {
    const snapshot = live.current();
    return request.json({
      version: context.version,
      location: context.location,
      program: context.program,
      isAuditor: context.isAuditor,
      sensitive: context.sensitive,
      hasChargeback: hasCostCenters(context),
      generation: snapshot?.cache.generation ?? null,
      coverage: snapshot?.coverage ?? null,
      places: snapshot ? placeSummary(snapshot) : null,
      sync: context.status(),
      now: context.now(),
    });
  });

  route('/overview', () => overview(context));
  route('/explore', (params) => async ({ run, scope, view }) => {
    const { sort, order } = sortOf(params);
    const [totals, histogram, rows] = await Promise.all([
      totalsOf(run, scope),
      histogramOf(run, scope, view.timezone),
      listQueries(run, scope, { sort, limit: numberParam(params, 'limit', PAGE), offset: 0 }),
    ]);
    return {
      window: scope.window,
      timezone: view.timezone,
      totals,
      histogram,
      rows: maskedRows(rows, scope.isMasked),
      copy: copyList(view, context, order),
    };
  });
  route('/queries', (params) => async ({ run, scope }) => {
    const options = {
      sort: sortOf(params).sort,
      limit: numberParam(params, 'limit', PAGE),
      offset: numberParam(params, 'offset', OFFSET),
    };
    return { rows: maskedRows(await listQueries(run, scope, options), scope.isMasked) };
  });
  route('/facets', (params) => async ({ run, scope }) => {
    const names = (params.get('facets') ?? '')
      .split(',')
      .flatMap((name) => FACET_NAMES.filter((known) => known === name));
    return { facets: await facetsOf(run, scope, names) };
  });
  route('/groups', (params) => async ({ run, scope, view }) => {
    const by = choiceParam(params, 'by', GROUP_NAMES, 'person');
    const sort = choiceParam(params, 'order', GROUP_SORTS, 'cost');
    const limit = numberParam(params, 'limit', { fallback: 200, most: 2000 });
    const [totals, rows] = await Promise.all([totalsOf(run, scope), groupBy(run, scope, { by, sort, limit })]);
    const keys = rows.slice(0, 60).map((row) => (row.key === null ? null : String(row.key)));
    const measure = by === 'table' ? 'queries' : 'cost';
    const trends =
      params.get('trend') === '1'
        ? await trendsOf(run, scope, { by, keys, timezone: view.timezone, measure })
        : new Map<string, number[]>();
    return {
      by,
      window: scope.window,
      totals,
      rows: maskedRows(rows, scope.isMasked).map((row) => ({
        ...row,
        trend: trends.get(row.key === null ? '' : String(row.key)) ?? null,
      })),
      copy: copyGroups(view, context, by),
    };
  });
  route('/histogram', () => async ({ run, scope, view }) => ({
    ...(await histogramOf(run, scope, view.timezone)),
    totals: await totalsOf(run, scope),
  }));
  route('/week', () => async ({ run, scope, view }) => ({ cells: await hoursOfWeek(run, scope, view.timezone) }));
  route('/touches', () => async ({ run, scope }) => ({ rows: await firstTouches(run, scope, 30) }));
  route('/identities', () => async ({ run, scope }) => ({ rows: await weakIdentities(run, scope, 500) }));
  route('/cost-centers', () => async ({ run, scope }) => ({
    isConfigured: hasCostCenters(context),
    rows: (await chargeback(run, scope, context.directory)).map((charge) => ({
      key: charge.costCenter,
      queries: charge.queries,
      nanos: Number(charge.nanos),
      bytes: Number(charge.scannedBytes),
    })),
  }));
  route('/query/:id', (_, path) => async ({ run, scope }) => {
    const detail = await queryDetail(run, decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)));
    return detail && { ...detail, row: masked(detail.row, scope.isMasked) };
  });
  route('/places', () => async ({ snapshot }) => ({ places: withCommands(snapshot.places, context) }));
  route('/audit', () => async ({ run, snapshot }) => ({
    hours: snapshot.hours,
    coverage: snapshot.coverage,
    findings: (await auditFindings(run, snapshot.hours)).map((finding) => ({
      ...finding,
      command: finding.again && finding.accepted === null ? collectAgain(context, finding.again) : null,
    })),
    accept: acceptCommand(context),
    chains: await context.chains(snapshot.coverage.trees),
    ...(await auditSummary(run)),
  }));

  app.notFound((request) => request.json({ error: { message: `there is no ${request.req.path}` } }, 404));
  return app;
}

/** How many accounts and Regions there are, and which of them lack something: told on every page. */
function placeSummary({ places }: Snapshot) {
  return {
    count: places.length,
    accounts: new Set(places.map(({ accountId }) => accountId)).size,
    regions: new Set(places.map(({ region }) => region)).size,
    unread: unreadPlaces(places),
  };
}

const PAGE = { fallback: 100, most: 500 };
const OFFSET = { fallback: 0, most: 10_000_000 };

function sortOf(params: URLSearchParams): { readonly sort: Sort; readonly order: string } {
  const by = choiceParam(params, 'sort', SORT_NAMES, 'time');
  const isAscending = params.get('dir') === 'asc';
  return { sort: { by, isAscending }, order: `${SORTS[by]} ${isAscending ? 'ASC' : 'DESC'} NULLS LAST` };
}

function hasCostCenters({ directory }: DashboardContext): boolean {
  const named = [...directory.teams, ...directory.people].some(({ costCenter }) => costCenter !== null);
  return named || directory.chargeback.length > 0;
}

function overview(context: DashboardContext): Answer {
  return async ({ run, scope, snapshot, view }) => {
    const { start, end } = scope.window;
    const before: Scope = { ...scope, window: { start: start - (end - start), end: start } };
    const top = (by: GroupName) => groupBy(run, scope, { by, sort: 'cost', limit: 6 });
    const [totals, previous, histogram, people, workgroups, tables, patterns, notable] = await Promise.all([
      totalsOf(run, scope),
      totalsOf(run, before),
      histogramOf(run, scope, view.timezone),
      top('person'),
      top('workgroup'),
      top('table'),
      top('fingerprint'),
      notables(run, scope, {
        sensitive: context.sensitive,
        collected: snapshot.coverage.collected ?? { start: 0, end: 0 },
        firstSeen: await remembered(snapshot, 'first seen', () => firstSeenOf(run)),
      }),
    ]);
    const hasPrevious = (snapshot.coverage.collected?.start ?? Number.POSITIVE_INFINITY) <= before.window.start;
    return {
      window: scope.window,
      timezone: view.timezone,
      totals,
      previous: hasPrevious ? previous : null,
      histogram,
      people,
      workgroups,
      tables,
      patterns: maskedRows(patterns, scope.isMasked),
      notable,
      copy: copyGroups(view, context, 'person'),
    };
  };
}
