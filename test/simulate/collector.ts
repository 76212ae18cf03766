import { LIST_PRICES } from '../../src/athena/prices.js';
import type { ReportDay } from '../../src/calendar/report-day.js';
import { openSources } from '../../src/cli/open-sources.js';
import { collectRange } from '../../src/collect/collect-range.js';
import type { ReportStore } from '../../src/collect/ports.js';
import { rescan } from '../../src/collect/rescan.js';
import { settle } from '../../src/collect/settle.js';
import { type Directory, parseDirectory } from '../../src/identity/directory.js';
import type { Manifest, ReportFormat } from '../../src/record/manifest.js';
import { hourFolder } from '../../src/record/report-path.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { decodeReport, encodeReport } from '../../src/storage/report-codec.js';
import { quietIo } from '../end-to-end/quiet-io.js';

/** What one process does: collect the days, or settle the tree. */
export type Work = 'collect' | 'settle' | 'settle-deep';

export interface Collector {
  readonly simulator: Simulator;
  /** Where the SDK finds it. */
  readonly url: string;
  readonly days: readonly ReportDay[];
  readonly format: ReportFormat;
  readonly regions: readonly string[];
  readonly directory: Directory;
}

export function directoryOf(simulator: Simulator): Directory {
  return parseDirectory(simulator.directory);
}

/** Does the work of one process, with everything opened anew, as the command line does it. Returns the hours that changed. */
export async function runProcess(
  collector: Collector,
  { work, store, signal }: { readonly work: Work; readonly store: ReportStore; readonly signal: AbortSignal },
): Promise<number> {
  const { simulator, url, days, format, regions, directory } = collector;
  const { clock } = simulator;
  const env = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' };
  const io = quietIo({ clock, env, signal });
  const sources = await openSources(
    { plan: { source: 'lookup', trail: null, executions: null }, regions, progress: () => {} },
    io,
  );
  const request = {
    ...sources,
    store,
    encode: encodeReport,
    decode: decodeReport,
    directory,
    prices: LIST_PRICES,
    clock,
    generator: 'simulation',
    progress: () => {},
    signal,
  };
  let changed = 0;
  try {
    if (work === 'collect') {
      for await (const _ of collectRange({ ...request, days, format, scanId: 'simulated' })) changed++;
      return changed;
    }
    const depth = work === 'settle-deep' ? 'deep' : 'auto';
    const written = new Map<string, Manifest>();
    for await (const { before, after } of rescan({ ...request, depth })) {
      written.set(hourFolder(after), after);
      if (before?.version !== after.version) changed++;
    }
    for await (const { before, after } of settle({ ...request, written }))
      if (before?.version !== after.version) changed++;
    return changed;
  } finally {
    await sources.close();
  }
}
