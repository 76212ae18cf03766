import type { ReportCodec } from '../../ports/report-codec.js';
import type { ReportStore } from '../../ports/report-store.js';
import type { ReportRow } from '../../record/columns.js';
import type { Chain } from '../../tree/chain/chain.js';
import { MANIFEST_NAME, parseHourKey } from '../../tree/layout.js';
import { type Deliver, exportRows } from './export-rows.js';
import type { RowFeed } from './feed.js';
import type { FeedMemory } from './feed-memory.js';
import { readHour } from './list-hours.js';

/** After so many hours that could not be handed over the rest waits for the next run: its cause is hardly theirs. */
const MOST_FAILURES = 5;

/** What a run handed to one feed. */
export interface HandedOver {
  readonly hours: number;
  readonly rows: number;
  readonly records: number;
  /** Rows that are no record for this consumer. */
  readonly skipped: number;
  /** A sentence for each hour that could not be handed over; the next run tries again. */
  readonly failures: readonly string[];
  /** Time was up: there is more. */
  readonly hasMore: boolean;
}

/**
 * Hands over the hours that were sealed since the feed last saw them, the oldest first. An hour that cannot be handed over does not stop the
 * others. `isOver` ends the run between hours.
 */
export async function handOver(request: {
  readonly store: ReportStore;
  readonly codec: ReportCodec;
  readonly chain: Pick<Chain, 'manifests'>;
  readonly memory: FeedMemory;
  readonly feed: RowFeed;
  readonly prepare: (row: ReportRow) => ReportRow;
  readonly deliver: Deliver;
  readonly isWhole: boolean;
  readonly isOver: () => boolean;
}): Promise<HandedOver> {
  const { chain, memory, isOver } = request;
  const sum = { hours: 0, rows: 0, records: 0, skipped: 0 };
  const failures: string[] = [];
  const news = [...chain.manifests].filter(([folder, sealed]) => memory.seen.get(folder) !== sealed);
  news.sort(([a], [b]) => (a < b ? -1 : 1));
  let hasMore = false;
  for (const [folder, sealed] of news) {
    if (failures.length >= MOST_FAILURES) break;
    hasMore = isOver();
    if (hasMore) break;
    try {
      const { hours, rows, records, skipped } = await handHour(request, folder);
      sum.hours += hours;
      sum.rows += rows;
      sum.records += records;
      sum.skipped += Object.values(skipped).reduce((all, count) => all + count, 0);
      memory.seen.set(folder, sealed);
    } catch (error) {
      failures.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (news.length > 0) await memory.keepSeen();
  return { ...sum, failures, hasMore };
}

async function handHour(request: Parameters<typeof handOver>[0], folder: string) {
  const { store, memory } = request;
  const { label } = parseHourKey(`${folder}${MANIFEST_NAME}`) ?? {};
  if (!label) throw new Error('a seal names it, and it is no hour');
  return exportRows({
    ...request,
    hours: (async function* () {
      yield await readHour(store, '', label);
    })(),
    handed: () => memory.handed(label),
    onHour: (handed) => memory.add(label, handed),
  });
}
