import { expect, it } from 'vitest';
import { reportDays } from '../../calendar/report-day.js';
import type { Start } from '../../cloudtrail/start.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';
import { REPORT_CODEC } from '../../storage/report-codec.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { readRows } from '../../tree/read-rows.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { collectRange } from './collect-range.js';

const SECOND_DAY = Date.UTC(2026, 5, 3);
/** All hours are older than 31 days: nobody settles them. */
const NOW = Date.UTC(2026, 10, 5);

const executions: ExecutionSource = {
  fetch: async (ids) =>
    ids.map((queryExecutionId) => ({
      queryExecutionId,
      origin: 'export',
      outcome: 'found',
      execution: executionOf({ queryExecutionId, submittedAt: SECOND_DAY - 1000 }),
    })),
  account: () => ({ kind: 'execution-export', accountId: null, region: null, counts: {} }),
};

async function rowsAfter(order: readonly string[], starts: readonly Start[]): Promise<string[]> {
  const store = createMemoryStore();
  for (const date of order) {
    const days = reportDays({ from: date, to: date, timezone: 'UTC' });
    const source = {
      async *scan(window: { readonly start: number; readonly end: number }) {
        const items = starts.filter(({ eventTime }) => eventTime >= window.start && eventTime < window.end);
        yield { items, covered: [], cursor: null };
      },
      account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
    };
    const collector = collectorOf(store, NOW, { executions: () => executions });
    for await (const _ of collectRange(collector, startsFrom(source), { days, format: 'json', scanId: date }));
  }
  const rows: string[] = [];
  for await (const { label, row } of readRows({ store, from: null, to: null, codec: REPORT_CODEC }))
    rows.push(`${label.reportDate} ${label.hour}h ${row.query_execution_id} ${row.event_count}`);
  return rows;
}

it('an execution stands in one row, in whatever order its days are collected', async () => {
  const repeats = [-500, 1000, 5 * 3_600_000].map((ms, n) =>
    startOf({ eventId: `e${n}`, queryExecutionId: 'q1', eventTime: SECOND_DAY + ms }),
  );
  for (const order of [
    ['2026-06-02', '2026-06-03'],
    ['2026-06-03', '2026-06-02'],
  ])
    expect(await rowsAfter(order, repeats)).toEqual(['2026-06-02 23h q1 2']);
});
