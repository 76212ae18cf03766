import type { Window } from '../../calendar/window.js';
import type { LogKey } from '../../cloudtrail/log-file-name.js';

const DAY_MS = 86_400_000;
/** Places at which a date stands that are looked at in one piece of bytes. */
const MAX_HITS = 5_000;
/** What stands before the time of an event, in any spelling, also inside a text that is JSON. */
const TIME_KEY = /event_?time\\*"\s*:\s*\\*"$/i;

/**
 * Notes of which days a trail showed anything: a log file that was delivered in the day, or, where names carry no date, any record of
 * the day. Log files without a single Athena event are evidence that there was none; no log file at all is evidence of nothing.
 */
export class DayEvidence {
  private readonly days: readonly Window[];
  private readonly seen: Set<number>;

  /** `seen`: the places of days of which an earlier part of the same scan had evidence. */
  constructor(days: readonly Window[], seen: readonly number[]) {
    this.days = days;
    this.seen = new Set(seen);
  }

  /** Takes note of a file that was read, by its name alone. */
  delivered({ key, place }: { readonly key: string; readonly place: LogKey }): void {
    if (place.kind !== 'log') return;
    const at = deliveredAt(key);
    if (at !== null) this.note((day) => day.start <= at && at < day.end);
    // The folder of a delivery day may reach into two days of the report zone: then the records tell.
    else this.note((day) => day.start <= place.deliveryDay && place.deliveryDay + DAY_MS <= day.end);
  }

  /** Takes note of an event of this time. */
  met(time: number): void {
    this.note((day) => day.start <= time && time < day.end);
  }

  /** Takes note of days, by their places, that somebody else has seen evidence of. */
  saw(places: readonly number[]): void {
    for (const place of places) this.seen.add(place);
  }

  /** Looks for records of days that nothing was seen of so far. */
  look(bytes: Buffer): void {
    for (const [index, day] of this.days.entries()) {
      if (this.seen.has(index)) continue;
      if (datesOf(day).some((date) => holdsTime(bytes, date, day))) this.seen.add(index);
    }
  }

  missing(): readonly Window[] {
    return this.days.filter((_, index) => !this.seen.has(index));
  }

  /** What the constructor takes again. */
  known(): readonly number[] {
    return [...this.seen].sort((a, b) => a - b);
  }

  private note(isIn: (day: Window) => boolean): void {
    for (const [index, day] of this.days.entries()) if (isIn(day)) this.seen.add(index);
  }
}

/** Tells whether the name of a file says when it was delivered. */
export function isDated({ key, place }: { readonly key: string; readonly place: LogKey }): boolean {
  return place.kind === 'log' && deliveredAt(key) !== null;
}

/** When the name of a log file says that it was delivered, to the minute. */
export function deliveredAt(key: string): number | null {
  const [, year, month, day, hour, minute] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z/.exec(key) ?? [];
  if (year === undefined) return null;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
}

/** The UTC dates that a day of any zone touches. */
function datesOf({ start, end }: Window): string[] {
  const dates: string[] = [];
  for (let at = start; at < end; at += DAY_MS / 2) dates.push(new Date(at).toISOString().slice(0, 10));
  dates.push(new Date(end - 1).toISOString().slice(0, 10));
  return [...new Set(dates)];
}

function holdsTime(bytes: Buffer, date: string, { start, end }: Window): boolean {
  let hits = 0;
  for (let at = bytes.indexOf(date); at >= 0 && hits < MAX_HITS; at = bytes.indexOf(date, at + 10)) {
    hits += 1;
    if (!TIME_KEY.test(bytes.toString('latin1', Math.max(0, at - 20), at))) continue;
    const time = Date.parse(`${bytes.toString('latin1', at, at + 19).replace(' ', 'T')}Z`);
    if (start <= time && time < end) return true;
  }
  return false;
}
