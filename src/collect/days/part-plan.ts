import { createHash } from 'node:crypto';
import { type ReportDay, reportDays } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { DividedSource, ScanPart } from '../../ports/start-source.js';
import { hasMembers, isAbsentOr, isCount, isListOf, isNullOr, isText } from '../../record/text/shape.js';
import { WORK_FOLDER, workKey } from '../../tree/layout.js';
import { encodeDocument, parseDocument, type TreeDocument } from '../../tree/update.js';
import type { Workplace } from '../collector.js';

/** A part of the scan of a range of days, as the state machine hands it on: all that its reader needs to know. */
export interface PlannedPart extends ScanPart {
  /** The scan that it is a part of. */
  readonly scan: string;
  /** Report dates of the days, both inclusive. */
  readonly from: string;
  readonly until: string;
  /** Those of the days whose evidence is kept; absent: all. */
  readonly keeps?: readonly string[];
}

/** When a scan is divided, and into what. */
export interface DivisionLimits {
  /** From so many files, or so many bytes, on. */
  readonly worth: { readonly files: number; readonly bytes: number };
  /** At most so much in a part. */
  readonly part: { readonly files: number; readonly bytes: number };
}

/** What a file of a busy trail weighs, packed. */
const FILE_BYTES = 100 * 1024;
/** Parts of the smallest scan that is divided. */
const LEAST_PARTS = 10;

/** Divides from so many files on, or their weight in bytes; null where nothing is to be divided. */
export function divisionFrom(files: number): DivisionLimits | null {
  if (files === 0) return null;
  const part = Math.max(1, Math.ceil(files / LEAST_PARTS));
  return { worth: { files, bytes: files * FILE_BYTES }, part: { files: part, bytes: part * FILE_BYTES } };
}

/** The same for a listing of which most was read before: so many times as much makes a part, and is worth dividing. */
export function enlarged({ worth, part }: DivisionLimits, times: number): DivisionLimits {
  const more = ({ files, bytes }: DivisionLimits['part']) => ({ files: files * times, bytes: bytes * times });
  return { worth: more(worth), part: more(part) };
}

/** A scan that may be divided. */
export interface DividedScan {
  readonly scanId: string;
  readonly days: readonly ReportDay[];
  /** Those of them whose evidence is kept. */
  readonly keeps: readonly ReportDay[];
  /** Epoch milliseconds: what is not listed by then is one part, however large. */
  readonly restsAt: number;
  readonly division: DivisionLimits;
}

/** The scan that reads a part: what it read before it was stopped, or what another reader of it did, it goes on from. */
export function partScanId(part: PlannedPart): string {
  const { scan, from, until, after, to, keeps } = part;
  const name = createHash('sha256').update(JSON.stringify([from, until, after, to, keeps]));
  return `${scan}-part-${name.digest('hex').slice(0, 24)}`;
}

/** The days of a part, and those of them whose evidence is kept. */
export function daysOfPart(
  { from, until, keeps }: PlannedPart,
  timezone: string,
): { readonly days: ReportDay[]; readonly keeps: ReportDay[] } {
  const days = reportDays({ from, to: until, timezone });
  return { days, keeps: days.filter(({ reportDate }) => keeps?.includes(reportDate) ?? true) };
}

const isPlan = isListOf(
  hasMembers({
    ...{ scan: isText, from: isText, until: isText, files: isCount, bytes: isCount },
    ...{ after: isNullOr(isText), to: isNullOr(isText), keeps: isAbsentOr(isListOf(isText)) },
  }),
);

/** A plan that cannot be read is made again. */
export function planOf(scanId: string): TreeDocument<readonly PlannedPart[] | null> {
  return {
    key: workKey.scan(`${scanId}-parts`),
    absent: null,
    parse: (value) => (isPlan(value) ? (value as PlannedPart[]) : null),
    whenDamaged: 'absent',
  };
}

/**
 * The plan of an earlier round, if it is of the same days. What is kept of them stays as it was planned: a day that was collected
 * meanwhile was read by its own scan.
 */
export async function readPlan(store: ReportStore, scan: DividedScan): Promise<readonly PlannedPart[] | null> {
  const document = planOf(scan.scanId);
  const plan = parseDocument(await store.read(document.key), document);
  const now = datesOf(scan);
  return plan?.every(({ from, until }) => from === now.from && until === now.until) ? plan : null;
}

/** Of a scan, what its parts are told. */
function datesOf({ days, keeps }: DividedScan): Pick<PlannedPart, 'from' | 'until' | 'keeps'> {
  const [from = '', until = ''] = [days[0]?.reportDate, days.at(-1)?.reportDate];
  const kept = keeps.map(({ reportDate }) => reportDate);
  return { from, until, ...(kept.length < days.length ? { keeps: kept } : {}) };
}

/** Lists what lies there and writes down its parts; none where the scan is not worth it. */
export async function makePlan(
  { store, clock, signal }: Workplace,
  divided: DividedSource,
  scan: DividedScan,
): Promise<readonly PlannedPart[]> {
  const { scanId, days, restsAt, division } = scan;
  const plan: PlannedPart[] = [];
  const dates = datesOf(scan);
  for await (const part of divided.parts(windowOf(days), { ...division.part, ...(signal ? { signal } : {}) })) {
    const isLate = clock.now() >= restsAt;
    plan.push({ scan: scanId, ...dates, ...part, ...(isLate ? { to: null } : {}) });
    if (isLate) break;
  }
  const sum = (pick: (part: PlannedPart) => number) => plan.reduce((total, part) => total + pick(part), 0);
  const isWorth =
    sum(({ files }) => files) >= division.worth.files || sum(({ bytes }) => bytes) >= division.worth.bytes;
  if (!isWorth || plan.length < 2) return [];
  await forgetParts(store, scanId);
  await store.write(planOf(scanId).key, encodeDocument(plan), 'any');
  return plan;
}

/** Forgets a plan and how far its parts came: the scan is done, or is planned anew. */
export async function forgetParts(store: ReportStore, scanId: string): Promise<void> {
  await forgetScans(store, `${scanId}-part`);
}

/** Forgets what is left of scans whose names begin so. */
export async function forgetScans(store: ReportStore, beginning: string): Promise<void> {
  const stale: string[] = [];
  for await (const { key } of store.list(`${WORK_FOLDER}scan/`))
    if (key.startsWith(`${WORK_FOLDER}scan/${beginning}`)) stale.push(key);
  for (const key of stale) await store.remove(key);
}

/** From the beginning of the first day to the end of the last. */
export function windowOf(days: readonly ReportDay[]): Window {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) throw new Error('a scan needs at least one day');
  return { start: first.window.start, end: last.window.end };
}
