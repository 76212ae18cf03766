import {
  columnsOfGroups,
  GROUP_SORTS,
  type GroupSort,
  MOST_HELD,
  orderGroups,
  searchGroups,
  withBefore,
} from '../../analytics/groups/group-list.js';
import {
  GROUP_NAMES,
  type GroupName,
  type GroupRow,
  groupBy,
  searchPatterns,
  withSamples,
} from '../../analytics/groups/groups.js';
import { trendsOf } from '../../analytics/time/trends.js';
import type { Scope } from '../../analytics/view/scope.js';
import { type Totals, totalsOf } from '../../analytics/view/totals.js';
import { remembered, rememberedList } from '../server/live-cache.js';
import { copyGroups } from './copy-as.js';
import { maskedRows } from './mask.js';
import { comparedScope } from './over-time.js';
import type { Question } from './question.js';
import { choiceParam, numberParam } from './view-request.js';

const SORT_NAMES = Object.keys(GROUP_SORTS) as readonly GroupSort[];
const HELD_NAMES = GROUP_NAMES.filter((name) => name !== 'fingerprint');
const PAGE = { fallback: 200, most: 2000 };
const OFFSET = { fallback: 0, most: 10_000_000 };

/** All groups of a scope are kept while it is looked at: a search, another order or another page of them asks nothing of DuckDB. */
export async function groups(question: Question) {
  const { context, params, run, scope, view, snapshot } = question;
  const by = choiceParam(params, 'by', GROUP_NAMES, 'person');
  const { totals, all } = await everyGroup(question, by);
  const text = params.get('search') ?? '';
  const found = by === 'fingerprint' ? await searchPatterns(run, all, text) : searchGroups(all, text);
  const order = choiceParam(params, 'order', SORT_NAMES, 'cost');
  const offset = numberParam(params, 'offset', OFFSET);
  const shown = orderGroups(found, order, params.get('turned') === '1').slice(
    offset,
    offset + numberParam(params, 'limit', PAGE),
  );
  const trends =
    params.get('trend') === '1'
      ? await trendsOf(run, scope, {
          by,
          keys: shown.slice(0, 60).map(({ key }) => key),
          timezone: view.timezone,
          measure: by === 'table' ? 'queries' : 'cost',
        })
      : new Map<string, number[]>();
  const rows = by === 'fingerprint' ? await withSamples((sql) => snapshot.cache.rows(sql), shown) : shown;
  return {
    by,
    window: scope.window,
    totals,
    /** Groups there are, and those among them that the search finds. */
    all: all.length,
    found: found.length,
    rows: maskedRows(rows, scope.isMasked).map((row) => ({ ...row, trend: trends.get(row.key ?? '') ?? null })),
    copy: copyGroups(view, context, by),
  };
}

/**
 * All groups of a scope, a list for each of their columns, for a page that searches and orders them by itself; null where they are too
 * many for a page. Patterns are searched by their texts, which only the cache holds.
 */
export async function wholeGroups(question: Question) {
  const by = choiceParam(question.params, 'by', HELD_NAMES, 'person');
  const { totals, all } = await everyGroup(question, by);
  return { totals, columns: all.length > MOST_HELD ? null : columnsOfGroups(all) };
}

async function everyGroup(
  question: Question,
  by: GroupName,
): Promise<{ readonly totals: Totals; readonly all: readonly GroupRow[] }> {
  const { run, scope, snapshot } = question;
  const before = comparedScope(question);
  const [totals, now, earlier] = await Promise.all([
    remembered(snapshot, `totals ${scopeKey(scope)}`, () => totalsOf(run, scope)),
    allGroups(question, by),
    before ? allGroups({ ...question, scope: before }, by) : null,
  ]);
  return { totals, all: earlier ? withBefore(now, earlier) : now };
}

const MOST_GROUPS = 1_000_000;

function allGroups({ snapshot, run, scope }: Question, by: GroupName): Promise<readonly GroupRow[]> {
  return rememberedList(snapshot, `${by} ${scopeKey(scope)}`, () => groupBy(run, scope, { by, limit: MOST_GROUPS }));
}

function scopeKey({ window, filters, isMasked }: Scope): string {
  return JSON.stringify([window, filters, isMasked]);
}
