import { CalendarError, reportDay } from '../../calendar/report-day.js';
import type { ReportStore } from '../../ports/report-store.js';
import { decodeManifest } from '../../record/encode-manifest.js';
import type { Manifest } from '../../record/manifest.js';
import { closingOf } from '../closings.js';
import { dayFolder, MANIFEST_NAME, reportKey } from '../layout.js';
import { listKeys } from '../list-keys.js';
import { readDocument } from '../update.js';

/** The hours of a day, in their order. */
export interface DayHours {
  readonly hours: readonly Manifest[];
  /** Why it is not a closed day, as the end of a sentence about it; null when it is one. */
  readonly lacks: string | null;
}

/**
 * Reads the manifests of a day. It is closed when all its hours are there and it was compared with the other witnesses, or none of
 * them can change any more.
 */
export async function readDayHours(store: ReportStore, reportDate: string): Promise<DayHours> {
  const keys: string[] = [];
  for await (const file of listKeys(store, dayFolder(reportDate)))
    if (file.kind === 'hour' && file.tree === '' && file.name === MANIFEST_NAME) keys.push(file.key);
  const texts = await Promise.all(keys.map(async (key) => (await store.read(key))?.bytes ?? new Uint8Array()));
  const read = texts.map((bytes) => decodeManifest(Buffer.from(bytes).toString('utf8')));
  const hours = read.flatMap((one) => (typeof one === 'string' ? [] : one)).sort((a, b) => a.hour - b.hour);
  const damaged = keys.find((_, at) => typeof read[at] === 'string');
  return {
    hours,
    lacks: damaged === undefined ? await lackOf(store, { reportDate, hours }) : `the manifest ${damaged} is damaged`,
  };
}

async function lackOf(
  store: ReportStore,
  { reportDate, hours }: { readonly reportDate: string; readonly hours: readonly Manifest[] },
): Promise<string | null> {
  const labels = labelsOf(reportDate, hours[0]?.timezone);
  if (labels === null) return 'it has no hours, or they name no time zone';
  const missing = labels.filter((hour) => !hours.some((one) => one.hour === hour));
  if (missing.length > 0) return `${missing.length} of its hours are missing`;
  const isOwn = ({ hour, report, format, ...one }: Manifest) =>
    one.reportDate === reportDate &&
    one.timezone === hours[0]?.timezone &&
    report.key === reportKey({ reportDate, hour }, format);
  if (hours.length !== labels.length || !hours.every(isOwn)) return 'manifests there are those of other hours';
  if (hours.every(({ status }) => status === 'final')) return null;
  return (await readDocument(store, closingOf(reportDate))) === null ? 'it was not closed yet' : null;
}

/** The labels that a day has in its zone; null for none. */
function labelsOf(reportDate: string, timezone: string | undefined): number[] | null {
  try {
    return timezone === undefined ? null : reportDay(reportDate, timezone).hours.map(({ hour }) => hour);
  } catch (error) {
    if (error instanceof CalendarError) return null;
    throw error;
  }
}
