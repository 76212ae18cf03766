import type { Delivery } from '../../ports/start-source.js';
import type { ListedFile } from '../trail/list-trail.js';

/** Of one day of delivery: its date, log files listed, and those of them that were read. JSON. */
export type DayCount = readonly [date: string, listed: number, read: number];

/** Counts log files by their day of delivery: listed, and read, now or before. */
export class DeliveredFiles {
  private readonly days = new Map<string, { listed: number; read: number }>();

  /** `counts`: of earlier parts of the same scan. */
  constructor(counts: readonly DayCount[]) {
    for (const [date, listed, read] of counts) this.add(date, { listed, read });
  }

  note({ place }: Pick<ListedFile, 'place'>, isRead: boolean): void {
    if (place.kind !== 'log') return;
    this.add(new Date(place.deliveryDay).toISOString().slice(0, 10), { listed: 1, read: isRead ? 1 : 0 });
  }

  /** What the constructor takes again. */
  known(): readonly DayCount[] {
    const days = [...this.days].sort(([a], [b]) => (a < b ? -1 : 1));
    return days.map(([date, { listed, read }]) => [date, listed, read] as const);
  }

  /** What all of it says of a place, `s3://bucket/folder`. */
  all(place: string): readonly Delivery[] {
    return this.known().map(([date, listed, read]) => ({ place, date, listed, read }));
  }

  private add(date: string, { listed, read }: { readonly listed: number; readonly read: number }): void {
    const day = this.days.get(date) ?? { listed: 0, read: 0 };
    this.days.set(date, { listed: day.listed + listed, read: day.read + read });
  }
}
