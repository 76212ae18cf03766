import { LIST_PRICES } from '../../src/athena/prices.js';
import type { ReportDay } from '../../src/calendar/report-day.js';
import { collectHour } from '../../src/collect/days/collect-hour.js';
import { collectRange } from '../../src/collect/days/collect-range.js';
import { rescan } from '../../src/collect/days/rescan.js';
import { settle } from '../../src/collect/days/settle.js';
import { type AccountPlan, OWN_ACCOUNT } from '../../src/compose/open-accounts.js';
import { openSources } from '../../src/compose/open-sources.js';
import type { Directory } from '../../src/identity/directory/directory.js';
import { parseDirectory } from '../../src/identity/directory/parse-directory.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import type { Manifest, ReportFormat } from '../../src/record/manifest.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { REPORT_CODEC } from '../../src/storage/report-codec.js';
import { hourFolder } from '../../src/tree/layout.js';
import { quietIo } from '../end-to-end/quiet-io.js';

/** What one process does: collect the days, or the first hour of them as a process of its own does it, or settle the tree. */
export type Work = 'collect' | 'hour' | 'settle' | 'settle-deep';

export interface Collector {
  readonly simulator: Simulator;
  /** Where the SDK finds it. */
  readonly url: string;
  readonly days: readonly ReportDay[];
  readonly format: ReportFormat;
  readonly regions: readonly string[];
  readonly directory: Directory;
  /** Where log files lie; LookupEvents is asked when absent. */
  readonly trail?: string | null;
  /** The caller's own account when absent. */
  readonly accounts?: AccountPlan;
  /** Workgroup that may ask the system table. */
  readonly systemTable?: string | null;
}

export interface Process {
  readonly work: Work;
  readonly store: ReportStore;
  readonly signal: AbortSignal;
  /** Other days than the collector's, and the name that such a command has. */
  readonly part?: { readonly days: readonly ReportDay[]; readonly scanId: string };
}

/** How a process ended that did not fail. */
export interface Outcome {
  /** Hours that changed. */
  readonly changed: number;
  /** `<account> <Region>` of what was not read. */
  readonly missing: ReadonlySet<string>;
}

/** Of the bucket; sources of a Region are opened with theirs. */
const AWS_REGION = 'us-east-1';

export function directoryOf(simulator: Simulator): Directory {
  return parseDirectory(simulator.directory);
}

/** Does the work of one process, with everything opened anew, as the command line does it. */
export async function runProcess(collector: Collector, { work, store, signal, part }: Process): Promise<Outcome> {
  const { simulator, url, format, regions, directory, trail = null, accounts, systemTable = null } = collector;
  const { clock } = simulator;
  const env = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION };
  const io = quietIo({ clock, env, signal });
  const plan = { source: trail === null ? 'lookup' : 'trail', trail, executions: null } as const;
  const sources = await openSources(
    { plan, regions, systemTable, accounts: accounts ?? OWN_ACCOUNT, progress: () => {} },
    io,
  );
  const writer = {
    store,
    executions: sources.executions,
    codec: REPORT_CODEC,
    directory,
    prices: LIST_PRICES,
    inputs: {},
    clock,
    generator: 'simulation',
    progress: () => {},
    signal,
  };
  let changed = 0;
  const missing = new Set<string>();
  const note = ({ sources: read }: Manifest) => {
    for (const { accountId, region, failure } of read) if (failure !== undefined) missing.add(`${accountId} ${region}`);
  };
  const { days, scanId } = part ?? { days: collector.days, scanId: 'simulated' };
  try {
    if (work === 'collect') {
      for await (const manifest of collectRange(writer, sources, { days, format, scanId })) {
        note(manifest);
        changed++;
      }
    } else if (work === 'hour') {
      const [day] = days;
      const [hour] = day?.hours ?? [];
      if (day && hour) note(await collectHour(writer, sources, { day, hour, format, isScanned: false }));
    } else {
      const depth = work === 'settle-deep' ? 'deep' : 'auto';
      const written = new Map<string, Manifest>();
      for await (const { before, after } of rescan(writer, sources, depth)) {
        note(after);
        written.set(hourFolder(after), after);
        if (before?.version !== after.version) changed++;
      }
      for await (const { before, after } of settle(writer, { written }))
        if (before?.version !== after.version) changed++;
    }
    for (const failure of sources.failures()) missing.add(failure.split(':', 1)[0] ?? '');
    return { changed, missing };
  } finally {
    await sources.close();
  }
}
