/**
 * How much of a day was read in an account and Region. `log`: from log files of a trail, which name no place; `unasked`: the
 * runs of that day did not ask this place; `missing`: the day has no report of anything.
 */
export type PlaceDayState = 'read' | 'log' | 'partly' | 'lacking' | 'unasked' | 'missing';

/** Hours of a day. */
export interface PlaceDayHours {
  /** Hours that there should be. */
  readonly expected: number;
  /** Hours with a report that is what its manifest says. */
  readonly finished: number;
  /** Hours in which this place was read to the end. */
  readonly read: number;
  /** Hours that lack what this place would have told. */
  readonly lacking: number;
  /** Hours read from log files. */
  readonly fromLogs: number;
}

export interface PlaceDay {
  readonly date: string;
  readonly state: PlaceDayState;
  readonly hoursLacking: number;
}

/** Days in a row of one state. */
export interface PlaceSpan {
  readonly state: PlaceDayState;
  /** First and last day, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly hoursLacking: number;
}

export function placeDayState({ expected, finished, read, lacking, fromLogs }: PlaceDayHours): PlaceDayState {
  if (finished === 0) return 'missing';
  if (lacking > 0) return read > 0 ? 'partly' : 'lacking';
  if (read === 0 && fromLogs === 0) return 'unasked';
  if (finished < expected || Math.max(read, fromLogs) < finished) return 'partly';
  return read > 0 ? 'read' : 'log';
}

/** Joins days in a row that have the same state. */
export function spansOf(days: readonly PlaceDay[]): PlaceSpan[] {
  const spans: PlaceSpan[] = [];
  for (const { date, state, hoursLacking } of days) {
    const last = spans.at(-1);
    if (last?.state === state)
      spans[spans.length - 1] = {
        ...last,
        to: date,
        days: last.days + 1,
        hoursLacking: last.hoursLacking + hoursLacking,
      };
    else spans.push({ state, from: date, to: date, days: 1, hoursLacking });
  }
  return spans;
}
