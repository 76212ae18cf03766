import { workgroupFacts } from '../../analytics/audit/workgroup-facts.js';
import { chargeback } from '../../analytics/cost/chargeback.js';
import { reservationsOf } from '../../analytics/cost/reservations.js';
import { costByTag } from '../../analytics/cost/tags.js';
import { unpricedOf, WHY_UNPRICED } from '../../analytics/cost/unpriced.js';
import { columnsOfTable } from '../../analytics/view/columns.js';
import { FACET_COLUMNS, type FacetName, facetsOf } from '../../analytics/view/facets.js';
import { firstTouches, hoursOfWeek } from '../../analytics/view/habits.js';
import { weakIdentities } from '../../analytics/view/identities.js';
import { listQueries, SORTS, type Sort, type SortName } from '../../analytics/view/list-queries.js';
import { personOf } from '../../analytics/view/person.js';
import { queryDetail } from '../../analytics/view/query-detail.js';
import { sqlNames } from '../../analytics/view/sql-names.js';
import { totalsOf } from '../../analytics/view/totals.js';
import { unmatchedValues } from '../../analytics/view/unmatched.js';
import { asStarted } from '../../findings/as-started.js';
import { needAllRows } from '../rows/need-rows.js';
import { hasCostCenters } from '../server/status.js';
import { auditAnswer, placesAnswer } from './audit-answer.js';
import { billAnswer } from './bill-answer.js';
import { copyList } from './copy-as.js';
import { groups, wholeGroups } from './groups-answer.js';
import { masked, maskedRows } from './mask.js';
import { month } from './month-answer.js';
import { overTime } from './over-time.js';
import { overview } from './overview-answer.js';
import type { Question } from './question.js';
import { sums } from './sums-answer.js';
import { choiceParam, numberParam } from './view-request.js';

const SORT_NAMES = Object.keys(SORTS) as readonly SortName[];
const FACET_NAMES: readonly FacetName[] = [...(Object.keys(FACET_COLUMNS) as (keyof typeof FACET_COLUMNS)[]), 'table'];
const PAGE = { fallback: 100, most: 500 };
const OFFSET = { fallback: 0, most: 10_000_000 };

/** Everything that can be asked below `/api`, by its path; null is "there is no such thing". The page takes its types from here. */
export const ANSWERS = {
  '/overview': overview,
  '/explore': explore,
  '/queries': queries,
  '/facets': facets,
  '/groups': groups,
  '/groups/whole': wholeGroups,
  '/histogram': histogram,
  '/month': month,
  '/sums': sums,
  '/week': async ({ run, scope, view }) => ({ cells: await hoursOfWeek(run, scope, view.timezone) }),
  '/touches': async ({ run, scope, snapshot }) => {
    needAllRows(snapshot, 'What was touched for the first time is told of all rows');
    return { rows: await firstTouches(run, scope, 20_000) };
  },
  '/identities': async ({ run, scope }) => ({ rows: await weakIdentities(run, scope, 20_000) }),
  '/cost-centers': costCenters,
  '/tags': tags,
  '/bill': billAnswer,
  // Idle capacity is no query's, so it matches no filter.
  '/reservations': async ({ run, scope }) => ({
    rows: scope.filters.length > 0 ? [] : await reservationsOf(run, scope.window),
    unpriced: (await unpricedOf(run, scope)).map((one) => ({ ...one, why: WHY_UNPRICED[one.reason] ?? one.reason })),
  }),
  '/query': query,
  '/person': async ({ context, params, run }) => personOf(run, params.get('person') ?? '', context.directory),
  '/unmatched': async ({ run, scope }) => ({ unmatched: await unmatchedValues(run, scope) }),
  '/names': async ({ run }) => ({ views: await sqlNames(run) }),
  '/columns': async ({ params, run, scope }) => ({ rows: await columnsOfTable(run, scope, params.get('of') ?? '') }),
  '/workgroup': async ({ params, run, scope }) => workgroupFacts(run, scope, params.get('of') ?? ''),
  '/places': placesAnswer,
  '/audit': auditAnswer,
  '/chains': async ({ context, snapshot }) => ({ chains: await context.chains(snapshot.coverage.trees) }),
} as const satisfies Readonly<Record<string, (question: Question) => Promise<object | null>>>;

/** What each path answers, with the first and last day of the rows it is of (null: the first or last that are collected), the generation that it was computed from and the milliseconds that took. */
export type Api = {
  readonly [Path in keyof typeof ANSWERS]: NonNullable<Awaited<ReturnType<(typeof ANSWERS)[Path]>>> & {
    readonly rows_from: string | null;
    readonly rows_to: string | null;
    readonly generation: number;
    readonly ms: number;
  };
};

async function explore(question: Question) {
  const { context, params, run, scope, view } = question;
  const { sort, order } = sortOf(params);
  const [totals, time, rows] = await Promise.all([
    totalsOf(run, scope),
    overTime(question),
    listQueries(run, scope, { sort, limit: numberParam(params, 'limit', PAGE), offset: 0 }),
  ]);
  return {
    window: scope.window,
    totals,
    ...time,
    rows: maskedRows(rows, scope.isMasked),
    copy: copyList(view, context, order),
  };
}

async function queries({ params, run, scope }: Question) {
  const options = {
    sort: sortOf(params).sort,
    limit: numberParam(params, 'limit', PAGE),
    offset: numberParam(params, 'offset', OFFSET),
  };
  return { rows: maskedRows(await listQueries(run, scope, options), scope.isMasked) };
}

async function facets({ params, run, scope }: Question) {
  const names = (params.get('facets') ?? '')
    .split(',')
    .flatMap((name) => FACET_NAMES.filter((known) => known === name));
  return { facets: await facetsOf(run, scope, names) };
}

async function histogram(question: Question) {
  const { run, scope } = question;
  const [time, totals] = await Promise.all([overTime(question), totalsOf(run, scope)]);
  return { ...time, totals };
}

async function costCenters({ context, run, scope }: Question) {
  return {
    isConfigured: hasCostCenters(context),
    rows: (await chargeback(run, scope, context.directory)).map((charge) => ({
      key: charge.costCenter,
      queries: charge.queries,
      refused: charge.refused,
      nanos: Number(charge.nanos),
      bytes: Number(charge.scannedBytes),
    })),
  };
}

async function tags({ params, run, scope }: Question) {
  const { keys, key, rows } = await costByTag(run, scope, params.get('key'));
  return {
    ...{ keys, key },
    rows: rows.map(({ key: value, queries, nanos }) => ({ key: value, queries, nanos: Number(nanos ?? 0) })),
  };
}

async function query({ context, params, run, scope }: Question) {
  const detail = await queryDetail(run, params.get('id') ?? '', context.prices);
  if (detail === null) return null;
  const { note } = detail.cost;
  const cost = { ...detail.cost, note: note && asStarted(note, context.program) };
  return { ...detail, cost, row: masked(detail.row, scope.isMasked) };
}

function sortOf(params: URLSearchParams): { readonly sort: Sort; readonly order: string } {
  const by = choiceParam(params, 'sort', SORT_NAMES, 'time');
  const isAscending = params.get('dir') === 'asc';
  return { sort: { by, isAscending }, order: `${SORTS[by]} ${isAscending ? 'ASC' : 'DESC'} NULLS LAST` };
}
