import type { HourLabel } from '../calendar/hour-label.js';
import type { ReportFormat } from '../record/manifest.js';

/** Folder of an hour below the root: `year=2025/month=08/day=28/hour=01/`. */
export function hourFolder({ reportDate, hour }: HourLabel): string {
  const [year, month, day] = reportDate.split('-');
  return `year=${year}/month=${month}/day=${day}/hour=${pad(hour)}/`;
}

/** Key of an hour's report: `…/report_2025_08_28_h01.csv`. */
export function reportKey(label: HourLabel, format: ReportFormat): string {
  return `${hourFolder(label)}report_${label.reportDate.replaceAll('-', '_')}_h${pad(label.hour)}.${format}`;
}

/** Key of an hour's manifest. Athena ignores names that begin with `_` (aws-facts 7.1). */
export function manifestKey(label: HourLabel): string {
  return `${hourFolder(label)}_manifest.json`;
}

const HOUR_KEY = /^(.*?)year=(\d{4})\/month=(\d{2})\/day=(\d{2})\/hour=(\d{2})\/([^/]+)$/;

/** Reads a key below a root or a forest of trees; null when it is not a file of an hour. `tree` ends in `/` or is empty. */
export function parseHourKey(
  key: string,
): { readonly tree: string; readonly label: HourLabel; readonly name: string } | null {
  const match = HOUR_KEY.exec(key);
  if (!match) return null;
  const [, tree = '', year, month, day, hour, name = ''] = match;
  return { tree, label: { reportDate: `${year}-${month}-${day}`, hour: Number(hour) }, name };
}

function pad(hour: number): string {
  return String(hour).padStart(2, '0');
}
