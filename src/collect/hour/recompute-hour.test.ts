import { describe, expect, it } from 'vitest';
import { reportDays } from '../../calendar/report-day.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';
import type { Manifest } from '../../record/manifest.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { collectRange } from '../days/collect-range.js';
import { EvidenceLost } from '../evidence/evidence-lost.js';
import { recomputeHour } from './recompute-hour.js';

const MIDNIGHT = Date.UTC(2026, 10, 2);
const NOW = MIDNIGHT + 3 * 86_400_000;
const days = reportDays({ from: '2026-11-02', to: '2026-11-02', timezone: 'UTC' });

const at = (second: number, id: string, changes = {}) =>
  startOf({ eventId: `e-${id}-${second}`, queryExecutionId: id, eventTime: MIDNIGHT + second * 1000, ...changes });

/** A repeated start across two hours, and one that comes late. */
const early = [at(3599, 'q1'), at(3601, 'q1'), at(7000, 'q2')];
const late = at(100, 'q3');

const executions: ExecutionSource = {
  fetch: async (ids) =>
    ids.map((queryExecutionId) => ({
      queryExecutionId,
      origin: 'athena',
      outcome: 'found',
      execution: executionOf({ queryExecutionId, submittedAt: MIDNIGHT + 99_000 }),
    })),
  account: () => ({ kind: 'athena-api', accountId: null, region: null, counts: {} }),
};

type Store = ReturnType<typeof createMemoryStore>;

async function collect(store: Store, items: readonly ReturnType<typeof at>[], scanId: string): Promise<Manifest[]> {
  const source = {
    async *scan() {
      yield { items, covered: [], cursor: null };
    },
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
  };
  const collector = collectorOf(store, NOW, { executions: () => executions });
  const manifests: Manifest[] = [];
  for await (const one of collectRange(collector, startsFrom(source), { days, format: 'csv', scanId }))
    manifests.push(one);
  return manifests;
}

describe('making a report again', () => {
  it('gives its bytes from the parts that its manifest names, and writes nothing', async () => {
    const store = createMemoryStore();
    const first = await collect(store, early, 'first');
    const second = await collect(store, [...early, late], 'second');
    expect(second[0]?.ledger.starts).toBe(2);
    expect(second[0]?.evidence.length).toBeGreaterThan(first[0]?.evidence.length ?? 0);
    const keys = [...store.files.keys()];
    for (const manifest of second)
      expect(await recomputeHour(collectorOf(store, NOW), manifest)).toMatchObject({
        sha256: manifest.report.sha256,
        lacksDefinitions: false,
      });
    // The hour as it was before the late start came.
    const [before] = first;
    expect(before && (await recomputeHour(collectorOf(store, NOW), before))).toMatchObject({
      sha256: before?.report.sha256,
    });
    expect([...store.files.keys()]).toEqual(keys);
  });

  it('is told when a part is gone; the hour stays as it is until what was lost is known again', async () => {
    const store = createMemoryStore();
    const [manifest] = await collect(store, early, 'first');
    if (!manifest) throw new Error('nothing was collected');
    const report = store.files.get(manifest.report.key);
    const [key = ''] = [...store.files].flatMap(([one, { length }]) =>
      /evidence\/2026-11-02\/h00\//.test(one) && length > 300 ? [one] : [],
    );
    store.files.delete(key);
    await expect(recomputeHour(collectorOf(store, NOW), manifest)).rejects.toThrow('is gone');
    await expect(collect(store, [late], 'second')).rejects.toThrow(EvidenceLost);
    expect(store.files.get(manifest.report.key)).toEqual(report);
    const [mended] = await collect(store, [late, ...early], 'third');
    expect(mended?.ledger.starts).toBe(2);
  });
});
