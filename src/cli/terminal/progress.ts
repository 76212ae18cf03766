import type { Progress, ProgressEvent } from '../../ports/progress.js';
import type { Reach } from '../../ports/start-source.js';
import type { Io } from './io.js';

/**
 * Shows a long run on stderr: one line that is rewritten on a terminal, one line every ten seconds elsewhere.
 * Rejects, what was not read, and warnings always get a line of their own; after twenty alike only their number is told at the end.
 */
export function createProgress(
  io: Io,
  options: { readonly isQuiet: boolean },
): { readonly progress: Progress; finish(): void } {
  const left = createLeft(io.stopwatch);
  let lastShownAt = Number.NEGATIVE_INFINITY;
  let isLineOpen = false;
  let rejects = 0;
  let unread = 0;

  const say = (text: string) => {
    if (isLineOpen) io.status('');
    isLineOpen = false;
    io.stderr(`${text}\n`);
  };
  const show = (text: string, isLast: boolean) => {
    const now = io.stopwatch();
    const pause = io.isStderrTty ? 100 : 10_000;
    if (options.isQuiet || (!isLast && now - lastShownAt < pause)) return;
    lastShownAt = now;
    if (!io.isStderrTty) return io.stderr(`${text}\n`);
    io.status(text.slice(0, io.columns - 1));
    isLineOpen = true;
  };
  return {
    progress(event) {
      if (event.kind === 'warning') say(`aqt: ${event.message}`);
      else if (event.kind === 'not-read') {
        unread++;
        if (unread <= 20) say(`aqt: not read: ${event.name}: ${event.reason}; ${event.wayOut}`);
      } else if (event.kind === 'reject') {
        rejects++;
        if (rejects <= 20) say(`aqt: rejected ${event.origin}: ${event.reason}`);
      } else show(lineOf(event, left), false);
    },
    finish() {
      if (isLineOpen) io.status('');
      isLineOpen = false;
      if (unread > 20) io.stderr(`aqt: … and ${unread - 20} more not read; the manifests name them, and aqt verify\n`);
      if (rejects > 20) io.stderr(`aqt: … and ${rejects - 20} more rejected; all are kept under _work/rejects/\n`);
    },
  };
}

type Told<Kind extends ProgressEvent['kind']> = Extract<ProgressEvent, { kind: Kind }>;

function lineOf(event: Told<'scan' | 'read' | 'list' | 'hour'>, left: Left): string {
  switch (event.kind) {
    case 'read':
      return `reading  ${filesText(event.reach)} · ${event.read} ${event.what}${left('read', shareOf(event.reach))}`;
    case 'scan':
      return event.reach ? filesLine(event, event.reach, left) : timeLine(event, left);
    case 'list':
      return listLine(event, left);
    case 'hour':
      return hourLine(event, left);
  }
}

/** Files are read in the order of their names, so their bytes tell how far a scan is, not the time they cover. */
function filesLine({ read }: Told<'scan'>, reach: Reach, left: Left): string {
  return `scanning ${filesText(reach)} · ${read} starts${left('scan', shareOf(reach))}`;
}

function timeLine({ source, calls, read, throttled, coveredMs, totalMs }: Told<'scan'>, left: Left): string {
  const share = totalMs === 0 ? 1 : coveredMs / totalMs;
  const slowed = throttled > 0 ? ` · ${throttled} throttled` : '';
  return `scanning ${bar(share)} ${source} · ${calls} calls · ${read} starts${slowed}${left('scan', share)}`;
}

/** Athena does not say how long a list is: what is known is how many workgroups are left. */
function listLine({ reportDate, accountId, region, ids, workGroups }: Told<'list'>, left: Left): string {
  const what = `${accountId} ${region} for ${reportDate} · ${ids} executions`;
  if (!workGroups) return `listing  ${what}`;
  const share = workGroups.done / workGroups.all;
  const work = `list ${accountId} ${region} ${reportDate}`;
  return `listing  ${bar(share)} ${workGroups.done} of ${workGroups.all} workgroups · ${what}${left(work, share)}`;
}

function hourLine({ reportDate, hour, rows, done, total }: Told<'hour'>, left: Left): string {
  const label = `${reportDate} ${String(hour).padStart(2, '0')}h`;
  return `writing  ${bar(done / total)} ${done}/${total} hours · ${label} ${rows} rows${left('hour', done / total)}`;
}

function filesText({ files, bytes, allFiles, allBytes }: Reach): string {
  if (allFiles === null || allBytes === null) return `${files} files · ${bytesText(bytes)} · still listing`;
  return `${bar(allBytes === 0 ? 1 : bytes / allBytes)} ${files} of ${allFiles} files · ${bytesText(bytes)} of ${bytesText(allBytes)}`;
}

/** Null while nobody knows the whole. */
function shareOf({ bytes, allBytes }: Reach): number | null {
  return allBytes === null ? null : allBytes === 0 ? 1 : bytes / allBytes;
}

/** Draws a share of 0 to 1. */
export function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * 20);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

/** What is left of a piece of work of which that share is done; empty while too little is known. */
export type Left = (work: string, share: number | null) => string;

/** Each piece of work is judged by its own pace since it was first told of: a run that goes on begins in the middle. */
export function createLeft(stopwatch: () => number): Left {
  const begun = new Map<string, { readonly at: number; readonly share: number }>();
  return (work, share) => {
    if (share === null) return '';
    const now = stopwatch();
    const from = begun.get(work) ?? { at: now, share };
    begun.set(work, from);
    const [elapsed, done] = [now - from.at, share - from.share];
    if (done <= 0.02 || share >= 1 || elapsed < 2000) return '';
    return ` · about ${duration((elapsed * (1 - share)) / done)} left`;
  };
}

/** Writes a duration in milliseconds as people read it: `1.4 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** Writes bytes in the units of ten: `1.2 GB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${units[unit]}`;
}
