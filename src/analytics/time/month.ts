import { Temporal } from 'temporal-polyfill';
import type { Window } from '../../calendar/window.js';
import type { Filter } from '../view/filters.js';
import { type RunSql, scopeSql } from '../view/scope.js';
import { slotSql } from './histogram.js';
import { bucketIndex, grainOf } from './time-range.js';

/** What a calendar month of the report time zone has cost, and what it will cost at the pace of the days before. */
export interface Month {
  /** `2026-11`. */
  readonly month: string;
  readonly window: Window;
  /** Dollars until the end of what is collected. */
  readonly costUsd: number;
  /** Of the whole month; null where less than a day is collected. */
  readonly forecastUsd: number | null;
  /** The day on which the forecast passes the budget; null when it does not, or there is none. */
  readonly overOn: string | null;
  /** Dollars a month; null when none is set. */
  readonly budgetUsd: number | null;
  /** Dollars by day of the month, of those that are collected. */
  readonly days: readonly { readonly date: string; readonly costUsd: number }[];
  /** Full days that the pace was taken from. */
  readonly paceDays: number;
}

/** Days that the pace is taken from: four of each weekday. */
const PACE_DAYS = 28;

/** Sums the month in which what is collected ends. Filters but no time hold. */
export async function monthOf(
  run: RunSql,
  {
    filters,
    isMasked,
    collected,
    timezone,
    budgetUsd,
  }: {
    readonly filters: readonly Filter[];
    readonly isMasked: boolean;
    readonly collected: Window;
    readonly timezone: string;
    readonly budgetUsd: number | null;
  },
): Promise<Month> {
  const last = dayOf(collected.end - 1, timezone);
  const first = last.with({ day: 1 });
  const from = [first, last.subtract({ days: PACE_DAYS })].sort(Temporal.PlainDate.compare)[0] ?? first;
  const dates: Temporal.PlainDate[] = [];
  for (let date = from; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) dates.push(date);
  const windows = dates.map((date) => windowOf(date, timezone));
  const grain = grainOf(windows);
  const window = { start: windows[0]?.start ?? 0, end: collected.end };
  const rows = await run(
    `SELECT ${slotSql(grain)} AS slot, sum(cost_nanos)::BIGINT AS nanos FROM query_log
     WHERE ${scopeSql({ window, filters, isMasked })} GROUP BY slot`,
  );
  const costs = new Array<number>(dates.length).fill(0);
  for (const row of rows) {
    const index = bucketIndex(windows, grain.origin + Number(row.slot) * grain.ms);
    if (index >= 0) costs[index] = (costs[index] ?? 0) + Number(row.nanos ?? 0) / 1e9;
  }
  const days = dates.map((date, index) => ({
    date: date.toString(),
    window: windows[index] ?? { start: 0, end: 0 },
    costUsd: costs[index] ?? 0,
  }));
  return { ...forecast(days, { month: first, collected, budgetUsd }), window: monthWindow(first, timezone) };
}

interface Day {
  readonly date: string;
  readonly window: Window;
  readonly costUsd: number;
}

/**
 * Continues a month at the pace of the days before: each day that is to come costs the mean of the same weekdays among the last 28
 * full days, or of all of them where that weekday is not among them. `days` are in order, without a gap, to the last collected one.
 */
export function forecast(
  days: readonly Day[],
  {
    month,
    collected,
    budgetUsd,
  }: { readonly month: Temporal.PlainDate; readonly collected: Window; readonly budgetUsd: number | null },
): Omit<Month, 'window'> {
  const name = month.toPlainYearMonth().toString();
  const own = days.filter(({ date }) => date.startsWith(name));
  const costUsd = own.reduce((sum, day) => sum + day.costUsd, 0);
  const full = days
    .filter(({ window }) => window.start >= collected.start && window.end <= collected.end)
    .slice(-PACE_DAYS);
  const known = {
    month: name,
    costUsd,
    budgetUsd,
    days: own.map(({ date, costUsd: usd }) => ({ date, costUsd: usd })),
  };
  if (full.length === 0) return { ...known, forecastUsd: null, overOn: null, paceDays: 0 };
  const paceOf = (weekday: number): number => {
    const same = full.filter(({ date }) => Temporal.PlainDate.from(date).dayOfWeek === weekday);
    return mean((same.length > 0 ? same : full).map((day) => day.costUsd));
  };
  let sum = 0;
  let overOn: string | null = null;
  for (let date = month; date.month === month.month; date = date.add({ days: 1 })) {
    const day = own.find((one) => one.date === date.toString());
    sum += day === undefined ? paceOf(date.dayOfWeek) : withRest(day, collected, paceOf(date.dayOfWeek));
    if (overOn === null && budgetUsd !== null && sum > budgetUsd) overOn = date.toString();
  }
  return { ...known, forecastUsd: sum, overOn, paceDays: full.length };
}

/** A day that is not over goes on at its weekday's pace. */
function withRest({ window, costUsd }: Day, collected: Window, pace: number): number {
  const rest = Math.max(window.end - collected.end, 0) / (window.end - window.start);
  return costUsd + rest * pace;
}

function mean(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0) / Math.max(amounts.length, 1);
}

function dayOf(instant: number, timezone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timezone).toPlainDate();
}

function windowOf(date: Temporal.PlainDate, timezone: string): Window {
  return { start: startOf(date, timezone), end: startOf(date.add({ days: 1 }), timezone) };
}

function monthWindow(first: Temporal.PlainDate, timezone: string): Window {
  return { start: startOf(first, timezone), end: startOf(first.add({ months: 1 }), timezone) };
}

function startOf(date: Temporal.PlainDate, timezone: string): number {
  return date.toZonedDateTime(timezone).epochMilliseconds;
}
