import { LIST_PRICES } from '../athena/prices.js';
import { EMPTY_DIRECTORY } from '../identity/directory/directory.js';
import type { ReportStore } from '../ports/report-store.js';
import type { StartSource } from '../ports/start-source.js';
import { REPORT_CODEC } from '../storage/report-codec.js';
import type { Collector, DaySources } from './collector.js';

/** A collector that knows nobody and asks nobody, at an instant. */
export function collectorOf(store: ReportStore, now: number, more: Partial<Collector> = {}): Collector {
  return {
    store,
    codec: REPORT_CODEC,
    clock: { now: () => now, sleep: async () => {} },
    executions: () => null,
    directory: EMPTY_DIRECTORY,
    prices: LIST_PRICES,
    inputs: {},
    generator: 'test/1',
    progress: () => {},
    ...more,
  };
}

/** Starts, and no other witness. */
export function startsFrom(source: StartSource, more: Partial<DaySources> = {}): DaySources {
  return { source, linkSource: null, userNames: null, listers: [], exported: null, ...more };
}
