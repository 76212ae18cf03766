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
import { settleWithin } from './settle-within.js';

const NOON = Date.UTC(2026, 8, 2, 12);
const DIRECTORY =
  'people: [ { id: ana@acorn.example, team: Finance, aliases: ["arn:aws:iam::111122223333:user/ana"] } ]\n';
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

const FINAL = NOON + 80 * 86_400_000;

async function collected(dates: { readonly from: string; readonly to: string }) {
  const store = createMemoryStore();
  const collector = collectorOf(store, FINAL, { executions: () => executions });
  const days = reportDays({ ...dates, timezone: 'UTC' });
  for await (const _ of collectRange(collector, startsFrom(source), { days, format: 'json', scanId: 'a' }));
  /** The versions of the hours that a settling rewrites. */
  const versions = async (inputs: RowInputs = collector) => {
    const rewritten: number[] = [];
    for await (const { before, after } of settle({ ...collector, ...inputs }))
      if (after.version !== before?.version) rewritten.push(after.version);
    return rewritten;
  };
  const rows = () =>
    [...store.files].flatMap(([key, bytes]) =>
      key.includes('/report_') && bytes.length > 0 ? [JSON.parse(Buffer.from(bytes).toString('utf8'))] : [],
    );
  return { store, collector, versions, rows };
}

const DAY = { from: '2026-09-02', to: '2026-09-02' };

it('a change of prices prices every hour anew when it is settled, final ones too, and once', async () => {
  const { store, versions, rows } = await collected(DAY);
  const costs = () => rows().map(({ cost_usd }) => cost_usd);
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

it('a change of the directory names people anew when it is settled, in final hours too, and once', async () => {
  const { store, versions, rows } = await collected(DAY);
  const people = () => rows().map(({ person, team }) => [person, team]);
  expect([people(), await versions()]).toEqual([[['ana', null]], []]);

  await keepInputs(store, { directory: DIRECTORY });
  const inputs = await openInputs({}, store, { env: {} });
  expect(await versions(inputs)).toEqual([2]);
  expect(people()).toEqual([['ana@acorn.example', 'Finance']]);
  const diffs = [...store.files].filter(([key]) => key.startsWith('_work/diffs/'));
  expect(diffs.map(([, bytes]) => JSON.parse(Buffer.from(bytes).toString('utf8')).changed)).toMatchObject([
    [{ columns: expect.arrayContaining(['person', 'team']) }],
  ]);

  await keepInputs(store, { directory: DIRECTORY });
  expect(await versions(inputs)).toEqual([]);
});

it('deals with news in as many daily runs as it takes, and never with an hour twice', async () => {
  const { store, collector, versions } = await collected({ from: '2026-09-01', to: '2026-09-03' });
  await versions();
  await keepInputs(store, { directory: DIRECTORY });
  const inputs = await openInputs({}, store, { env: {} });
  const visited: string[] = [];
  for (let run = 0; run < 8; run++) {
    let hours = 0;
    // Time is up after every tenth hour.
    const clock = { ...collector.clock, now: () => FINAL + (hours >= 10 ? 1 : 0) };
    const progress = ({ kind }: { readonly kind: string }) => void (kind === 'hour' && hours++);
    const settled = await settleWithin(
      { ...collector, ...inputs, clock, progress },
      { holder: `${run}`, deadline: FINAL + 1 },
    );
    visited.push(...(settled ?? []).map(({ reportDate, hour }) => `${reportDate} ${hour}`));
  }
  expect(visited).toHaveLength(72);
  expect(new Set(visited).size).toBe(72);
  expect(await versions(inputs)).toEqual([]);
});
