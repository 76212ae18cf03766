import { reportDays } from '../../src/calendar/report-day.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import { type Collector, runProcess } from './collector.js';

/** Another than the tree's, with hours that begin at other instants. */
export const OTHER_ZONE = 'Asia/Kolkata';

/**
 * Tries to collect hours of another time zone into a tree. Sentences: it was not refused, or not for that, or something was
 * written. `store` is what the process is given of the tree whose files are `files`.
 */
export async function otherZoneFaults(
  collector: Collector,
  { store, files }: { readonly store: ReportStore; readonly files: ReadonlyMap<string, Uint8Array> },
): Promise<string[]> {
  const before = new Map(files);
  const [day] = collector.days;
  if (!day) return [];
  const days = reportDays({ from: day.reportDate, to: day.reportDate, timezone: OTHER_ZONE }).map((whole) => {
    const hours = whole.hours.slice(9, 11);
    return { ...whole, hours, window: { start: hours[0]?.window.start ?? 0, end: hours.at(-1)?.window.end ?? 0 } };
  });
  const faults: string[] = [];
  for (const work of ['collect', 'hour'] as const) {
    const ending = await endingOf(
      runProcess(collector, {
        ...{ work, store, signal: new AbortController().signal, part: { days, scanId: `zone ${work}` } },
      }),
    );
    if (ending !== 'OtherTimezone') faults.push(`${work} in ${OTHER_ZONE} ended with ${ending}`);
  }
  const keys = new Set([...before.keys(), ...files.keys()]);
  for (const key of keys)
    if (before.get(key) !== files.get(key)) faults.push(`${key} was written by a process of ${OTHER_ZONE}`);
  return faults;
}

async function endingOf(process: Promise<unknown>): Promise<string> {
  try {
    await process;
    return 'success';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
