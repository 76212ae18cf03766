import { expect, it } from 'vitest';
import { parsePrices } from '../../athena/prices-file.js';
import { reportDays } from '../../calendar/report-day.js';
import { contains } from '../../calendar/window.js';
import { openInputs } from '../../compose/open-inputs.js';
import type { ExecutionSource } from '../../ports/execution-source.js';
import type { StartSource } from '../../ports/start-source.js';
import { executionOf, startOf } from '../../record/evidence.fixture.js';
import { keepInputs } from '../../tree/kept-inputs.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { collectorOf, startsFrom } from '../collector.fixture.js';
import type { RowInputs } from '../collector.js';
import { collectRange } from './collect-range.js';
import { settle } from './settle.js';

const NOON = Date.UTC(2026, 8, 2, 12);
const PRICES = 'regions: { us-east-1: { scan: 5 } }\ndiscounts: [ { percent: 5 } ]\n';

const source: StartSource = {
  async *scan(window) {
    const starts = [startOf({ eventId: 'e1', queryExecutionId: 'q1', eventTime: NOON, region: 'us-east-1' })];
    yield { items: starts.filter(({ eventTime }) => contains(window, eventTime)), covered: [window], cursor: null };
  },
  account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
};

const executions: ExecutionSource = {
  async fetch(ids) {
    return ids.map((queryExecutionId) => {
      const execution = executionOf({ queryExecutionId, submittedAt: NOON, dataScannedBytes: 2 ** 40 });
      return { queryExecutionId, origin: 'athena', outcome: 'found', execution } as const;
    });
  },
  account: () => ({ kind: 'athena-api', accountId: null, region: null, counts: {} }),
};

it('a change of prices prices every hour anew when it is settled, final ones too, and once', async () => {
  const store = createMemoryStore();
  const collector = collectorOf(store, NOON + 80 * 86_400_000, { executions: () => executions });
  const days = reportDays({ from: '2026-09-02', to: '2026-09-02', timezone: 'UTC' });
  for await (const _ of collectRange(collector, startsFrom(source), { days, format: 'json', scanId: 'a' }));
  const costs = () =>
    [...store.files].flatMap(([key, bytes]) =>
      key.includes('/report_') && bytes.length > 0 ? [JSON.parse(Buffer.from(bytes).toString('utf8')).cost_usd] : [],
    );
  const versions = async (inputs: RowInputs = collector) => {
    const rewritten: number[] = [];
    for await (const { before, after } of settle({ ...collector, prices: inputs.prices, inputs: inputs.inputs }))
      if (after.version !== before?.version) rewritten.push(after.version);
    return rewritten;
  };
  expect([costs(), await versions()]).toEqual([[5], []]);

  await keepInputs(store, { prices: PRICES });
  const inputs = await openInputs({}, store, { env: {} });
  expect(inputs.prices).toEqual(parsePrices(PRICES));
  expect(await versions(inputs)).toEqual([2]);
  expect(costs()).toEqual([4.75]);
  expect([...store.files.keys()].filter((key) => key.startsWith('_work/diffs/'))).toHaveLength(1);

  await keepInputs(store, { prices: PRICES });
  expect(await versions(inputs)).toEqual([]);
});
