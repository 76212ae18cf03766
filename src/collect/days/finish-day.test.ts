import { expect, it } from 'vitest';
import { type ReportDay, reportDay } from '../../calendar/report-day.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import type { StartSource } from '../../ports/start-source.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';
import { workKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { EvidenceLost } from '../evidence/evidence-lost.js';
import { collectRange } from './collect-range.js';
import { finishDay } from './finish-day.js';

const DAY = reportDay('2026-06-02', 'UTC');
const NEXT = reportDay('2026-06-03', 'UTC');
const NOW = Date.UTC(2026, 10, 5);

const executions: ExecutionSource = {
  fetch: async (ids) =>
    ids.map((queryExecutionId) => ({
      queryExecutionId,
      origin: 'export',
      outcome: 'found',
      execution: executionOf({ queryExecutionId, submittedAt: NEXT.window.start - 1000 }),
    })),
  account: () => ({ kind: 'execution-export', accountId: null, region: null, counts: {} }),
};

it('closes a day though an hour around it has lost evidence, and says so', async () => {
  const store = createMemoryStore();
  const collector = collectorOf(store, NOW, { executions: () => executions });
  const start = (queryExecutionId: string, ms: number) =>
    startOf({ eventId: `${ms}`, queryExecutionId, eventTime: NEXT.window.start + ms });
  const starts = [start('q1', -500), start('q1', 1000)];
  const source: StartSource = {
    async *scan({ start, end }) {
      const items = starts.filter(({ eventTime }) => eventTime >= start && eventTime < end);
      yield { items, covered: [], cursor: null };
    },
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
  };
  const collect = async (day: ReportDay) => {
    for await (const _ of collectRange(collector, startsFrom(source), { days: [day], format: 'json', scanId: 'a' }));
  };
  await collect(NEXT);
  const before = new Set(store.files.keys());
  starts.push(start('q2', 2000));
  for (const day of [NEXT, DAY]) await collect(day);
  const closing = workKey.closing(DAY.reportDate);
  const finish = () => {
    store.files.delete(closing);
    return finishDay(collector, startsFrom(source), { day: DAY, format: 'json' });
  };
  expect(await finish()).toMatchObject({ reportDate: '2026-06-02', missingHours: [] });
  const isOfHour = (key: string) => key.startsWith('_work/evidence/2026-06-03/h00/');
  for (const key of [...store.files.keys()]) if (isOfHour(key) && !before.has(key)) store.files.delete(key);
  await expect(finish()).rejects.toThrow(EvidenceLost);
  expect(store.files.has(closing)).toBe(true);
});
