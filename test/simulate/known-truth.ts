import { type ReportDay, reportDateAt, reportDays } from '../../src/calendar/report-day.js';
import type { TruthRow } from '../../src/simulator/history/truth.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import type { Random } from '../../src/simulator/wire/random.js';

const HOUR_MS = 3_600_000;
/** A client repeats a start within minutes. */
const REPEAT_MS = HOUR_MS;

/** An account in a Region. */
export interface TruthPlace {
  readonly accountId: string;
  readonly region: string;
}

interface Asked {
  readonly places: readonly TruthPlace[];
  readonly days: readonly ReportDay[];
}

/** The report days of a company's history. */
export function daysOf(startsAt: number, endsAt: number): ReportDay[] {
  const timezone = 'America/New_York';
  return reportDays({
    from: reportDateAt(startsAt, timezone),
    to: reportDateAt(endsAt - HOUR_MS - 1, timezone),
    timezone,
  });
}

/** A few hours that touch, somewhere in the first day. */
export function someHoursOf([day]: readonly ReportDay[], random: Random): ReportDay[] {
  return day ? [hoursOf(day, random.int(6, 12), 5)] : [];
}

/** Some hours of a day that touch. */
export function hoursOf(day: ReportDay, from: number, count: number): ReportDay {
  const hours = day.hours.slice(from).slice(0, count);
  return { ...day, hours, window: { start: hours[0]?.window.start ?? 0, end: hours.at(-1)?.window.end ?? 0 } };
}

/** What happened in the days and can be known. `isShown`: somebody beside CloudTrail tells of the execution. */
export function truthOf(
  { truth }: Simulator,
  { places, days, isShown }: Asked & { readonly isShown: (row: TruthRow) => boolean },
): TruthRow[] {
  const [start, end] = [days[0]?.window.start ?? 0, days.at(-1)?.window.end ?? 0];
  return places.flatMap((place) =>
    [...truth.rows(place)].filter((row) => {
      const time = row.eventTime ?? row.submittedAt;
      // Nobody can know of a refused attempt that left no event; and only whole days are compared with Athena's list.
      const isWhole = (days[0]?.hours.length ?? 0) > 22;
      if (row.eventTime === null && (row.queryExecutionId === null || !isWhole || !isShown(row))) return false;
      return start <= time && time < end;
    }),
  );
}

/** Executions whose start lies just before the days, where nobody looked: their repeats may lie within. */
export function startedBefore({ truth }: Simulator, { places, days }: Asked): Set<string> {
  const start = days[0]?.window.start ?? 0;
  const rows = places.flatMap((place) => [...truth.rows(place)]);
  return new Set(
    rows.flatMap(({ queryExecutionId, eventTime }) =>
      queryExecutionId !== null && eventTime !== null && eventTime < start && eventTime >= start - REPEAT_MS
        ? [queryExecutionId]
        : [],
    ),
  );
}
