import { createHash } from 'node:crypto';
import { type ReportDay, reportDays } from '../../calendar/report-day.js';
import type { Window } from '../../calendar/window.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { DividedSource, PartRead, ScanPart, SourceAccount, StartSource } from '../../ports/start-source.js';
import { hasMembers, isCount, isListOf, isNullOr, isText } from '../../record/text/shape.js';
import { keepDeliveries } from '../../tree/files/deliveries.js';
import { WORK_FOLDER, workKey } from '../../tree/layout.js';
import { encodeDocument, parseDocument, type TreeDocument } from '../../tree/update.js';
import type { Workplace } from '../collector.js';
import { type Checkpoint, openScanLog, type ScanLog } from '../scan/scan-log.js';

/** A part of the scan of a range of days, as the state machine hands it on: all that its reader needs to know. */
export interface PlannedPart extends ScanPart {
  /** The scan that it is a part of. */
  readonly scan: string;
  /** Report dates of the days, both inclusive. */
  readonly from: string;
  readonly until: string;
}

/** Parts that wait for readers. */
export interface PartsToRead {
  readonly state: 'parts';
  /** Key of their list: a JSON array of `PlannedPart`. */
  readonly key: string;
  readonly parts: number;
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

/** Checkpoints of parts read at once. */
const AT_ONCE = 32;

interface DividedScan {
  readonly scanId: string;
  readonly days: readonly ReportDay[];
  readonly log: ScanLog;
  /** Epoch milliseconds: what is not listed by then is one part, however large. */
  readonly restsAt: number;
  readonly division: DivisionLimits;
}

/**
 * Says which parts of a scan others are to read, where it is worth it; null where the scan goes on here: it is small, it is not to
 * be divided, it was begun undivided, or all of its parts are read, and then they are joined in the log, which is complete.
 */
export async function partsToRead(
  work: Workplace,
  source: StartSource,
  scan: DividedScan,
): Promise<PartsToRead | null> {
  const { store, clock } = work;
  const { scanId, days, log } = scan;
  const { divided } = source;
  const { isComplete, cursor } = log.checkpoint;
  if (!divided || isComplete || cursor !== null) return null;
  const plan = (await readPlan(store, scan)) ?? (await makePlan(work, divided, scan));
  if (plan.length === 0) return null;
  const read = await checkpointsOf(store, plan);
  if (!read.every(({ isComplete }) => isComplete))
    return { state: 'parts', key: planOf(scanId).key, parts: plan.length };
  const window = windowOf(days);
  const parts = read.map(({ cursor, sources, notRead }) => ({ cursor, account: sumOf(sources), notRead }));
  const { notRead, deliveries } = await joined(store, divided, { ...scan, parts });
  for (const item of notRead) log.addNotRead(item);
  await keepDeliveries(store, deliveries, { now: clock.now() });
  await log.commit({
    ...{ covered: [window], isComplete: true, writtenAt: clock.now() },
    sources: [sumOf(parts.map(({ account }) => account))],
    duplicates: duplicatesOf(read),
  });
  return null;
}

/** What parts listed and did not read, together. A scan that fails is made anew, when what it failed for is mended. */
async function joined(
  store: ReportStore,
  divided: DividedSource,
  { scanId, days, parts }: Pick<DividedScan, 'scanId' | 'days'> & { readonly parts: readonly PartRead[] },
): Promise<ReturnType<DividedSource['join']>> {
  const windows = days.map(({ window }) => window);
  try {
    return divided.join(parts, windows);
  } catch (error) {
    await forgetParts(store, scanId);
    throw error;
  }
}

/** Forgets a plan and how far its parts came: the scan is done, or is planned anew. */
export async function forgetParts(store: ReportStore, scanId: string): Promise<void> {
  const stale: string[] = [];
  for await (const { key } of store.list(`${WORK_FOLDER}scan/`))
    if (key.startsWith(`${WORK_FOLDER}scan/${scanId}-part`)) stale.push(key);
  for (const key of stale) await store.remove(key);
}

/** The scan that reads a part: what it read before it was stopped, or what another reader of it did, it goes on from. */
export function partScanId(part: PlannedPart): string {
  const { scan, from, until, after, to } = part;
  const name = createHash('sha256').update(JSON.stringify([from, until, after, to]));
  return `${scan}-part-${name.digest('hex').slice(0, 24)}`;
}

/** The days of a part. */
export function daysOfPart({ from, until }: PlannedPart, timezone: string): ReportDay[] {
  return reportDays({ from, to: until, timezone });
}

/** The source as the reader of a part sees it. */
export function sourceOfPart(source: StartSource, part: ScanPart): StartSource {
  return {
    scan: (window, options) => source.scan(window, { ...options, part }),
    account: () => source.account(),
  };
}

const isPlan = isListOf(
  hasMembers({
    ...{ scan: isText, from: isText, until: isText, files: isCount, bytes: isCount },
    ...{ after: isNullOr(isText), to: isNullOr(isText) },
  }),
);

/** A plan that cannot be read is made again. */
function planOf(scanId: string): TreeDocument<readonly PlannedPart[] | null> {
  return {
    key: workKey.scan(`${scanId}-parts`),
    absent: null,
    parse: (value) => (isPlan(value) ? (value as PlannedPart[]) : null),
    whenDamaged: 'absent',
  };
}

/** The plan of an earlier round, if it is of the same days. */
async function readPlan(store: ReportStore, { scanId, days }: DividedScan): Promise<readonly PlannedPart[] | null> {
  const document = planOf(scanId);
  const plan = parseDocument(await store.read(document.key), document);
  const [first, last] = [days[0]?.reportDate, days.at(-1)?.reportDate];
  return plan?.every(({ from, until }) => from === first && until === last) ? plan : null;
}

/** Lists what lies there and writes down its parts; none where the scan is not worth it. */
async function makePlan(
  { store, clock, signal }: Workplace,
  divided: DividedSource,
  { scanId, days, restsAt, division }: DividedScan,
): Promise<readonly PlannedPart[]> {
  const plan: PlannedPart[] = [];
  const [from = '', until = ''] = [days[0]?.reportDate, days.at(-1)?.reportDate];
  for await (const part of divided.parts(windowOf(days), { ...division.part, ...(signal ? { signal } : {}) })) {
    const isLate = clock.now() >= restsAt;
    plan.push({ scan: scanId, from, until, ...part, ...(isLate ? { to: null } : {}) });
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

async function checkpointsOf(store: ReportStore, plan: readonly PlannedPart[]): Promise<Checkpoint[]> {
  const read: Checkpoint[] = [];
  for (let at = 0; at < plan.length; at += AT_ONCE) {
    const logs = plan.slice(at, at + AT_ONCE).map((part) => openScanLog(store, partScanId(part)));
    read.push(...(await Promise.all(logs)).map(({ checkpoint }) => checkpoint));
  }
  return read;
}

function windowOf(days: readonly ReportDay[]): Window {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) throw new Error('a scan needs at least one day');
  return { start: first.window.start, end: last.window.end };
}

/** One reader of parts after another, as one. */
function sumOf(accounts: readonly SourceAccount[]): SourceAccount {
  const [first] = accounts;
  if (!first) throw new Error('a part of a scan tells nothing of its source');
  const counts: Record<string, number> = {};
  for (const account of accounts)
    for (const [name, count] of Object.entries(account.counts)) counts[name] = (counts[name] ?? 0) + count;
  return { ...first, counts: Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function duplicatesOf(checkpoints: readonly Checkpoint[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { duplicates } of checkpoints)
    for (const [folder, count] of Object.entries(duplicates)) sum[folder] = (sum[folder] ?? 0) + count;
  return sum;
}
