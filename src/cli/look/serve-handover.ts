import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LiveCache, Snapshot } from '../../dashboard/server/live-cache.js';
import type { MadePack, PackView } from '../../dashboard/server/pack-view.js';
import { createMetrics } from '../../handover/feeds/openmetrics.js';
import type { ReportStore } from '../../ports/report-store.js';
import { userOf } from '../handover/evidence.js';
import { writePack } from '../handover/write-pack.js';
import type { Io } from '../terminal/io.js';

const SAMPLE = 25;

/** Makes packs for the dashboard, each in a folder of its own that is gone when it was handed over. */
export function packMaker(
  tree: {
    readonly store: ReportStore;
    readonly output: string;
    readonly profile: string | undefined;
    readonly key: string | null;
  },
  io: Io,
): (view: PackView) => Promise<MadePack> {
  return async ({ from, to, filters, isMasked }) => {
    const folder = await mkdtemp(join(tmpdir(), 'aqt-pack-'));
    const remove = () => rm(folder, { recursive: true, force: true });
    const file = join(folder, 'pack.zip');
    try {
      await writePack(
        {
          ...{ ...tree, from, to, filters, file },
          mask: isMasked ? { kind: 'question-marks', literal: () => '?' } : null,
          sample: { seed: null, size: SAMPLE },
          madeBy: userOf(io),
          madeAt: new Date(io.clock.now()).toISOString(),
        },
        io,
      );
      return { file, remove };
    } catch (error) {
      await remove();
      throw error;
    }
  };
}

/** Sums up a generation of the cache for a monitoring system; null before the first. Each is summed up once. */
export function metricsMaker(live: LiveCache, io: Io): () => Promise<string | null> {
  let known: { readonly generation: number; readonly sums: Promise<Sums> } | null = null;
  return async () => {
    const snapshot = live.current();
    if (!snapshot) return null;
    const { generation } = snapshot.cache;
    if (known?.generation !== generation) known = { generation, sums: sumsOf(snapshot) };
    const { groups, hours } = await known.sums;
    const metrics = createMetrics();
    for (const group of groups) metrics.addGroup(group);
    for (const hour of hours) metrics.addHour(hour);
    return metrics.text(io.clock.now());
  };
}

type Metrics = ReturnType<typeof createMetrics>;

interface Sums {
  readonly groups: readonly Parameters<Metrics['addGroup']>[0][];
  readonly hours: readonly Parameters<Metrics['addHour']>[0][];
}

async function sumsOf({ cache }: Snapshot): Promise<Sums> {
  const groups = await cache.rows<Sums['groups'][number]>(
    `SELECT workgroup, state, count(*) AS rows, count(*) FILTER (person IS NULL) AS unresolved,
       coalesce(sum(data_scanned_bytes), 0)::DOUBLE AS "scannedBytes", coalesce(sum(cost_nanos), 0)::DOUBLE AS "costNanos",
       count(*) FILTER (cost_usd IS NULL) AS "withoutCost"
     FROM query_log GROUP BY workgroup, state ORDER BY workgroup, state`,
  );
  const hours = await cache.rows<Sums['hours'][number]>(
    `SELECT status, coalesce(pending, 0) AS pending, epoch_ms(window_end)::DOUBLE AS "end" FROM hour_log WHERE status IS NOT NULL`,
  );
  return { groups, hours };
}
