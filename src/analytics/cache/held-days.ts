import type { Row } from './duck.js';
import type { ListedHour } from './sync-plan.js';

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
}

/** Chooses which hours the cache holds, so that its file stays within a bound. */
export interface HeldDays {
  /** Of all hours there are, the newest days that fit; of some (`isAll` false), those that are not before the days chosen last. */
  choose(
    listed: readonly ListedHour[],
    isAll: boolean,
  ): { readonly held: readonly ListedHour[]; readonly left: LeftOut | null | undefined };
  /** Takes in how large the file is with the days chosen last: one that is larger than was thought holds fewer next time. */
  learn(bytes: number): void;
}

/** Bytes of the file for a byte of a report; packed ones grow. */
const GROWTH: Readonly<Record<string, number>> = { csv: 0.5, json: 0.5, parquet: 4 };
/** A day and the one before it, which its rows may lie in. */
const FEWEST_DAYS = 2;
/** What the file takes without a row. */
const EMPTY_BYTES = 8 * 1024 * 1024;

/** Bounds the file of the cache. What it grows by is guessed at first and never guessed lower than it was: days do not come and go. */
export function holdNewestDays(limitBytes: number): HeldDays {
  let correction = 1;
  let first = '';
  let guessed = 0;
  return {
    choose(listed, isAll) {
      if (!isAll) return { held: listed.filter(({ label }) => label.reportDate >= first), left: undefined };
      const days = new Map<string, number>();
      for (const hour of listed) {
        const { reportDate } = hour.label;
        days.set(reportDate, (days.get(reportDate) ?? 0) + sizeOf(hour) * correction);
      }
      const dates = [...days.keys()].sort().reverse();
      guessed = 0;
      let count = 0;
      for (const date of dates) {
        const bytes = days.get(date) ?? 0;
        if (count >= FEWEST_DAYS && EMPTY_BYTES + guessed + bytes > limitBytes) break;
        guessed += bytes;
        count++;
      }
      const left = dates.slice(count);
      first = left.length > 0 ? (dates[count - 1] ?? '') : '';
      const held = listed.filter(({ label }) => label.reportDate >= first);
      const [to] = left;
      if (to === undefined) return { held, left: null };
      return {
        held,
        left: {
          ...{ from: left.at(-1) ?? to, to },
          hours: listed.length - held.length,
          heldFrom: dates[count - FEWEST_DAYS] ?? first,
        },
      };
    },
    learn(bytes) {
      if (guessed > 0) correction *= Math.max(1, (bytes - EMPTY_BYTES) / guessed);
    },
  };
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
