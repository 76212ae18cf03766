import { addDays, reportDay } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';
import { LEDGER_COLUMNS } from '../cache/cache-schema.js';
import type { Row } from '../cache/duck.js';
import type { RunSql } from '../view/scope.js';

/** How sure an hour is. `gap`: no finished report; `faulty`: report and manifest disagree; `open`: may still change. */
export type HourState = 'complete' | 'open' | 'faulty' | 'gap';

export interface AuditHour {
  readonly tree: string;
  readonly reportDate: string;
  readonly hour: number;
  readonly state: HourState;
  readonly start: number;
  readonly end: number;
  readonly rows: number | null;
  readonly starts: number | null;
  readonly unattributed: number | null;
  readonly pending: number | null;
  readonly version: number | null;
  readonly collectedAt: number | null;
  readonly problem: string | null;
}

/** What is collected, in short. Windows are null while nothing is. */
export interface Coverage {
  readonly collected: Window | null;
  /** From the first start of a row to behind the last; null where there is none, or a row without. */
  readonly started: Window | null;
  readonly timezone: string;
  readonly trees: readonly string[];
  readonly hours: number;
  readonly complete: number;
  readonly open: number;
  readonly faulty: number;
  readonly gaps: number;
  /** Hours with a report that lacks an account or Region: it could not be read. */
  readonly lacking: number;
  readonly queries: number;
}

/** All hours from the first collected to the last, tree by tree, with the labels that are missing in between. */
export async function auditHours(run: RunSql): Promise<AuditHour[]> {
  const rows = await run(
    `SELECT tree, strftime(report_date, '%Y-%m-%d') AS report_date, hour, timezone, status, problem, rows, starts, unattributed, pending,
       version, epoch_ms(window_start) AS start_ms, epoch_ms(window_end) AS end_ms, epoch_ms(collected_at) AS collected_ms
     FROM hour_log ORDER BY tree, report_date, hour`,
  );
  const trees = new Map<string, Row[]>();
  for (const row of rows) {
    const tree = trees.get(String(row.tree));
    if (tree) tree.push(row);
    else trees.set(String(row.tree), [row]);
  }
  return [...trees].flatMap(([tree, held]) => hoursOfTree(tree, held));
}

function hoursOfTree(tree: string, rows: readonly Row[]): AuditHour[] {
  const first = rows[0];
  const last = rows.at(-1);
  const timezone = rows.find((row) => row.timezone !== null)?.timezone;
  if (!first || !last || typeof timezone !== 'string') return rows.map((row) => auditHour(tree, row));
  const days = new Map<string, Row[]>();
  for (const row of rows) {
    const day = days.get(String(row.report_date));
    if (day) day.push(row);
    else days.set(String(row.report_date), [row]);
  }
  const begin = labelOf(String(first.report_date), Number(first.hour));
  const end = labelOf(String(last.report_date), Number(last.hour));
  const hours: AuditHour[] = [];
  for (let date = String(first.report_date); date <= String(last.report_date); date = addDays(date, 1)) {
    const held = days.get(date) ?? [];
    // A day with all 24 labels needs no look at the calendar, which is slow.
    if (held.length === 24) hours.push(...held.map((row) => auditHour(tree, row)));
    else hours.push(...hoursOfDay({ tree, date, timezone, held }).filter((hour) => isBetween(hour, begin, end)));
  }
  return hours;
}

function hoursOfDay({
  tree,
  date,
  timezone,
  held,
}: {
  readonly tree: string;
  readonly date: string;
  readonly timezone: string;
  readonly held: readonly Row[];
}): AuditHour[] {
  return reportDay(date, timezone).hours.map(({ reportDate, hour, window }) => {
    const row = held.find((candidate) => candidate.hour === hour);
    return row ? auditHour(tree, row) : gap({ tree, reportDate, hour, window });
  });
}

function isBetween({ reportDate, hour }: AuditHour, begin: string, end: string): boolean {
  const label = labelOf(reportDate, hour);
  return begin <= label && label <= end;
}

function labelOf(reportDate: string, hour: number): string {
  return `${reportDate}T${String(hour).padStart(2, '0')}`;
}

function auditHour(tree: string, row: Row): AuditHour {
  const number = (value: Row[string] | undefined): number | null => (typeof value === 'number' ? value : null);
  return {
    tree,
    reportDate: String(row.report_date),
    hour: Number(row.hour),
    state: row.problem !== null ? 'faulty' : row.status === 'final' ? 'complete' : 'open',
    start: Number(row.start_ms ?? 0),
    end: Number(row.end_ms ?? 0),
    rows: number(row.rows),
    starts: number(row.starts),
    unattributed: number(row.unattributed),
    pending: number(row.pending),
    version: number(row.version),
    collectedAt: number(row.collected_ms),
    problem: row.problem === null ? null : String(row.problem),
  };
}

function gap({
  tree,
  reportDate,
  hour,
  window,
}: {
  readonly tree: string;
  readonly reportDate: string;
  readonly hour: number;
  readonly window: Window;
}): AuditHour {
  const nothing = { rows: null, starts: null, unattributed: null, pending: null, version: null, collectedAt: null };
  return { tree, reportDate, hour, state: 'gap', ...window, ...nothing, problem: 'no report with a manifest' };
}

/** Sums up what is collected; cheap enough for every page. */
export async function coverageOf(run: RunSql, audited?: readonly AuditHour[]): Promise<Coverage> {
  const hours = audited ?? (await auditHours(run));
  const [facts] = await run(
    `SELECT any_value(timezone) AS timezone, epoch_ms(min(window_start)) AS first, epoch_ms(max(window_end)) AS last,
       (SELECT count(*) FROM query_log WHERE state <> 'REFUSED') AS queries,
       (SELECT count(DISTINCT hour_id) FROM source_log WHERE failure IS NOT NULL) AS lacking FROM hour_log`,
  );
  const [rows] = await run(
    'SELECT epoch_ms(min(start_time)) AS first, epoch_ms(max(start_time)) AS last, count(*) = count(start_time) AS timed FROM query_log',
  );
  const hasRows = rows?.timed === true && typeof rows.first === 'number' && typeof rows.last === 'number';
  const count = (state: HourState): number => hours.filter((hour) => hour.state === state).length;
  const hasHours = typeof facts?.first === 'number' && typeof facts.last === 'number';
  return {
    collected: hasHours ? { start: Number(facts.first), end: Number(facts.last) } : null,
    started: hasRows ? { start: Number(rows.first), end: Number(rows.last) + 1 } : null,
    timezone: typeof facts?.timezone === 'string' ? facts.timezone : 'UTC',
    trees: [...new Set(hours.map(({ tree }) => tree))],
    hours: hours.length,
    complete: count('complete'),
    open: count('open'),
    faulty: count('faulty'),
    gaps: count('gap'),
    lacking: Number(facts?.lacking ?? 0),
    queries: Number(facts?.queries ?? 0),
  };
}

/** The ledger over all hours, what collected them, and the manifests' chain. */
export async function auditSummary(run: RunSql): Promise<{
  readonly ledger: Row;
  readonly runs: readonly Row[];
  readonly chain: Row;
  readonly sources: readonly Row[];
}> {
  const sums = Object.keys(LEDGER_COLUMNS).map((name) => `coalesce(sum(${name}), 0)::BIGINT AS ${name}`);
  const [ledger] = await run(
    `SELECT coalesce(sum(rows), 0)::BIGINT AS rows, coalesce(sum(pending), 0)::BIGINT AS pending, ${sums.join(', ')} FROM hour_log`,
  );
  const [chain] = await run(
    `SELECT count(*) FILTER (chain = 'first') AS first, count(*) FILTER (chain = 'linked') AS linked,
       count(*) FILTER (chain = 'broken') AS broken, max(version) AS highest FROM hour_log`,
  );
  const runs = await run(
    `SELECT strftime(collected_at, '%Y-%m-%d') AS day, generator, count(*) AS hours, sum(rows)::BIGINT AS rows,
       count(*) FILTER (version > 1) AS rewritten, epoch_ms(min(collected_at)) AS first, epoch_ms(max(collected_at)) AS last,
       strftime(min(report_date), '%Y-%m-%d') AS from_day, strftime(max(report_date), '%Y-%m-%d') AS to_day
     FROM hour_log WHERE collected_at IS NOT NULL GROUP BY day, generator ORDER BY day DESC LIMIT 20000`,
  );
  const sources = await run(
    `SELECT kind, account_id AS account, region, count(*) AS hours FROM source_log GROUP BY ALL ORDER BY ALL`,
  );
  return { ledger: ledger ?? {}, runs, chain: chain ?? {}, sources };
}
