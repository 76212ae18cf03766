import type { LogFolder } from '../../ports/file-ledger.js';
import type { ListedFile } from '../trail/list-trail.js';

/** The days of delivery of an account and Region in which a listing showed something: below this folder, on these dates. JSON. */
export type FolderDates = readonly [regionFolder: string, ...dates: string[]];

/** Knows in which folders of log files the readers of a trail have met something. */
export class MetFolders {
  private readonly folders = new Map<string, Set<string>>();

  /** `met`: by earlier parts of the same scan, or other readers. */
  constructor(met: readonly FolderDates[]) {
    for (const [regionFolder, ...dates] of met) for (const date of dates) this.add(regionFolder, date);
  }

  note({ place }: Pick<ListedFile, 'place'>): void {
    if (place.kind === 'log') this.add(place.regionFolder, new Date(place.deliveryDay).toISOString().slice(0, 10));
  }

  /** What the constructor takes again. */
  known(): readonly FolderDates[] {
    return [...this.folders].map(([regionFolder, dates]) => [regionFolder, ...dates] as const);
  }

  /** All of them, as a ledger names them; `location` is that of the bucket. */
  *at(location: string): Generator<LogFolder> {
    for (const [regionFolder, dates] of this.folders)
      for (const date of dates) yield { folder: `${location}/${regionFolder}`, date };
  }

  private add(regionFolder: string, date: string): void {
    const dates = this.folders.get(regionFolder);
    if (dates) dates.add(date);
    else this.folders.set(regionFolder, new Set([date]));
  }
}
