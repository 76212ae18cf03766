import { Temporal } from 'temporal-polyfill';
import type { Window } from './window.js';

/** One hour label of a report day and the instants it stands for. */
export interface ReportHour {
  /** YYYY-MM-DD in the report time zone. */
  readonly reportDate: string;
  /** Wall-clock hour 0–23 in the report time zone. */
  readonly hour: number;
  /** One hour long on most days; two where the clock is set back, shorter where it is set forward by less than an hour. */
  readonly window: Window;
}

/** A calendar day in the report time zone, its hours in order. Hours that the clock skips are not there. */
export interface ReportDay {
  readonly reportDate: string;
  readonly timezone: string;
  readonly window: Window;
  readonly hours: readonly ReportHour[];
}

/** A date or time zone that cannot be used; the message says what is allowed. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
}

/**
 * Plans one report day. Its hours' windows touch and together are the day's window: every instant belongs to exactly one
 * label. A label begins at the first instant whose wall clock has reached it, so a repeated hour is one long window.
 * @throws CalendarError for a date or zone that does not exist
 */
export function reportDay(reportDate: string, timezone: string): ReportDay {
  const key = `${reportDate} ${timezone}`;
  const known = planned.get(key);
  if (known) return known;
  const day = planDay(reportDate, timezone);
  if (planned.size >= MAX_PLANNED) planned.clear();
  planned.set(key, day);
  return day;
}

/** Planning a day takes milliseconds, and the same few days are asked for again and again. */
const planned = new Map<string, ReportDay>();
const MAX_PLANNED = 400;

function planDay(reportDate: string, timezone: string): ReportDay {
  const zone = checkTimeZone(timezone);
  const date = parseDate(reportDate);
  const next = date.add({ days: 1 });
  const bounds = Array.from({ length: 24 }, (_, hour) => firstInstantAt(date, hour, zone));
  bounds.push(firstInstantAt(next, 0, zone));
  const hours: ReportHour[] = [];
  for (let hour = 0; hour < 24; hour++) {
    const [start = 0, end = 0] = bounds.slice(hour, hour + 2);
    if (start < end) hours.push({ reportDate: date.toString(), hour, window: { start, end } });
  }
  return {
    reportDate: date.toString(),
    timezone: zone,
    window: { start: bounds[0] ?? 0, end: bounds[24] ?? 0 },
    hours,
  };
}

/** The longest range one run takes: ten years. */
export const MAX_RANGE_DAYS = 3660;

/**
 * Plans the days from `from` to `to`, both inclusive, oldest first.
 * @throws CalendarError when the range is upside down or longer than MAX_RANGE_DAYS
 */
export function reportDays(range: {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
}): ReportDay[] {
  const from = parseDate(range.from);
  const to = parseDate(range.to);
  const length = from.until(to, { largestUnit: 'days' }).days + 1;
  if (length < 1) throw new CalendarError(`the range ends (${range.to}) before it begins (${range.from})`);
  if (length > MAX_RANGE_DAYS) {
    throw new CalendarError(
      `${range.from} to ${range.to} is ${length} days; at most ${MAX_RANGE_DAYS} fit into one run`,
    );
  }
  return Array.from({ length }, (_, day) => reportDay(from.add({ days: day }).toString(), range.timezone));
}

/** The hours of a day that have ended; null when none has. A day that has ended is itself. */
export function endedPart(day: ReportDay, now: number): ReportDay | null {
  if (day.window.end <= now) return day;
  const hours = day.hours.filter(({ window }) => window.end <= now);
  const last = hours.at(-1);
  return last ? { ...day, window: { start: day.window.start, end: last.window.end }, hours } : null;
}

/** The report date that an instant belongs to. */
export function reportDateAt(instant: number, timezone: string): string {
  return reportHourAt(instant, timezone).reportDate;
}

/** The label whose window holds an instant. */
export function reportHourAt(instant: number, timezone: string): ReportHour {
  for (const day of planned.values()) {
    if (day.timezone !== timezone || instant < day.window.start || instant >= day.window.end) continue;
    const hour = day.hours.find(({ window }) => window.start <= instant && instant < window.end);
    if (hour) return hour;
  }
  const zone = checkTimeZone(timezone);
  let date = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate();
  // Where the clock goes back over midnight the label is the next day's; where days are skipped the search goes on.
  for (let tries = 0; tries < 3; tries++, date = date.add({ days: 1 })) {
    const hour = reportDay(date.toString(), zone).hours.find(
      ({ window }) => window.start <= instant && instant < window.end,
    );
    if (hour) return hour;
  }
  throw new CalendarError(`no hour of ${zone} holds the instant ${instant}`);
}

/** The report date before the one an instant belongs to: what a daily run collects. */
export function previousReportDate(instant: number, timezone: string): string {
  const today = reportDay(reportDateAt(instant, timezone), timezone);
  // One millisecond before today is yesterday even where the zone skipped a calendar day.
  return reportDateAt(today.window.start - 1, timezone);
}

/** Adds days to a date, on the calendar. */
export function addDays(reportDate: string, days: number): string {
  return parseDate(reportDate).add({ days }).toString();
}

/**
 * Returns the zone's name as given when this machine's zone database knows it.
 * @throws CalendarError naming the zone
 */
export function checkTimeZone(timezone: string): string {
  // Temporal also takes offsets and bracketed strings; reports are labelled with names only.
  if (/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(timezone)) {
    try {
      return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone).timeZoneId;
    } catch (error) {
      throw new CalendarError(zoneMessage(timezone), { cause: error });
    }
  }
  throw new CalendarError(zoneMessage(timezone));
}

function zoneMessage(timezone: string): string {
  return `unknown time zone ${JSON.stringify(timezone)}: use an IANA name such as America/New_York, Europe/Berlin or UTC`;
}

function parseDate(text: string): Temporal.PlainDate {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    try {
      return Temporal.PlainDate.from(text, { overflow: 'reject' });
    } catch (error) {
      throw new CalendarError(`there is no day ${text}`, { cause: error });
    }
  }
  throw new CalendarError(`${JSON.stringify(text)} is not a date: write YYYY-MM-DD, for example 2026-11-01`);
}

/** The earliest instant whose wall clock in the zone is at or past the hour of the date. */
function firstInstantAt(date: Temporal.PlainDate, hour: number, zone: string): number {
  const wall = date.toPlainDateTime({ hour });
  const earlier = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(wall)) return earlier.epochMilliseconds;
  // The wall time is skipped: the label begins where the clock jumps, just after the earlier reading.
  const jump = earlier.getTimeZoneTransition('next');
  if (!jump) throw new CalendarError(`${zone} skips ${wall.toString()} without a transition`);
  return jump.epochMilliseconds;
}
