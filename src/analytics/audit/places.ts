import { acceptanceKey } from '../../findings/finding.js';
import type { Row } from '../cache/duck.js';
import type { RunSql } from '../view/scope.js';
import { type Acceptance, acceptedIn } from './acceptances.js';
import type { AuditHour } from './audit.js';
import { ALL } from './closing.js';
import { type PlaceDay, type PlaceSpan, placeDayState, spansOf } from './place-days.js';

/** How complete one account and Region of a tree is. */
export interface PlaceAccount {
  /** Folder of the tree in a forest, ending in `/`; empty for a single tree. */
  readonly tree: string;
  readonly accountId: string;
  readonly region: string;
  /** Days that the tree spans, and those of them that were read here to the end. */
  readonly days: number;
  readonly daysRead: number;
  /** Null where all that was read are log files of a trail, which name no place. */
  readonly hoursRead: number | null;
  /** Hours that lack what this place would have told. */
  readonly hoursLacking: number;
  /** Starts seen of the rows, repeated ones included. */
  readonly starts: number;
  readonly rows: number;
  readonly spans: readonly PlaceSpan[];
  /** Why it was not read, the last time it was not. */
  readonly failure: { readonly reportDate: string; readonly text: string } | null;
  /** Somebody looked at what lacks, and accepted it. */
  readonly accepted: Acceptance | null;
  /** Athena's own list as the last closing read it; null when no day was closed with one. */
  readonly listing: {
    readonly reportDate: string;
    readonly workGroups: number;
    readonly listed: number;
    /** The list did not break off. */
    readonly isWhole: boolean;
    /** Workgroups whose list was read only as far as that day, for Athena's events had told of it. */
    readonly narrowed: number;
    /** What these events told of that day; null where nobody heard them. */
    readonly events: { readonly seen: number; readonly absent: number } | null;
  } | null;
  /** Workgroups whose list could not be read, with the last day and reason; `*` stands for all. */
  readonly unlisted: readonly {
    readonly workGroup: string;
    readonly reportDate: string;
    readonly failure: string;
    readonly accepted: Acceptance | null;
  }[];
  /** What Athena's system table said of all closed days; null where nobody asked it. */
  readonly systemTable: {
    readonly seen: number;
    readonly absent: number;
    readonly disagreements: number;
    readonly failure: { readonly reportDate: string; readonly text: string } | null;
    /** Somebody accepted that it could not be read. */
    readonly accepted: Acceptance | null;
  } | null;
}

/** Adds up every account and Region that was read, was to be read, or has rows; in order. */
export async function placesOf(run: RunSql, hours: readonly AuditHour[]): Promise<PlaceAccount[]> {
  const told = await readPlaces(run, calendarOf(hours));
  const names = [told.days, told.listings, told.tables].flatMap((rows) => [...rows.keys()]);
  return [...new Set(names)].sort().map((name) => accountOf(name, told));
}

/** What the cache knows, by account and Region where that is told. */
interface Told {
  readonly days: ReadonlyMap<string, readonly Row[]>;
  readonly listings: ReadonlyMap<string, readonly Row[]>;
  readonly unlisted: ReadonlyMap<string, readonly Row[]>;
  readonly tables: ReadonlyMap<string, readonly Row[]>;
  readonly calendar: Calendar;
  /** Hours of a day that were read from log files, by tree and date. */
  readonly fromLogs: ReadonlyMap<string, number>;
  readonly accepted: Awaited<ReturnType<typeof acceptedIn>>;
}

async function readPlaces(run: RunSql, calendar: Calendar): Promise<Told> {
  const [days, logs, listings, unlisted, tables, accepted] = await Promise.all([
    run(
      `SELECT *, strftime(report_date, '%Y-%m-%d') AS date FROM place_days ORDER BY tree, account_id, region, report_date`,
    ),
    run(
      `SELECT tree, strftime(report_date, '%Y-%m-%d') AS date, count(DISTINCT hour_id) AS hours FROM source_log JOIN hour_log USING (hour_id)
       WHERE kind = 'trail-files' AND account_id IS NULL AND failure IS NULL GROUP BY tree, report_date`,
    ),
    run(
      `SELECT tree, account_id, region, strftime(max(report_date), '%Y-%m-%d') AS date, arg_max(workgroups, report_date) AS workgroups,
         arg_max(workgroups - unlisted, report_date) AS listed, arg_max(narrowed, report_date) AS narrowed,
         arg_max_null(events_seen, report_date) AS seen, arg_max_null(events_absent, report_date) AS absent
       FROM listing_log GROUP BY tree, account_id, region`,
    ),
    run(
      `SELECT tree, account_id, region, workgroup, strftime(max(report_date), '%Y-%m-%d') AS date, arg_max(failure, report_date) AS failure
       FROM unlisted_log GROUP BY tree, account_id, region, workgroup ORDER BY workgroup`,
    ),
    run(
      `SELECT tree, account_id, region, sum(seen)::BIGINT AS seen, sum(absent)::BIGINT AS absent, sum(disagreements)::BIGINT AS disagreements,
         strftime(max(report_date) FILTER (failure IS NOT NULL), '%Y-%m-%d') AS date, arg_max(failure, report_date) AS failure
       FROM system_table_log GROUP BY tree, account_id, region`,
    ),
    acceptedIn(run),
  ]);
  const fromLogs = new Map(logs.map((row) => [`${row.tree} ${row.date}`, Number(row.hours)]));
  const [listed, closed, asked] = [byPlace(listings), byPlace(unlisted), byPlace(tables)];
  return { days: byPlace(days), listings: listed, unlisted: closed, tables: asked, calendar, fromLogs, accepted };
}

function accountOf(name: string, told: Told): PlaceAccount {
  const [tree = '', accountId = '', region = ''] = name.split(SEPARATOR);
  const read = told.days.get(name) ?? [];
  const spanned = placeDays(read, tree, told);
  const sum = (column: string) => read.reduce((total, row) => total + Number(row[column] ?? 0), 0);
  const failed = read.findLast((row) => row.failure !== null);
  const [hoursRead, hoursLacking] = [sum('hours_read'), sum('hours_lacking')];
  return {
    ...{ tree, accountId, region },
    days: spanned.length,
    daysRead: spanned.filter(({ state }) => state === 'read' || state === 'log').length,
    hoursRead: hoursRead + hoursLacking === 0 ? null : hoursRead,
    hoursLacking,
    starts: sum('starts'),
    rows: sum('rows'),
    spans: spansOf(spanned),
    failure: failed ? { reportDate: String(failed.date), text: String(failed.failure) } : null,
    accepted: told.accepted(tree, acceptanceKey('not-read', { place: `${accountId} ${region}` })),
    listing: listingOf(name, told),
    unlisted: unlistedOf(name, told),
    systemTable: systemTableOf(name, told),
  };
}

function listingOf(name: string, { listings, unlisted }: Told): PlaceAccount['listing'] {
  const [last] = listings.get(name) ?? [];
  if (!last) return null;
  const brokeOff = unlisted.get(name)?.some((row) => row.workgroup === ALL && row.date === last.date) ?? false;
  return {
    reportDate: String(last.date),
    workGroups: Number(last.workgroups),
    listed: Number(last.listed),
    isWhole: !brokeOff,
    narrowed: Number(last.narrowed),
    events: last.seen === null ? null : { seen: Number(last.seen), absent: Number(last.absent) },
  };
}

function unlistedOf(name: string, { unlisted, accepted }: Told): PlaceAccount['unlisted'] {
  const [tree = '', accountId = '', region = ''] = name.split(SEPARATOR);
  return (unlisted.get(name) ?? []).map(({ workgroup, date, failure }) => {
    const one = { workGroup: String(workgroup), reportDate: String(date), failure: String(failure) };
    return { ...one, accepted: accepted(tree, acceptanceKey('not-listed', { ...one, accountId, region })) };
  });
}

function systemTableOf(name: string, { tables, accepted }: Told): PlaceAccount['systemTable'] {
  const [said] = tables.get(name) ?? [];
  if (!said) return null;
  const [tree = '', accountId = '', region = ''] = name.split(SEPARATOR);
  return {
    seen: Number(said.seen),
    absent: Number(said.absent),
    disagreements: Number(said.disagreements),
    failure: said.failure === null ? null : { reportDate: String(said.date), text: String(said.failure) },
    accepted: accepted(tree, acceptanceKey('table-unread', { accountId, region })),
  };
}

/** Accounts and Regions that lack something nobody accepted: what every page must say. */
export function unreadPlaces(places: readonly PlaceAccount[]) {
  return places
    .filter(({ hoursLacking, accepted }) => hoursLacking > 0 && accepted === null)
    .map(({ tree, accountId, region, spans, hoursLacking }) => {
      const lacking = spans.filter((span) => span.hoursLacking > 0);
      const days = lacking.reduce((total, span) => total + span.days, 0);
      return {
        tree,
        accountId,
        region,
        days,
        hoursLacking,
        from: lacking[0]?.from ?? '',
        to: lacking.at(-1)?.to ?? '',
      };
    });
}

const SEPARATOR = '\n';

function byPlace(rows: readonly Row[]): Map<string, Row[]> {
  const places = new Map<string, Row[]>();
  for (const row of rows) {
    const name = [row.tree, row.account_id, row.region].join(SEPARATOR);
    const held = places.get(name);
    if (held) held.push(row);
    else places.set(name, [row]);
  }
  return places;
}

interface CalendarDay {
  expected: number;
  finished: number;
}
/** By tree, then by date. */
type Calendar = ReadonlyMap<string, ReadonlyMap<string, CalendarDay>>;

/** The days of each tree from its first to its last, with the hours that there should be. */
function calendarOf(hours: readonly AuditHour[]): Calendar {
  const trees = new Map<string, Map<string, CalendarDay>>();
  for (const { tree, reportDate, state } of hours) {
    const days = trees.get(tree) ?? new Map<string, CalendarDay>();
    trees.set(tree, days);
    const day = days.get(reportDate) ?? { expected: 0, finished: 0 };
    days.set(reportDate, day);
    day.expected += 1;
    if (state === 'complete' || state === 'open') day.finished += 1;
  }
  return trees;
}

function placeDays(rows: readonly Row[], tree: string, { calendar, fromLogs }: Told): PlaceDay[] {
  const byDate = new Map(rows.map((row) => [String(row.date), row]));
  return [...(calendar.get(tree) ?? [])].map(([date, hours]) => {
    const row = byDate.get(date);
    const [read, lacking] = [Number(row?.hours_read ?? 0), Number(row?.hours_lacking ?? 0)];
    const state = placeDayState({ ...hours, read, lacking, fromLogs: fromLogs.get(`${tree} ${date}`) ?? 0 });
    return { date, state, hoursLacking: lacking };
  });
}
