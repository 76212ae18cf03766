import { withSamples } from '../../analytics/groups/groups.js';
import { groupSummary, type Summary, summaryTotals, withSummary } from '../../analytics/groups/summary.js';
import { firstReadersOf, firstSeenOf, notables } from '../../analytics/view/notable.js';
import type { Scope } from '../../analytics/view/scope.js';
import { totalsOf } from '../../analytics/view/totals.js';
import { heldWindow } from '../rows/need-rows.js';
import { remembered } from '../server/live-cache.js';
import { copyGroups } from './copy-as.js';
import { maskedRows } from './mask.js';
import { overTime } from './over-time.js';
import type { Question } from './question.js';

/** The first page: sums beside those of the same span before, the most expensive of each kind, and what deserves a look. */
export async function overview(question: Question) {
  const { context, run, scope, snapshot, view } = question;
  const { start, end } = scope.window;
  const before: Scope = { ...scope, window: { start: start - (end - start), end: start } };
  const [previous, time, sums] = await Promise.all([
    totalsOf(run, before),
    overTime(question),
    withSummary(run, scope, (summary) => sumsOf(question, summary)),
  ]);
  const hasPrevious = snapshot.coverage.collected !== null && heldWindow(snapshot).start <= before.window.start;
  return {
    window: scope.window,
    totals: sums.totals,
    /** Of the same span before; null where it was not collected, or is not here. */
    previous: hasPrevious ? previous : null,
    ...time,
    people: sums.people,
    workgroups: sums.workgroups,
    tables: sums.tables,
    patterns: maskedRows(sums.patterns, scope.isMasked),
    notable: sums.notable,
    copy: copyGroups(view, context, 'person'),
  };
}

async function sumsOf({ context, run, scope, snapshot }: Question, summary: Summary) {
  // Who is new can be said of all rows only.
  const [firstSeen, firstReaders] = await Promise.all([
    snapshot.left !== null ? [] : remembered(snapshot, 'first seen', () => firstSeenOf(run)),
    snapshot.left !== null ? [] : remembered(snapshot, 'first readers', () => firstReadersOf(run, context.sensitive)),
  ]);
  const [totals, people, workgroups, tables, patterns, notable] = await Promise.all([
    summaryTotals(run, summary),
    groupSummary(run, summary, { by: 'person', limit: SHOWN }),
    groupSummary(run, summary, { by: 'workgroup', limit: SHOWN }),
    groupSummary(run, summary, { by: 'table', limit: SHOWN }),
    groupSummary(run, summary, { by: 'fingerprint', limit: SHOWN }).then((rows) => withSamples(run, rows)),
    notables(run, scope, {
      summary,
      sensitive: context.sensitive,
      collected: snapshot.coverage.collected ?? { start: 0, end: 0 },
      firstSeen,
      firstReaders,
    }),
  ]);
  return { totals, people, workgroups, tables, patterns, notable };
}

/** Rows of a panel. */
const SHOWN = 6;
