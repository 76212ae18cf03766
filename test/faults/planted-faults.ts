// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source files
/** A small fault: what stands once in a file, and what a slip would have written there. */
export interface PlantedFault {
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  readonly search: string;
  readonly replacement: string;
  /** The fast suites that have to find it; the golden table when absent. */
  readonly tests?: readonly string[];
}

const FINDINGS = ['src/findings'];
const MONEY = ['src/analytics/view/money.test.ts'];

/** Faults in what users read: sums, filters, groups, findings, reports. Each must be found by `npm test`. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  fault('failed queries are counted as refused', 'analytics/view/totals.ts', [
    `REFUSED = "count(*) FILTER (state = 'REFUSED')"`,
    `REFUSED = "count(*) FILTER (state = 'FAILED')"`,
  ]),
  fault('refused attempts are counted as queries', 'analytics/view/totals.ts', [
    `QUERIES = "count(*) FILTER (state <> 'REFUSED')"`,
    'QUERIES = "count(*)"',
  ]),
  fault('refused attempts count as queries without a price', 'analytics/view/totals.ts', [
    "cost_nanos IS NULL AND state <> 'REFUSED'",
    'cost_nanos IS NULL',
  ]),
  fault('malformed records are no finding', 'findings/find.ts', ['malformed > 0 ?', 'malformed > 1e9 ?'], FINDINGS),
  fault('dollars are ten times too many', 'analytics/view/totals.ts', ['/ 1e9', '/ 1e8']),
  fault('min-cost works as a maximum', 'analytics/view/filters.ts', ['`${column} >= ${', '`${column} <= ${']),
  fault('a minimum leaves out the amount itself', 'analytics/view/filters.ts', ['`${column} >= ${', '`${column} > ${']),
  fault('a maximum leaves out the amount itself', 'analytics/view/filters.ts', ['`${column} <= ${', '`${column} < ${']),
  fault('a negative filter drops what has no value', 'analytics/view/filters.ts', [
    'NOT coalesce(${condition}, false)',
    'NOT (${condition})',
  ]),
  fault('a gigabyte is a megabyte', 'analytics/view/filters.ts', ['GB: 1e9', 'GB: 1e6']),
  fault('(none) finds everything else', 'analytics/view/filters.ts', ['${sql} IS NULL`', '${sql} IS NOT NULL`']),
  fault('a search takes any of its words', 'analytics/view/filters.ts', [
    `.join(' AND ') || 'true'`,
    `.join(' OR ') || 'true'`,
  ]),
  fault('the billionths that are left over in a split are lost', 'analytics/groups/group-sums.ts', [
    'i <= rest',
    'i < rest',
  ]),
  fault('tables that are only written are charged, too', 'analytics/groups/group-sums.ts', [
    'i > parts THEN 0',
    'i > parts THEN share',
  ]),
  fault(
    'a person is as sure as the surest of the rows',
    'analytics/groups/group-sums.ts',
    ['`max(list_position(', '`min(list_position('],
    ['src/analytics/groups'],
  ),
  fault('a person of many rows is as sure as the surest', 'analytics/groups/group-sums.ts', [
    '[max(weakest)] AS confidence',
    '[min(weakest)] AS confidence',
  ]),
  fault('a person is counted once for every sum', 'analytics/groups/group-sums.ts', [
    'count(DISTINCT person) AS people',
    'count(person) AS people',
  ]),
  fault('the longest list stands last', 'analytics/groups/group-list.ts', [
    'sign * (right - left)',
    'sign * (left - right)',
  ]),
  fault('a search of a list needs the right case', 'analytics/groups/group-list.ts', ['key?.toLowerCase()', 'key']),
  fault('a list begins with the cheapest', 'analytics/view/list-queries.ts', [
    "isAscending ? 'ASC' : 'DESC'",
    "isAscending ? 'DESC' : 'ASC'",
  ]),
  fault('bars show refused attempts as failed', 'analytics/time/histogram.ts', [
    'bar.failed += Number(row.failed)',
    'bar.failed += Number(row.refused)',
  ]),
  fault('a facet lists the rarest values', 'analytics/view/facets.ts', [
    'ORDER BY grouping, n DESC',
    'ORDER BY grouping, n',
  ]),
  fault('"seen for the first time" is never told', 'analytics/view/notable.ts', ['DAY * 3;', 'DAY * 3000;']),
  fault('who was there before is told as new', 'analytics/view/notable.ts', [
    ': firstSeen.filter(({ at }) => contains(scope.window, at)',
    ': firstSeen.filter(({ at }) => at > 0',
  ]),
  fault('readers of sensitive tables are not told', 'analytics/view/notable.ts', [
    'unnest(r) AS table_name',
    'unnest(w) AS table_name',
  ]),
  fault('a table touched before counts as touched for the first time', 'analytics/view/habits.ts', [
    'window: { start: 0, end: scope.window.end }',
    'window: scope.window',
  ]),
  fault('Sunday is Monday', 'analytics/view/habits.ts', ["['Mon', 'Tue'", "['Sun', 'Mon', 'Tue'"]),
  fault(
    'a day ends where it begins',
    'analytics/time/time-range.ts',
    ['.window[edge]', '.window.start'],
    ['src/analytics/time/time-range.test.ts'],
  ),
  fault('verified persons are listed as weak', 'analytics/view/identities.ts', ["<> 'verified'", "<> 'none'"]),
  fault('a cost centre owes its last query only', 'analytics/cost/chargeback.ts', [
    'charge.nanos += ',
    'charge.nanos = ',
  ]),
  fault('what nobody claims stands first', 'analytics/cost/chargeback.ts', [
    'Number(a.costCenter === null) - Number(b.costCenter === null)',
    'Number(b.costCenter === null) - Number(a.costCenter === null)',
  ]),
  fault('a line over time begins a step late', 'analytics/time/trends.ts', [
    'Math.floor(index / width)',
    'Math.ceil(index / width)',
  ]),
  fault('open and final hours are swapped', 'analytics/audit/audit.ts', [
    "=== 'final' ? 'complete' : 'open'",
    "=== 'final' ? 'open' : 'complete'",
  ]),
  fault('missing hours are not counted', 'analytics/audit/audit.ts', ["gaps: count('gap')", "gaps: count('faulty')"]),
  fault('the hour before midnight is missing from a day', 'analytics/audit/audit.ts', [
    'begin <= label && label <= end',
    'begin < label && label < end',
  ]),
  fault('isAuditor is ignored', 'dashboard/answers/view-request.ts', [
    "isAuditor || params.get('mask')",
    "params.get('mask')",
  ]),
  fault('the console shows literals to auditors', 'dashboard/server/console-route.ts', [
    'isMasked: context.isAuditor',
    'isMasked: false',
  ]),
  fault('the first and the last time of an export are swapped', 'dashboard/server/export-route.ts', [
    'first_seen: instant(first)',
    'first_seen: instant(last)',
  ]),
  fault('an export has dollars in millionths', 'dashboard/server/export-route.ts', [
    'Number(nanos ?? 0) / 1e9',
    'Number(nanos ?? 0) / 1e6',
  ]),
  fault("a report's share is ten times too small", 'cli/look/report-text.ts', [
    'Number(total)) * 100)',
    'Number(total)) * 10)',
  ]),
  fault('less than a cent is shown as nothing', 'cli/look/report-text.ts', [
    'nanos > 0n && cents === 0n',
    'nanos < 0n',
  ]),
  fault('a report keeps one line too many', 'cli/look/report-text.ts', ['index < top ||', 'index <= top ||']),
  fault('the rest of a report forgets the failed', 'cli/look/report-lines.ts', [
    'failed += line.failed ?? 0',
    'failed = line.failed ?? 0',
  ]),
  fault(
    'money is rounded down',
    'analytics/view/money.ts',
    ['(nanos + half) / NANOS_PER_CENT', 'nanos / NANOS_PER_CENT'],
    MONEY,
  ),
  fault(
    'the cent left over goes to the smallest remainder',
    'analytics/view/money.ts',
    ['a.remainder < b.remainder ? 1', 'a.remainder > b.remainder ? 1'],
    MONEY,
  ),
  fault(
    'unattributed queries are no finding',
    'findings/find.ts',
    ['unattributed.count > 0', 'unattributed.count > 9'],
    FINDINGS,
  ),
  fault('one time zone is one too many', 'findings/find.ts', ['zones.length > 1', 'zones.length > 2'], FINDINGS),
  fault(
    'a day that nobody closed is not told',
    'findings/find.ts',
    ['closed.has(first.reportDate)', '!closed.has(first.reportDate)'],
    FINDINGS,
  ),
  fault(
    'what digests find is not told',
    'findings/find.ts',
    ['digestFindings > 0);', 'digestFindings > 99);'],
    FINDINGS,
  ),
];

function fault(
  name: string,
  file: string,
  [search, replacement]: readonly [string, string],
  tests?: readonly string[],
): PlantedFault {
  return { name, file, search, replacement, ...(tests ? { tests } : {}) };
}
