import { hourName } from '../../calendar/hour-label.js';
import { CalendarError, reportDay } from '../../calendar/report-day.js';
import {
  COPY_WORDS,
  digestWords,
  disagreeingWords,
  malformedWords,
  notClosedWords,
  notListedWords,
  notReadWords,
  tableUnreadWords,
  unattributedWords,
} from '../../findings/finding-words.js';
import type { Row } from '../cache/duck.js';
import type { RunSql } from '../view/scope.js';
import { type Acceptance, acceptedIn } from './acceptances.js';

/** What a finding is about; all of a kind are told together. */
export type WitnessKind =
  | 'not-read'
  | 'unattributed'
  | 'digests'
  | 'not-listed'
  | 'table-disagrees'
  | 'table-unread'
  | 'not-closed'
  | 'malformed'
  | 'copy';

/** A finding of `aqt verify`, by the same key, so that what was accepted there is accepted here. */
export interface WitnessFinding {
  readonly kind: WitnessKind;
  readonly tree: string;
  readonly key: string;
  readonly text: string;
  /** How much of it there is: rows, records, hours or days, as the kind says. */
  readonly count: number;
  /** Days to collect again; null where that does not help. */
  readonly days: { readonly from: string; readonly to: string } | null;
  readonly accepted: Acceptance | null;
}

type Found = Omit<WitnessFinding, 'accepted'>;

/**
 * What the witnesses leave to be looked at, told from manifests, rows and closings alone. `aqt verify` also recomputes the
 * bytes, and looks for evidence that is gone.
 */
export async function witnessFindings(run: RunSql): Promise<WitnessFinding[]> {
  const accepted = await acceptedIn(run);
  const copies = new Set((await run('SELECT tree FROM copy_log')).map(({ tree }) => String(tree)));
  const ofHours = await Promise.all([notRead(run), unattributed(run), digests(run), malformed(run)]);
  const ofClosings = await Promise.all([notListed(run), systemTables(run), notClosed(run)]);
  const found = [
    ...ofHours.flat(),
    ...ofClosings.flat().filter(({ tree }) => !copies.has(tree)),
    ...[...copies].map(copyFinding),
  ];
  return found.map((finding) => ({ ...finding, accepted: accepted(finding.tree, finding.key) }));
}

const DATE = (sql: string) => `strftime(${sql}, '%Y-%m-%d')`;

async function notRead(run: RunSql): Promise<Found[]> {
  const rows = await run(
    `SELECT tree, concat_ws(' ', account_id, region) AS place, count(*) AS hours, ${DATE('min(report_date)')} AS first, ${DATE('max(report_date)')} AS last,
       arg_max(failure, (report_date - DATE '2000-01-01') * 24 + hour) AS failure
     FROM source_log JOIN hour_log USING (hour_id) WHERE failure IS NOT NULL GROUP BY tree, account_id, region ORDER BY ALL`,
  );
  return rows.map((row) => ({
    kind: 'not-read',
    tree: String(row.tree),
    ...notReadWords(String(row.place), { hours: Number(row.hours), failure: String(row.failure) }),
    count: Number(row.hours),
    days: { from: String(row.first), to: String(row.last) },
  }));
}

/** The key holds a hash of the ids in the order of the report: one more execution is a new finding. */
async function unattributed(run: RunSql): Promise<Found[]> {
  const order = 'ORDER BY start_time, query_execution_id NULLS LAST, event_id NULLS LAST';
  const rows = await run(
    `SELECT h.tree, ${DATE('h.report_date')} AS date, h.hour, count(*) AS n,
       sha256(string_agg(coalesce(query_execution_id, 'null') || chr(10), '' ${order})) AS hash,
       list(query_execution_id ${order})[1:5] AS ids
     FROM query_log JOIN hour_log h USING (hour_id) WHERE attribution = 'unattributed' GROUP BY ALL ORDER BY ALL`,
  );
  return rows.map((row) => {
    const ids = (Array.isArray(row.ids) ? row.ids : []).filter((id) => id !== null);
    const name = hourName(labelOf(row));
    const { key, text } = unattributedWords(name, {
      count: Number(row.n),
      ids: ids.map(String),
      hash: String(row.hash),
    });
    return {
      kind: 'unattributed',
      tree: String(row.tree),
      key,
      text: `${name}: ${text}`,
      count: Number(row.n),
      days: null,
    };
  });
}

async function digests(run: RunSql): Promise<Found[]> {
  const rows = await run(
    `SELECT DISTINCT tree, concat_ws(' ', account_id, region) AS place, digest_findings AS n
     FROM source_log JOIN hour_log USING (hour_id) WHERE digest_findings > 0 ORDER BY ALL`,
  );
  return rows.map((row) => ({
    kind: 'digests',
    tree: String(row.tree),
    ...digestWords(String(row.place), Number(row.n)),
    count: Number(row.n),
    days: null,
  }));
}

async function malformed(run: RunSql): Promise<Found[]> {
  const rows = await run(
    `SELECT tree, ${DATE('report_date')} AS date, hour, malformed AS n FROM hour_log WHERE malformed > 0 ORDER BY ALL`,
  );
  return rows.map((row) => {
    const name = hourName(labelOf(row));
    const { key, text } = malformedWords(name, Number(row.n));
    return {
      kind: 'malformed',
      tree: String(row.tree),
      key,
      text: `${name}: ${text}`,
      count: Number(row.n),
      days: null,
    };
  });
}

async function notListed(run: RunSql): Promise<Found[]> {
  const rows = await run(
    `SELECT tree, account_id, region, workgroup, count(*) AS n, ${DATE('max(report_date)')} AS date, arg_max(failure, report_date) AS failure
     FROM unlisted_log GROUP BY tree, account_id, region, workgroup ORDER BY ALL`,
  );
  return rows.map((row) => ({
    kind: 'not-listed',
    tree: String(row.tree),
    ...notListedWords(placeOf(row), {
      workGroup: String(row.workgroup),
      failure: String(row.failure),
      reportDate: String(row.date),
    }),
    count: Number(row.n),
    days: null,
  }));
}

async function systemTables(run: RunSql): Promise<Found[]> {
  const disagreeing = await run(
    `SELECT tree, account_id, region, ${DATE('report_date')} AS date, disagreements AS n, disagreeing AS ids
     FROM system_table_log WHERE disagreements > 0 ORDER BY ALL`,
  );
  const unread = await run(
    `SELECT tree, account_id, region, count(*) AS n, ${DATE('max(report_date)')} AS date, arg_max(failure, report_date) AS failure
     FROM system_table_log WHERE failure IS NOT NULL GROUP BY tree, account_id, region ORDER BY ALL`,
  );
  return [
    ...disagreeing.map((row): Found => {
      const ids = (Array.isArray(row.ids) ? row.ids : []).map(String);
      return {
        kind: 'table-disagrees',
        tree: String(row.tree),
        ...disagreeingWords(placeOf(row), { reportDate: String(row.date), count: Number(row.n), ids }),
        count: Number(row.n),
        days: null,
      };
    }),
    ...unread.map(
      (row): Found => ({
        kind: 'table-unread',
        tree: String(row.tree),
        ...tableUnreadWords(placeOf(row), { failure: String(row.failure), reportDate: String(row.date) }),
        count: Number(row.n),
        days: null,
      }),
    ),
  ];
}

/** Days that are all there and that nobody closed: Athena's own list was not compared. */
async function notClosed(run: RunSql): Promise<Found[]> {
  const rows = await run(
    `SELECT tree, ${DATE('report_date')} AS date, timezone, count(*) AS hours FROM hour_log
     WHERE timezone IS NOT NULL AND (tree, report_date) NOT IN (SELECT (tree, report_date) FROM closing_log)
     GROUP BY tree, report_date, timezone HAVING count(*) >= 23 ORDER BY ALL`,
  );
  return rows
    .filter((row) => Number(row.hours) >= 24 || Number(row.hours) >= hoursOfDay(String(row.date), String(row.timezone)))
    .map((row) => ({
      kind: 'not-closed',
      tree: String(row.tree),
      ...notClosedWords(String(row.date)),
      count: 1,
      days: { from: String(row.date), to: String(row.date) },
    }));
}

/** Labels of a day: 24, but 23 when the clock skips one. */
function hoursOfDay(date: string, timezone: string): number {
  try {
    return reportDay(date, timezone).hours.length;
  } catch (error) {
    if (error instanceof CalendarError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

function copyFinding(tree: string): Found {
  return {
    kind: 'copy',
    tree,
    ...COPY_WORDS,
    count: 1,
    days: null,
  };
}

function placeOf({ account_id, region }: Row): { readonly accountId: string; readonly region: string } {
  return { accountId: String(account_id), region: String(region) };
}

function labelOf(row: Row): { readonly reportDate: string; readonly hour: number } {
  return { reportDate: String(row.date), hour: Number(row.hour) };
}
