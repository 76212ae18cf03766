import type { HourLabel } from '../../calendar/hour-label.js';
import { parseHourKey } from '../../tree/layout.js';

/** An hour as the listing of the store shows it. */
export interface ListedHour {
  /** Key of the manifest: the identity of an hour in a forest of trees. */
  readonly manifestKey: string;
  readonly tree: string;
  readonly label: HourLabel;
  readonly manifestBytes: number;
  /** Sizes of the reports beside the manifest, by key. */
  readonly reports: Readonly<Record<string, number>>;
}

/** An hour as the cache holds it. */
export interface KnownHour {
  readonly manifestKey: string;
  readonly manifestTag: string;
  readonly manifestBytes: number;
  readonly reportKey: string;
  readonly reportBytes: number;
}

export interface SyncPlan {
  /** Hours to read, newest day first, in order of time within a day. */
  readonly read: readonly ListedHour[];
  /** Hours whose sizes are as known: only their tags can tell a rewrite. */
  readonly check: readonly ListedHour[];
  /** Manifest keys of hours that are gone. */
  readonly remove: readonly string[];
}

/** Groups a listing by hour; a report without a manifest is not finished and not listed (contract, section 3). */
export function listedHours(files: readonly { readonly key: string; readonly bytes: number }[]): ListedHour[] {
  const hours = new Map<
    string,
    { tree: string; label: HourLabel; manifest: typeof file | null; reports: typeof files }
  >();
  let file: { readonly key: string; readonly bytes: number };
  for (file of files) {
    const parsed = parseHourKey(file.key);
    if (!parsed) continue;
    const folder = file.key.slice(0, file.key.length - parsed.name.length);
    const hour = hours.get(folder) ?? { tree: parsed.tree, label: parsed.label, manifest: null, reports: [] };
    if (parsed.name === '_manifest.json') hour.manifest = file;
    else if (!parsed.name.startsWith('_') && !parsed.name.startsWith('.')) hour.reports = [...hour.reports, file];
    hours.set(folder, hour);
  }
  const listed: ListedHour[] = [];
  for (const { tree, label, manifest, reports } of hours.values()) {
    if (!manifest) continue;
    const sizes = Object.fromEntries(reports.map(({ key, bytes }) => [key, bytes]));
    listed.push({ manifestKey: manifest.key, tree, label, manifestBytes: manifest.bytes, reports: sizes });
  }
  return listed;
}

/** Compares what is there with what the cache holds. Known hours outside `scope` are left alone. */
export function planSync(
  listed: readonly ListedHour[],
  known: readonly KnownHour[],
  scope: (manifestKey: string) => boolean = () => true,
): SyncPlan {
  const byKey = new Map(known.map((hour) => [hour.manifestKey, hour]));
  const present = new Set(listed.map((hour) => hour.manifestKey));
  const read: ListedHour[] = [];
  const check: ListedHour[] = [];
  for (const hour of listed) {
    const held = byKey.get(hour.manifestKey);
    const sameSizes =
      held !== undefined &&
      held.manifestBytes === hour.manifestBytes &&
      (hour.reports[held.reportKey] ?? -1) === held.reportBytes;
    (sameSizes ? check : read).push(hour);
  }
  return {
    read: newestDayFirst(read),
    check,
    remove: known.map((hour) => hour.manifestKey).filter((key) => !present.has(key) && scope(key)),
  };
}

export function newestDayFirst(hours: readonly ListedHour[]): ListedHour[] {
  return [...hours].sort(
    (a, b) =>
      compare(b.label.reportDate, a.label.reportDate) ||
      a.label.hour - b.label.hour ||
      compare(a.manifestKey, b.manifestKey),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
