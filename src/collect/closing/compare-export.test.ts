import { describe, expect, it } from 'vitest';
import type { Execution } from '../../athena/execution.js';
import { reportDays } from '../../calendar/report-day.js';
import { contains } from '../../calendar/window.js';
import type { Start } from '../../cloudtrail/start.js';
import type { ExecutionSource, ExecutionWitness } from '../../ports/execution-source.js';
import type { StartSource } from '../../ports/start-source.js';
import type { ReportRow } from '../../record/columns.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';
import { decodeReport } from '../../storage/report-codec.js';
import { reportKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import { collectRange } from '../days/collect-range.js';

const DAY = Date.UTC(2026, 10, 2, 5); // midnight of 2 November 2026 in New York
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function exportOf(executions: readonly Execution[]): ExecutionSource & ExecutionWitness {
  return {
    fetch: async (ids) =>
      ids.map((queryExecutionId) => {
        const execution = executions.find((one) => one.queryExecutionId === queryExecutionId);
        return execution
          ? { queryExecutionId, origin: 'export', outcome: 'found', execution }
          : { queryExecutionId, origin: 'export', outcome: 'unknown' };
      }),
    async *witness(window) {
      for (const { queryExecutionId, submittedAt } of executions) {
        if (submittedAt !== null && contains(window, submittedAt))
          yield [{ queryExecutionId, submittedAt, principalArn: null }];
      }
    },
    account: () => ({ kind: 'execution-export', accountId: null, region: null, counts: {} }),
  };
}

/** Collects two days of starts beside an export; returns the rows. */
async function collect(starts: readonly Start[], executions: readonly Execution[], store = createMemoryStore()) {
  const source: StartSource = {
    async *scan() {
      yield { items: starts, covered: [], cursor: null };
    },
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
  };
  const exported = exportOf(executions);
  const days = reportDays({ from: '2026-11-02', to: '2026-11-03', timezone: 'America/New_York' });
  const collector = collectorOf(store, DAY + 3 * DAY_MS, { executions: () => exported });
  const sources = startsFrom(source, { exported });
  for await (const _ of collectRange(collector, sources, { days, format: 'json', scanId: 'test' }));
  const rows: ReportRow[] = [];
  for (const hour of days.flatMap((day) => day.hours)) {
    const stream = await store.stream(reportKey(hour, 'json'));
    if (stream)
      for await (const row of decodeReport('json', stream)) rows.push({ ...row, hour: hour.hour } as ReportRow);
  }
  return rows;
}

const started = (queryExecutionId: string, eventTime: number, where: Partial<Start> = {}) =>
  startOf({ eventId: `e-${queryExecutionId}`, queryExecutionId, eventTime, ...where });
const ran = (queryExecutionId: string, submittedAt: number) => executionOf({ queryExecutionId, submittedAt });
const brief = (rows: readonly ReportRow[]) => rows.map((row) => `${row.query_execution_id} ${row.attribution}`);

describe('an export of executions beside CloudTrail', () => {
  it('shows what CloudTrail did not: a row without a person and without a place, for the starts of the day prove none', async () => {
    const starts = [started('known', DAY + 1000)];
    const executions = [ran('known', DAY + 400), ran('unseen', DAY + 5 * HOUR_MS), ran('tomorrow', DAY + DAY_MS)];
    const rows = await collect(starts, executions);
    expect(brief(rows)).toEqual(['known attributed', 'unseen unattributed', 'tomorrow unattributed']);
    expect(rows[1]).toMatchObject({ account_id: 'unknown', region: 'unknown', username: null });
    expect(rows[1]?.query).toBe(executions[1]?.query);
    // Nothing ran on the second day that could tell where.
    expect(rows[2]).toMatchObject({ account_id: 'unknown', region: 'unknown', cost_basis: 'unknown-region:unknown' });
  });

  it('knows a start by its id, whatever side of the hour or of midnight it is dated', async () => {
    const border = DAY + DAY_MS;
    const starts = [started('a', DAY + HOUR_MS + 300), started('b', border + 300), started('c', border - 300)];
    const executions = [ran('a', DAY + HOUR_MS - 200), ran('b', border - 200), ran('c', border + 200)];
    expect(brief(await collect(starts, executions)).sort()).toEqual(['a attributed', 'b attributed', 'c attributed']);
  });

  it('does not guess where an execution ran when starts ran in several places', async () => {
    const starts = [started('here', DAY, { region: 'us-east-1' }), started('there', DAY, { region: 'eu-west-1' })];
    const rows = await collect(starts, [ran('unseen', DAY + 1)]);
    expect(rows.find((row) => row.query_execution_id === 'unseen')).toMatchObject({ region: 'unknown' });
  });

  it('adds nothing when it is compared again, and gives the row to a start that turns up', async () => {
    const store = createMemoryStore();
    const executions = [ran('late', DAY + 10)];
    const first = await collect([], executions, store);
    const before = new Map([...store.files].filter(([key]) => key.startsWith('year=')));
    expect(brief(await collect([], executions, store))).toEqual(brief(first));
    for (const [key, bytes] of before) expect(store.files.get(key)).toEqual(bytes);
    expect(brief(await collect([started('late', DAY + 50)], executions, store))).toEqual(['late attributed']);
  });
});
