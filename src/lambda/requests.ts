import { CalendarError, type ReportDay, type ReportHour, reportDay } from '../calendar/report-day.js';
import type { PlannedPart } from '../collect/days/part-plan.js';
import { ConfigurationError, type Environment } from './environment.js';

/** What the functions need of Lambda's context; absent in a call from elsewhere. */
export interface InvocationContext {
  readonly invokedFunctionArn?: string;
  getRemainingTimeInMillis?(): number;
}

/** A call for a report day. */
export interface DayRequest {
  readonly day: ReportDay;
  /** Rounds of the scan before this one. */
  readonly round: number;
  /** Names the execution that asks; the same on every retry. */
  readonly holder: string;
  /** `day`: the day itself. `late`: what came late for the days before it, and hours that are still open. */
  readonly phase: 'day' | 'late';
  /** In the phase `late`: where the hours told before end; empty for the beginning. */
  readonly after: string;
}

/** A call for one hour of a report day. */
export interface HourRequest {
  readonly day: ReportDay;
  readonly hour: ReportHour;
  /** The state machine has scanned the day just now; an hour invoked alone scans its own window. */
  readonly isScanned: boolean;
}

/** @throws ConfigurationError or CalendarError naming the field, its value and what is allowed */
export function parseDayRequest(event: unknown, timezone: string, now: number): DayRequest {
  const fields = fieldsOf(event);
  const day = dayOf(fields, timezone);
  if (day.window.end > now) throw notEnded(day.reportDate, timezone);
  return {
    day,
    round: typeof fields.round === 'number' ? fields.round : 0,
    holder: typeof fields.holder === 'string' ? fields.holder : `day-${day.reportDate}`,
    phase: fields.phase === 'late' ? 'late' : 'day',
    after: typeof fields.after === 'string' ? fields.after : '',
  };
}

/** A call for a part of a scan; null where something else is asked for. @throws ConfigurationError naming the field, its value and what is allowed */
export function parsePartRequest(event: unknown): PlannedPart | null {
  const fields = fieldsOf(event);
  if (fields.phase !== 'part') return null;
  const part = fieldsOf(fields.part);
  const key = (name: string) => {
    const value = part[name];
    if (value === null || typeof value === 'string') return value;
    throw new ConfigurationError(`part.${name} is ${JSON.stringify(value) ?? 'missing'}; allowed is a key, or null`);
  };
  const { scan, from, until, keeps } = part;
  if (typeof scan !== 'string' || !/^[\w-]+$/.test(scan))
    throw new ConfigurationError(`part.scan is ${JSON.stringify(scan) ?? 'missing'}; allowed is the name of a scan`);
  const days = {
    ...{ from: String(from), until: String(until) },
    ...(Array.isArray(keeps) ? { keeps: keeps.map(String) } : {}),
  };
  return { scan, ...days, after: key('after'), to: key('to'), files: Number(part.files), bytes: Number(part.bytes) };
}

/** @throws ConfigurationError or CalendarError naming the field, its value and what is allowed */
export function parseHourRequest(event: unknown, timezone: string, now: number): HourRequest {
  const fields = fieldsOf(event);
  const day = dayOf(fields, timezone);
  const { hour: label } = fields;
  if (typeof label !== 'number' || !Number.isInteger(label) || label < 0 || label > 23) {
    throw new ConfigurationError(`hour is ${JSON.stringify(label) ?? 'missing'}; allowed are the numbers 0 to 23`);
  }
  const hour = day.hours.find((candidate) => candidate.hour === label);
  if (!hour) {
    throw new CalendarError(`${day.reportDate} has no hour ${label} in ${timezone}: the clock skips it`);
  }
  if (hour.window.end > now) throw notEnded(`hour ${label} of ${day.reportDate}`, timezone);
  return { day, hour, isScanned: fields.scanned === true };
}

/** What the planner is invoked with; EventBridge rules call the time `time`, our schedule `scheduled_time`. */
export function parsePlannerPayload(event: unknown): {
  readonly scheduledTime: unknown;
  readonly range: Environment;
  /** EventBridge says that a day ended well. */
  readonly isByRule: boolean;
} {
  const { scheduled_time, time, source, TEST_START_DATE, TEST_END_DATE } = fieldsOf(event);
  const textOf = (value: unknown) => (value === undefined || value === null ? undefined : String(value));
  return {
    scheduledTime: scheduled_time ?? time,
    isByRule: source === 'aws.states',
    range: { TEST_START_DATE: textOf(TEST_START_DATE), TEST_END_DATE: textOf(TEST_END_DATE) },
  };
}

/** What still runs would be told as if it were whole. */
function notEnded(what: string, timezone: string): CalendarError {
  return new CalendarError(`${what} has not ended in ${timezone}: collect it when it has`);
}

function dayOf(fields: Readonly<Record<string, unknown>>, timezone: string): ReportDay {
  const { report_date: date } = fields;
  if (typeof date !== 'string') {
    throw new ConfigurationError(`report_date is ${JSON.stringify(date) ?? 'missing'}; allowed is a date YYYY-MM-DD`);
  }
  return reportDay(date, timezone);
}

function fieldsOf(event: unknown): Readonly<Record<string, unknown>> {
  return typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};
}
