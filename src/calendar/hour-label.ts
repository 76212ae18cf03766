/** A day (YYYY-MM-DD) and hour label (0–23) in the report time zone. */
export interface HourLabel {
  readonly reportDate: string;
  readonly hour: number;
}

/** Names an hour for people: `2025-08-28 01h`. */
export function hourName({ reportDate, hour }: HourLabel): string {
  return `${reportDate} ${String(hour).padStart(2, '0')}h`;
}
