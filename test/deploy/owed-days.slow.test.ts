import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/calendar/report-day.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { buildDeployment } from './built.js';
import { BUCKET, type DeployedDay, startDeployedDay } from './deployed-day.js';

const DAY_MS = 24 * 3_600_000;
const FIRST = '2026-06-09';
/** A quarter past one in New York, after the first day. */
const FIRST_NIGHT = '2026-06-10T05:15:00Z';

let built: Awaited<ReturnType<typeof buildDeployment>>;
beforeAll(async () => {
  built = await buildDeployment();
}, 300_000);
afterAll(() => built.remove());

/** A small company, its stack, and what its planner starts. */
async function onStack(
  work: (stack: DeployedDay) => Promise<void>,
  options: Partial<Parameters<typeof startDeployedDay>[0]> = {},
): Promise<void> {
  const stack = await startDeployedDay({
    ...{ folder: built.folder, startsAt: '2026-06-08T04:00:00Z', now: FIRST_NIGHT, days: 12 },
    ...{ queriesPerDay: 6, noisePerDay: 2, lookupPerSecond: 1000 },
    ...options,
  });
  try {
    await work(stack);
  } finally {
    await stack.close();
  }
}

/** Calls the planner as the schedule does, and waits until all that it started has ended. */
async function night(stack: DeployedDay): Promise<string[]> {
  const scheduled_time = new Date(stack.simulator.clock.now()).toISOString();
  const { started } = (await stack.functions.Planner.invoke({ scheduled_time })) as {
    started: { report_date: string; started: boolean }[];
  };
  await stack.stepFunctions.settled();
  return started.filter((day) => day.started).map(({ report_date }) => report_date);
}

const runsOf = ({ stepFunctions }: DeployedDay) =>
  stepFunctions.executions.map(({ name, status }) => `${name} ${status.toLowerCase()}`);

function objects({ store, clock }: Simulator, prefix: string): Map<string, string> {
  const listed = [...store.list(BUCKET, { prefix, after: '', now: clock.now() })];
  return new Map(listed.map(({ key, bytes }) => [key, bytes.toString('utf8')]));
}

/** Report dates that are closed with every hour. */
function closedDays({ simulator }: DeployedDay): string[] {
  const closings = [...objects(simulator, '_work/closings/').values()].map(
    (text) => JSON.parse(text) as { reportDate: string; missingHours: number[] },
  );
  return closings.filter(({ missingHours }) => missingHours.length === 0).map(({ reportDate }) => reportDate);
}

const days = (count: number) => Array.from({ length: count }, (_, index) => addDays(FIRST, index));

/** The last number of a name that a function told. */
function toldLast({ log }: DeployedDay['functions']['Planner'], name: string): number | undefined {
  const told = log.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line) as Record<string, number>);
  return told.filter((metrics) => name in metrics).at(-1)?.[name];
}

describe('days that are owed', { timeout: 1_200_000 }, () => {
  it('are all closed by the first run after a week without a schedule, and two planners at once start none twice', async () => {
    await onStack(async (stack) => {
      expect(await night(stack)).toEqual([FIRST]);
      stack.advance(7 * DAY_MS);
      const [one, other] = await Promise.all([night(stack), night(stack)]);
      expect([...one, ...other].sort()).toEqual(expect.arrayContaining(days(8).slice(1)));
      expect(runsOf(stack)).toEqual(days(8).map((date) => `day-${date} succeeded`));
      expect(closedDays(stack)).toEqual(days(8));
      expect(toldLast(stack.functions.Planner, 'DaysOwed')).toBe(7);
      expect(toldLast(stack.functions.Planner, 'LastCompletedDayHours')).toBeCloseTo(7 * 24 + 1.25, 0);
      expect(toldLast(stack.functions.CloseDay, 'LastCompletedDayHours')).toBeLessThan(3);
      // Nothing is owed any more.
      expect(await night(stack)).toEqual([]);
      expect(toldLast(stack.functions.Planner, 'DaysOwed')).toBe(0);
    });
  });

  it('are started again, night after night, when they fail three times, and closed when the cause is gone', async () => {
    const damaged = `year=2026/month=06/day=09/hour=09/_manifest.json`;
    await onStack(async (stack) => {
      const { store, clock } = stack.simulator;
      const object = { key: damaged, bytes: Buffer.from('{'), contentType: 'application/json', metadata: {} };
      store.put(BUCKET, { ...object, lastModified: clock.now() }, { ifNoneMatch: undefined, ifMatch: undefined });
      for (let failure = 1; failure <= 3; failure++) {
        await night(stack);
        stack.advance(DAY_MS);
      }
      expect(runsOf(stack).filter((run) => run.startsWith(`day-${FIRST}`))).toEqual([
        `day-${FIRST} failed`,
        `day-${FIRST}-2 failed`,
        `day-${FIRST}-3 failed`,
      ]);
      expect(toldLast(stack.functions.Planner, 'OldestUnsavedDays')).toBeGreaterThan(2.9);
      store.remove(BUCKET, damaged);
      await night(stack);
      expect(runsOf(stack)).toContain(`day-${FIRST}-4 succeeded`);
      expect(closedDays(stack)).toEqual(days(4));
    });
  });

  it('are settled and looked back at also when the lists of the day take past midnight', async () => {
    let stack: DeployedDay | null = null;
    await onStack(
      async (started) => {
        stack = started;
        await night(started);
        const state = JSON.parse(objects(started.simulator, '_work/settle.json').get('_work/settle.json') ?? '{}');
        const midnight = Date.parse('2026-06-11T04:00:00Z');
        expect(state.settledAt).toBeGreaterThan(midnight);
        expect(state.deepScanAt).toBeGreaterThan(midnight);
        started.advance(DAY_MS - 3_600_000);
        await night(started);
        const later = JSON.parse(objects(started.simulator, '_work/settle.json').get('_work/settle.json') ?? '{}');
        expect(later.settledAt).toBeGreaterThan(state.settledAt + 20 * 3_600_000);
      },
      // The closing of the day begins, and 23 hours go by.
      { onState: (name) => void (name === 'Close' && passOnce(stack)) },
    );
  });
});

const passed = new Set<DeployedDay>();

function passOnce(stack: DeployedDay | null): void {
  if (!stack || passed.has(stack)) return;
  passed.add(stack);
  stack.advance(23 * 3_600_000);
}
