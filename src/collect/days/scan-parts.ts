import type { Window } from '../../calendar/window.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { DividedSource, PartRead, ScanPart, SourceAccount, StartSource } from '../../ports/start-source.js';
import { keepDeliveries } from '../../tree/files/deliveries.js';
import type { Workplace } from '../collector.js';
import type { Checkpoint } from '../scan/checkpoint.js';
import { changesMet } from '../scan/scan.js';
import { openScanLog, type ScanLog } from '../scan/scan-log.js';
import {
  type DividedScan,
  forgetParts,
  makePlan,
  type PlannedPart,
  partScanId,
  planOf,
  readPlan,
  windowOf,
} from './part-plan.js';

/** Parts that wait for readers. */
export interface PartsToRead {
  readonly state: 'parts';
  /** Key of their list: a JSON array of `PlannedPart`. */
  readonly key: string;
  readonly parts: number;
}

/** Checkpoints of parts read at once. */
const AT_ONCE = 32;

/**
 * Says which parts of a scan others are to read, where it is worth it; null where the scan goes on here: it is small, it is not to
 * be divided, it was begun undivided, or all of its parts are read, and then they are joined in the log, which is complete.
 */
export async function partsToRead(
  work: Workplace,
  source: StartSource,
  scan: DividedScan & { readonly log: ScanLog },
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
  const gone = await noteGoneFolders(work, divided, { log, window, parts });
  await keepDeliveries(store, deliveries, { now: clock.now() });
  await log.commit({
    ...{ covered: [window], isComplete: true, writtenAt: clock.now() },
    sources: [sumOf([...parts.map(({ account }) => account), ...gone])],
    duplicates: duplicatesOf(read),
  });
  return null;
}

/** Notes the files of folders that are gone as a whole, which no reader of a part can miss; and how many they are. */
async function noteGoneFolders(
  { clock, generator, progress, signal }: Workplace,
  divided: DividedSource,
  { log, window, parts }: { readonly log: ScanLog; readonly window: Window; readonly parts: readonly PartRead[] },
): Promise<SourceAccount[]> {
  const tell = (message: string) => progress({ kind: 'warning', message });
  const ledger = log.openLedger({ generator, now: clock.now(), tell });
  let filesGone = 0;
  for await (const change of divided.goneFolders(parts, window, { ledger, ...(signal ? { signal } : {}) })) {
    log.addFileChange(change);
    filesGone += 1;
  }
  for (const message of changesMet({ changed: 0, gone: filesGone })) tell(message);
  return parts.slice(0, filesGone > 0 ? 1 : 0).map(({ account }) => ({ ...account, counts: { filesGone } }));
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

/** The source as the reader of a part sees it. */
export function sourceOfPart(source: StartSource, part: ScanPart): StartSource {
  return {
    scan: (window, options) => source.scan(window, { ...options, part }),
    account: () => source.account(),
  };
}

async function checkpointsOf(store: ReportStore, plan: readonly PlannedPart[]): Promise<Checkpoint[]> {
  const read: Checkpoint[] = [];
  for (let at = 0; at < plan.length; at += AT_ONCE) {
    const logs = plan.slice(at, at + AT_ONCE).map((part) => openScanLog(store, partScanId(part)));
    read.push(...(await Promise.all(logs)).map(({ checkpoint }) => checkpoint));
  }
  return read;
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
