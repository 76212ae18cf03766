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
  const startedAt = io.stopwatch();
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
      } else show(lineOf(event, io.stopwatch() - startedAt), false);
    },
    finish() {
      if (isLineOpen) io.status('');
      isLineOpen = false;
      if (unread > 20) io.stderr(`aqt: … and ${unread - 20} more not read; the manifests name them, and aqt verify\n`);
      if (rejects > 20) io.stderr(`aqt: … and ${rejects - 20} more rejected; all are kept under _work/rejects/\n`);
    },
  };
}

type Scanning = Extract<ProgressEvent, { kind: 'scan' }>;

function lineOf(event: Extract<ProgressEvent, { kind: 'scan' | 'hour' }>, elapsedMs: number): string {
  if (event.kind === 'hour') {
    const label = `${event.reportDate} ${String(event.hour).padStart(2, '0')}h`;
    return `writing  ${bar(event.done / event.total)} ${event.done}/${event.total} hours · ${label} ${event.rows} rows${eta(elapsedMs, event.done / event.total)}`;
  }
  if (event.reach) return fileLine(event, event.reach, elapsedMs);
  const share = event.totalMs === 0 ? 1 : event.coveredMs / event.totalMs;
  const throttled = event.throttled > 0 ? ` · ${event.throttled} throttled` : '';
  return `scanning ${bar(share)} ${event.source} · ${event.calls} calls · ${event.read} starts${throttled}${eta(elapsedMs, share)}`;
}

/** Files are read in the order of their names, so their bytes tell how far a scan is, not the time they cover. */
function fileLine({ read }: Scanning, { files, bytes, allFiles, allBytes }: Reach, elapsedMs: number): string {
  if (allFiles === null || allBytes === null)
    return `scanning ${files} files · ${bytesText(bytes)} · ${read} starts · still listing`;
  const share = allBytes === 0 ? 1 : bytes / allBytes;
  return `scanning ${bar(share)} ${files} of ${allFiles} files · ${bytesText(bytes)} of ${bytesText(allBytes)} · ${read} starts${eta(elapsedMs, share)}`;
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * 20);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

function eta(elapsedMs: number, share: number): string {
  if (share <= 0.02 || share >= 1 || elapsedMs < 2000) return '';
  return ` · about ${duration((elapsedMs * (1 - share)) / share)} left`;
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
