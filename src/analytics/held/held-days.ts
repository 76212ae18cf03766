import { addDays } from '../../calendar/report-day.js';
import type { Row } from '../cache/duck.js';
import type { ListedHour } from '../cache/sync-plan.js';
import { type DaySize, EMPTY_BYTES, FEWEST_DAYS, newestThatFit, wholeFrom } from './plan-load.js';

/** What is collected and not in the cache, by report date. */
export interface LeftOut {
  readonly from: string;
  readonly to: string;
  readonly hours: number;
  /**
   * The first day of which every row is here. A day before it is here, too: Athena's time of a query may be of another day than the
   * event by which it was filed.
   */
  readonly heldFrom: string;
  /** The last such day, where that is not the newest. */
  readonly heldTo?: string;
  /** They are on their way, and were not left out because of a bound. */
  readonly isReading?: true;
}

/** What a generation leaves out that is published while hours are still to be read, newest day first, besides what is left out for good. */
export function leftWhileReading(rest: readonly ListedHour[], left: LeftOut | null): LeftOut | null {
  const dates = rest.map(({ label }) => label.reportDate).sort();
  const [first, to] = [dates[0], dates.at(-1)];
  if (first === undefined || to === undefined) return left;
  const from = left && left.from < first ? left.from : first;
  return { from, to, hours: rest.length + (left?.hours ?? 0), heldFrom: addDays(to, FEWEST_DAYS), isReading: true };
}

export interface Chosen {
  readonly held: readonly ListedHour[];
  /** Undefined where it is as before. */
  readonly left: LeftOut | null | undefined;
  readonly dropBefore: string | null;
}

/** Chooses which hours the cache holds, so that its file stays within a bound. */
export interface HeldDays {
  /**
   * Of all hours there are, the newest days that fit; of some (`isAll` false), those that are not before the days chosen last. Days
   * before `dropBefore` go from the cache, whether they are listed or not.
   */
  choose(listed: readonly ListedHour[], isAll: boolean): Chosen;
  /** All days that were there at the last look at everything, in ascending order, with what they take as far as is known. */
  days(): readonly DaySize[];
  /** Leaves room for rows that are kept elsewhere. Returns whether the next look is to hold fewer days; it holds more if it is at everything. */
  reserve(bytes: number): boolean;
  /** Takes in how large the file is with the days chosen last: one that is larger than was thought holds fewer next time. */
  learn(bytes: number): void;
}

/** Bytes of the file for a byte of a report; packed ones grow. */
const GROWTH: Readonly<Record<string, number>> = { csv: 0.5, json: 0.5, parquet: 4 };

/** Bounds the file of the cache. What it grows by is guessed at first and never guessed lower than it was: days do not come and go. */
export function holdNewestDays(limitBytes: number): HeldDays {
  let correction = 1;
  let reserved = 0;
  let known: readonly DaySize[] = [];
  /** How many of the newest that are known were chosen; null before the first look at everything. */
  let chosen: { readonly count: number; readonly bytes: number } | null = null;
  const days = () => known.map((day) => ({ ...day, bytes: day.bytes * correction }));
  const first = () => (chosen && chosen.count < known.length ? (known[known.length - chosen.count]?.date ?? '') : '');
  /** From a reservation on until the file is as it was chosen: a look may choose more than once. */
  let isFewer = false;
  return {
    days,
    choose(listed, isAll) {
      if (isAll) {
        known = sizesOf(listed);
        chosen = newestThatFit(days(), limitBytes - reserved);
      }
      const from = first();
      const held = listed.filter(({ label }) => label.reportDate >= from);
      return (isAll || isFewer) && chosen
        ? { held, left: leftOf(known, chosen.count), dropBefore: from }
        : { held, left: undefined, dropBefore: null };
    },
    reserve(bytes) {
      reserved = bytes;
      const fit = newestThatFit(days(), limitBytes - reserved);
      if (chosen !== null && fit.count < chosen.count) {
        chosen = fit;
        isFewer = true;
      }
      return isFewer;
    },
    learn(bytes) {
      isFewer = false;
      if (chosen && chosen.bytes > 0) correction *= Math.max(1, (bytes - EMPTY_BYTES) / chosen.bytes);
    },
  };
}

function leftOf(days: readonly DaySize[], held: number): LeftOut | null {
  const left = days.slice(0, days.length - held);
  const [from, to] = [left[0], left.at(-1)];
  if (from === undefined || to === undefined) return null;
  return {
    ...{ from: from.date, to: to.date },
    hours: left.reduce((sum, { hours }) => sum + hours, 0),
    heldFrom: wholeFrom(days, held),
  };
}

/** Days in ascending order, at what they are guessed to take at first. */
function sizesOf(listed: readonly ListedHour[]): DaySize[] {
  const days = new Map<string, { hours: number; bytes: number }>();
  for (const hour of listed) {
    const day = days.get(hour.label.reportDate) ?? { hours: 0, bytes: 0 };
    days.set(hour.label.reportDate, { hours: day.hours + 1, bytes: day.bytes + sizeOf(hour) });
  }
  return [...days].map(([date, day]) => ({ date, ...day })).sort((a, b) => (a.date < b.date ? -1 : 1));
}

function sizeOf({ reports }: ListedHour): number {
  return Object.entries(reports).reduce(
    (sum, [key, bytes]) => sum + bytes * (GROWTH[key.slice(key.lastIndexOf('.') + 1)] ?? 1),
    0,
  );
}

/** What a generation of the cache left out; null when it is all there. */
export async function leftOutOf(run: (sql: string) => Promise<readonly Row[]>): Promise<LeftOut | null> {
  const [left] = await run("SELECT value FROM meta WHERE name = 'left'");
  return typeof left?.value === 'string' ? (JSON.parse(left.value) as LeftOut | null) : null;
}
