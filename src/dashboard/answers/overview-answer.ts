import { type GroupName, groupBy, withSamples } from '../../analytics/view/groups.js';
import { firstReadersOf, firstSeenOf, notables } from '../../analytics/view/notable.js';
import type { Scope } from '../../analytics/view/scope.js';
import { totalsOf } from '../../analytics/view/totals.js';
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
  const top = (by: GroupName) => groupBy(run, scope, { by, limit: 6, isBare: by === 'workgroup' });
  const [totals, previous, time, people, workgroups, tables, patterns, notable] = await Promise.all([
    totalsOf(run, scope),
    totalsOf(run, before),
    overTime(question),
    top('person'),
    top('workgroup'),
    top('table'),
    top('fingerprint').then((rows) => withSamples(run, rows)),
    notables(run, scope, {
      sensitive: context.sensitive,
      collected: snapshot.coverage.collected ?? { start: 0, end: 0 },
      firstSeen: await remembered(snapshot, 'first seen', () => firstSeenOf(run)),
      firstReaders: await remembered(snapshot, 'first readers', () => firstReadersOf(run, context.sensitive)),
    }),
  ]);
  const hasPrevious = (snapshot.coverage.collected?.start ?? Number.POSITIVE_INFINITY) <= before.window.start;
  return {
    window: scope.window,
    totals,
    /** Of the same span before; null where it was not collected. */
    previous: hasPrevious ? previous : null,
    ...time,
    people,
    workgroups,
    tables,
    patterns: maskedRows(patterns, scope.isMasked),
    notable,
    copy: copyGroups(view, context, 'person'),
  };
}
