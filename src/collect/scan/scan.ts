import { createHourIndex } from '../../calendar/hour-index.js';
import { type ReportDay, reportDateAt, reportDay } from '../../calendar/report-day.js';
import { unionOf, type Window } from '../../calendar/window.js';
import { lineOfLink } from '../../cloudtrail/link-line.js';
import type { Progress } from '../../ports/progress.js';
import type { Delivery, Evidence, EvidenceBatch, SourceAccount, StartSource } from '../../ports/start-source.js';
import { keepDeliveries } from '../../tree/files/deliveries.js';
import { keepReject } from '../../tree/rejects.js';
import type { Workplace } from '../collector.js';
import { withEnds } from './read-files.js';
import type { ScanLog } from './scan-log.js';
import { isPassing, ScanStopped } from './scan-stopped.js';

export interface ScanTask {
  readonly source: StartSource;
  /** Touching each other, oldest first. */
  readonly days: readonly ReportDay[];
  readonly log: ScanLog;
  /** The days among them whose evidence is kept; all by default. */
  readonly keeps?: readonly ReportDay[];
}

/** Evidence waits in memory up to this size. */
const FLUSH_BYTES = 12 * 1024 * 1024;
/** A run that dies loses at most this much reading. */
const FLUSH_MS = 10_000;

/**
 * Reads the whole range once and sorts it into hours. Yields what is covered each time that is durable: the caller may stop
 * between two yields and go on in another process. One scan over the range, never one an hour: an idle day costs one call.
 * When some accounts or Regions failed, the last yield is the whole range all the same, the checkpoint is not complete, and the
 * same scan made again reads what is missing.
 * @throws ScanStopped when the source broke off and the same scan can go on
 */
export async function* scan(work: Workplace, task: ScanTask): AsyncGenerator<readonly Window[]> {
  const { clock, progress, signal } = work;
  const { source, days, log } = task;
  const window = rangeOf(days);
  const place = createPlacement(work, task);
  let covered = unionOf(log.checkpoint.covered);
  if (log.checkpoint.isComplete) {
    yield [window];
    return;
  }
  let flushedAt = clock.now();
  let cursor = log.checkpoint.cursor;
  const options = {
    days: days.map(({ reportDate, timezone }) => reportDay(reportDate, timezone).window),
    ...(cursor === null ? {} : { cursor }),
    ...(signal ? { signal } : {}),
    ledger: log.openLedger({
      generator: work.generator,
      now: clock.now(),
      tell: (message) => progress({ kind: 'warning', message }),
    }),
  };
  let deliveries: readonly Delivery[] = [];
  const keep = () => log.commit({ cursor, covered, sources: accountsOf(source), writtenAt: clock.now() });
  try {
    for await (const batch of source.scan(window, options)) {
      for (const item of withEnds(batch.items, batch.files ?? [])) {
        if (item.kind === 'file-end') log.endFile(item.file);
        else await place(item);
      }
      for (const change of batch.fileChanges ?? []) log.addFileChange(change);
      deliveries = batch.deliveries ?? deliveries;
      covered = unionOf([...covered, ...batch.covered]);
      cursor = batch.cursor;
      tell(progress, source.account(), { window, covered, batch });
      if (log.waitingBytes < FLUSH_BYTES && clock.now() - flushedAt < FLUSH_MS) continue;
      await keep();
      flushedAt = clock.now();
      yield covered;
    }
  } catch (error) {
    const isBegun = cursor !== null || covered.length > 0;
    if (signal?.aborted || (!isBegun && !isPassing(error))) throw error;
    try {
      // Before its first page it has nothing to keep, and what an earlier run kept must stay.
      if (isBegun) await keep();
    } catch {
      throw error; // What stopped the scan matters more than that its last batches are read again.
    }
    throw new ScanStopped(source.account(), error);
  }
  const sources = accountsOf(source);
  const failed = sources.filter(({ failure }) => failure !== undefined);
  for (const one of failed) progress({ kind: 'warning', message: failureText(one) });
  for (const message of changesMet(changesIn(sources))) progress({ kind: 'warning', message });
  // A source that ends has read its window to the end; `covered` of its batches only lets days begin earlier.
  const isComplete = failed.length === 0;
  await keepDeliveries(work.store, deliveries, { now: clock.now() });
  const reached = { cursor, covered: isComplete ? [window] : covered, sources, isComplete };
  await log.commit({ ...reached, writtenAt: clock.now() });
  tell(progress, source.account(), { window, covered: [window], batch: null });
  yield [window];
}

function changesIn(sources: readonly SourceAccount[]): Parameters<typeof changesMet>[0] {
  const sum = (name: string) => sources.reduce((total, { counts }) => total + (counts[name] ?? 0), 0);
  return { changed: sum('filesChanged'), gone: sum('filesGone') };
}

/** Says of files that were read and are others now, or gone, how many there are. */
export function changesMet({ changed, gone }: { readonly changed: number; readonly gone: number }): string[] {
  const rest = 'what was read of them before stays in the evidence. aqt verify names them, until that is accepted';
  return [
    ...(changed > 0
      ? [
          `${changed} log files are not those that were read before under their names (another size, ETag or time of writing), and were read again; ${rest}`,
        ]
      : []),
    ...(gone > 0
      ? [
          `${gone} log files that were read before are not there any more: a lifecycle rule may have removed them, or somebody; ${rest}`,
        ]
      : []),
  ];
}

/** Sorts evidence into the log: starts by hour, links by day, malformed records into `_work/rejects/`. */
function createPlacement(
  { store, progress }: Workplace,
  { days, log, keeps = days }: ScanTask,
): (item: Evidence) => Promise<void> {
  const index = createHourIndex(keeps);
  const timezone = days[0]?.timezone ?? 'UTC';
  return async (item) => {
    switch (item.kind) {
      case 'start': {
        const hour = index.find(item.eventTime);
        // Sources may yield a little more than was asked for; what lies outside belongs to another run.
        if (hour) log.addToHour(hour, { start: item });
        else log.leave(item.eventTime);
        return;
      }
      case 'link':
        log.addLink(reportDateAt(item.eventTime, timezone), lineOfLink(item));
        return;
      case 'link-line':
        log.addLink(reportDateAt(item.eventTime, timezone), item.text);
        return;
      case 'reject': {
        const key = await keepReject(store, item);
        progress({ kind: 'reject', origin: item.origin, reason: item.reason });
        // A record whose time cannot be read is counted in the first hour: nothing that was read goes uncounted.
        const hour = item.eventTime === null ? index.hours[0] : index.find(item.eventTime);
        if (hour) log.addToHour(hour, { reject: key });
        return;
      }
      case 'not-read': {
        const { name, reason, wayOut } = item;
        progress({ kind: 'not-read', name, reason, wayOut });
        log.addNotRead(item);
        return;
      }
    }
  };
}

function rangeOf(days: readonly ReportDay[]): Window {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) throw new Error('a scan needs at least one day');
  return { start: first.window.start, end: last.window.end };
}

function accountsOf(source: StartSource): readonly SourceAccount[] {
  return source.accounts?.() ?? [source.account()];
}

function failureText({ kind, accountId, region, failure }: SourceAccount): string {
  return `${kind} of ${[accountId, region].filter(Boolean).join(' ')}: ${failure}; its hours stay open`;
}

function tell(
  progress: Progress,
  { kind, counts }: SourceAccount,
  {
    window,
    covered,
    batch,
  }: { readonly window: Window; readonly covered: readonly Window[]; readonly batch: EvidenceBatch | null },
): void {
  const totalMs = window.end - window.start;
  const coveredMs = covered.reduce((sum, part) => sum + part.end - part.start, 0);
  progress({
    kind: 'scan',
    source: kind,
    read: counts.starts ?? counts.events ?? 0,
    coveredMs: batch?.share === undefined ? coveredMs : Math.round(batch.share * totalMs),
    totalMs,
    calls: counts.calls ?? counts.files ?? 0,
    throttled: counts.throttled ?? 0,
    ...(batch?.reach ? { reach: batch.reach } : {}),
  });
}
