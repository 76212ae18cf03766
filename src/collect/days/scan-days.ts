import type { ReportDay } from '../../calendar/report-day.js';
import { covers, type Window } from '../../calendar/window.js';
import type { EvidenceSources, Workplace } from '../collector.js';
import { storeDay } from '../evidence/store-day.js';
import { type ScanTask, scan } from '../scan/scan.js';
import { isPassing, ScanStopped } from '../scan/scan-stopped.js';

/**
 * Scans days that touch each other, in one scan, and puts what was read into their hours. Yields each day once its evidence and
 * that of its neighbours lies in the hours: then it can be written; asked for the next, it notes the day as done. Yields null each
 * time that all progress is durable: the caller may stop there, and the same call goes on with the same log.
 * What lacks an account or a Region is yielded, too, in the end, but not noted: the same scan made again reads what is missing.
 * @throws ScanStopped when the source broke off and the same scan can go on
 */
export async function* scanDays(
  work: Workplace,
  sources: EvidenceSources,
  { days, log, keeps = days }: Omit<ScanTask, 'source'>,
): AsyncGenerator<ReportDay | null> {
  const done = new Set(log.checkpoint.done);
  const stored = new Set<ReportDay>();
  const isMissing = (day: ReportDay) => keeps.includes(day) && !stored.has(day) && !done.has(day.reportDate);
  // Who issued a credential is asked of the same source: where that breaks off, the scan can go on, too.
  const storing = async (day: ReportDay) => {
    try {
      await storeDay(work, sources, { day, log });
    } catch (error) {
      if (work.signal?.aborted || !isPassing(error)) throw error;
      throw new ScanStopped(sources.source.account(), error);
    }
  };
  for await (const covered of scan(work, { source: sources.source, days, log, keeps })) {
    yield null;
    for (const [index, day] of days.entries()) {
      const around = days.slice(Math.max(0, index - 1), index + 2);
      if (!keeps.includes(day) || done.has(day.reportDate) || !isCovered(covered, around)) continue;
      // The day after tells about credentials of this one, and so does what is asked for its sake.
      for (const near of around.filter(isMissing)) {
        work.signal?.throwIfAborted();
        await storing(near);
        stored.add(near);
      }
      yield day;
      if (!isCovered(log.checkpoint.covered, around)) continue;
      done.add(day.reportDate);
      await log.commit({ done: [...done].sort() });
    }
  }
}

/** A day can be written when no earlier hour can still take one of its executions, and its neighbours' links are known. */
function isCovered(covered: readonly Window[], days: readonly ReportDay[]): boolean {
  const [first, last] = [days[0], days.at(-1)];
  return (
    first !== undefined && last !== undefined && covers(covered, { start: first.window.start, end: last.window.end })
  );
}
