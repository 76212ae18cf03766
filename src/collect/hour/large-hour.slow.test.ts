import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportDays } from '../../calendar/report-day.js';
import type { Start } from '../../cloudtrail/start.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import type { StartSource } from '../../ports/start-source.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { liveEvidence } from '../../tree/evidence/evidence-view.js';
import { slicesOf } from '../../tree/evidence/hour-evidence.js';
import { hourEvidence } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { verify } from '../../verify/verify.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { collectRange } from '../days/collect-range.js';
import { mergeSorted } from '../evidence/merge-sorted.js';

const NOON = Date.UTC(2026, 10, 2, 17);
const [day] = reportDays({ from: '2026-11-02', to: '2026-11-02', timezone: 'America/New_York' });

/** One hour of many starts, every hundredth repeated or refused. */
function starts(count: number): Start[] {
  return Array.from({ length: count }, (_, n) => {
    const eventTime = NOON + Math.floor((n * 3_500_000) / count / 1000) * 1000;
    if (n % 100 === 7)
      return startOf({ eventId: `e${n}`, queryExecutionId: null, errorCode: 'AccessDenied', eventTime });
    // What does not repeat itself compresses badly.
    const userAgent = Array.from({ length: 4 }, (_, at) => hash('sha256', `${n}-${at}`)).join('');
    return startOf({ eventId: `e${n}`, queryExecutionId: `q${n % 100 === 9 ? n - 1 : n}`, eventTime, userAgent });
  });
}

const executions: ExecutionSource = {
  async fetch(ids) {
    return ids.map((queryExecutionId) => ({
      queryExecutionId,
      origin: 'athena' as const,
      outcome: 'found' as const,
      execution: executionOf({ queryExecutionId, submittedAt: NOON + Number(queryExecutionId.slice(1)) }),
    }));
  },
  account: () => ({ kind: 'athena-api', accountId: null, region: null, counts: {} }),
};

async function collect(
  store: ReturnType<typeof createMemoryStore>,
  items: readonly Start[],
  scanId: string,
): Promise<void> {
  const source: StartSource = {
    async *scan() {
      yield { items, covered: [], cursor: null };
    },
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
  };
  const hour = day?.hours.find(({ window }) => window.start === NOON);
  if (!day || !hour) throw new Error('no such hour');
  const days = [{ ...day, window: hour.window, hours: [hour] }];
  const collector = collectorOf(store, NOON + 10 * 86_400_000, { executions: () => executions });
  for await (const _ of collectRange(collector, startsFrom(source), { days, format: 'csv', scanId }));
}

function report(store: ReturnType<typeof createMemoryStore>): string {
  const [bytes] = [...store.files].flatMap(([key, content]) => (key.endsWith('.csv') ? [content] : []));
  return Buffer.from(bytes ?? []).toString('utf8');
}

async function sliceCount(store: ReturnType<typeof createMemoryStore>): Promise<number> {
  const parts = await liveEvidence(store).parts(hourEvidence({ reportDate: '2026-11-02', hour: 12 }));
  return slicesOf(parts).length;
}

describe('an hour with very many starts', () => {
  it('is kept in parts, and its report is that of the same starts read in two runs', async () => {
    const all = starts(9000);
    const [once, twice] = [createMemoryStore(), createMemoryStore()];
    await collect(once, all, 'once');
    await collect(
      twice,
      all.filter((_, n) => n % 3 === 0),
      'first',
    );
    expect(await sliceCount(twice)).toBe(1);
    await collect(twice, all, 'second');
    expect(await sliceCount(once)).toBeGreaterThan(1);
    expect(report(once).split('\n')).toHaveLength(9000 - 90 + 2);
    expect(report(twice)).toBe(report(once));
    for await (const { faults } of verify({ store: once, from: null, to: null, codec: REPORT_CODEC }))
      expect(faults).toEqual([]);
    expect([...once.files.keys()].filter((key) => key.startsWith('_work/rows/'))).toEqual([]);
  });
});

it('merging sorted sequences is sorting them all', async () => {
  async function* each(values: readonly number[]) {
    yield* values;
  }
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.integer())), async (lists) => {
      const sorted = lists.map((list) => [...list].sort((a, b) => a - b));
      const merged = [];
      for await (const value of mergeSorted(sorted.map(each), (a, b) => a - b)) merged.push(value);
      expect(merged).toEqual(lists.flat().sort((a, b) => a - b));
    }),
  );
});
