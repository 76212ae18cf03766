import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportDay } from '../../src/calendar/report-day.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import type { Closing } from '../../src/record/closing.js';
import { type StateChange, stateChanges } from '../../src/simulator/history/state-changes.js';
import { createRandom } from '../../src/simulator/wire/random.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { buildDeployment } from './built.js';
import { BUCKET, type DeployedDay, startDeployedDay, ZONE } from './deployed-day.js';
import { createEventQueue } from './event-queue.js';

const DAY = '2026-06-10';
const START = '2026-06-08T04:00:00Z';
const NOW = '2026-06-11T05:00:00Z';
const PAGE = 10;

let built: Awaited<ReturnType<typeof buildDeployment>>;
beforeAll(async () => {
  built = await buildDeployment();
}, 300_000);
afterAll(() => built.remove());

/** A company whose stack hears Athena's events. */
async function onStack(
  work: (stack: DeployedDay) => Promise<void>,
  more: Partial<Parameters<typeof startDeployedDay>[0]> = {},
) {
  const stack = await startDeployedDay({
    ...{ folder: built.folder, startsAt: START, now: NOW, queriesPerDay: 120, noisePerDay: 5, days: 3 },
    ...{ lookupPerSecond: 1000, pageSize: PAGE, env: { STATE_CHANGE_EVENTS: 'on' } },
    ...more,
  });
  try {
    await work(stack);
  } finally {
    await stack.close();
  }
}

/** Sends events through rule, queue and function: some twice, in no order, in two waves. */
async function tell(stack: DeployedDay, isSent: (event: StateChange) => boolean = () => true) {
  const random = createRandom(3, 'queue', 0);
  const queue = createEventQueue({
    folder: built.folder,
    witness: stack.functions.Witness,
    shuffle: (messages) => [...messages].sort(() => random.next() - 0.5),
  });
  const place = { accountId: stack.accountId, region: 'us-east-1' };
  const all = [...stateChanges(stack.simulator.world, { ...place, from: Date.parse(START), to: Date.parse(NOW) })];
  const sent = all.filter(isSent);
  for (const [index, event] of sent.entries()) {
    expect(queue.put(event)).toBe(true);
    if (random.chance(0.3)) queue.put(event);
    if (index === Math.floor(sent.length / 2)) await queue.drain();
  }
  // Of the other states nobody is told.
  const [one] = sent;
  expect(queue.put({ ...one, detail: { ...one?.detail, currentState: 'RUNNING' } })).toBe(false);
  return { queue, sent };
}

function closingOf({ simulator }: DeployedDay): Closing {
  const stored = simulator.store.get(BUCKET, `_work/closings/${DAY}.json`, simulator.clock.now());
  return JSON.parse(String(stored?.bytes)) as Closing;
}

/** Keys of the evidence of the day's hours. */
function evidenceOf({ simulator }: DeployedDay): string[] {
  const listed = [
    ...simulator.store.list(BUCKET, { prefix: '_work/evidence/', after: '', now: simulator.clock.now() }),
  ];
  return listed.map(({ key }) => key).filter((key) => key.includes(DAY));
}

/** Rows of the day's reports by execution. */
function rowsOf({ simulator }: DeployedDay): Map<string, { query_status: string; query: string | null }> {
  const [year, month, day] = DAY.split('-');
  const prefix = `year=${year}/month=${month}/day=${day}/`;
  const objects = [...simulator.store.list(BUCKET, { prefix, after: '', now: simulator.clock.now() })];
  const lines = objects
    .filter(({ key }) => key.endsWith('.json') && !key.endsWith('_manifest.json'))
    .flatMap(({ bytes }) => bytes.toString('utf8').split('\n').filter(Boolean));
  return new Map(lines.map((line) => JSON.parse(line)).map((row) => [row.query_execution_id, row]));
}

/** Executions of the day at home: all, and those that CloudTrail never shows. */
function truthOf({ simulator, accountId }: DeployedDay) {
  const { start, end } = reportDay(DAY, ZONE).window;
  const rows = [...simulator.truth.rows({ accountId, region: 'us-east-1' })];
  const ran = rows.filter((row) => row.queryExecutionId !== null && row.submittedAt >= start && row.submittedAt < end);
  const ids = (list: typeof ran) => new Set(list.map(({ queryExecutionId }) => queryExecutionId ?? ''));
  return { all: ids(ran), unseen: ids(ran.filter(({ eventIds }) => eventIds.length === 0)) };
}

async function verified(stack: DeployedDay, json = false) {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) process.env[name] = stack.env[name];
  const clock = { now: () => stack.simulator.clock.now(), sleep: async () => {} };
  const io = quietIo({ clock, env: stack.env, stopwatch: () => performance.now() });
  await runVerify({ output: `s3://${BUCKET}`, ...(json ? { json } : {}) }, io);
  return io.written.stdout;
}

describe('Athena’s events, through rule, queue and function', { timeout: 1_200_000 }, () => {
  it('come at least once, in any order: texts are saved, unseen executions found, lists read only as far as the day, and all of it told', async () => {
    const systemTable = { enabledAt: Date.parse(START), delayMs: 600_000 };
    await onStack(
      async (stack) => {
        const { queue, sent } = await tell(stack);
        // What can never be used is kept aside, and counted there; what came in its batches is kept all the same.
        const foreign = JSON.stringify({ ...sent[0], account: '999999999999' });
        const nameless = JSON.stringify({ 'detail-type': 'Athena Query State Change', detail: {} });
        for (const body of ['not an event', nameless, foreign]) queue.send(body);
        await queue.drain();
        expect([...queue.dead].sort()).toEqual(['not an event', nameless, foreign].sort());
        expect(stack.functions.Witness.log.join('\n')).toContain('"foreign":["');
        expect(Math.max(...queue.batches)).toBeGreaterThan(50);
        // The day has not run yet, and its evidence is there.
        expect(evidenceOf(stack).length).toBeGreaterThan(10);
        expect(await stack.runDay(DAY)).toMatchObject({ status: 'SUCCEEDED' });

        const { all, unseen } = truthOf(stack);
        expect(unseen.size).toBeGreaterThan(2);
        const closing = closingOf(stack);
        expect(closing.events).toEqual([
          { accountId: stack.accountId, region: 'us-east-1', seen: all.size, absent: 0 },
        ]);
        expect([...closing.unattributed].sort()).toEqual([...unseen].sort());
        const narrowed = closing.workGroups.filter(({ isRecent }) => isRecent);
        expect(narrowed.length).toBeGreaterThan(0);
        // The system table was asked by the function, in its workgroup, and agrees.
        expect(closing.systemTables).toMatchObject([{ seen: all.size, absent: 0, disagreements: 0, failure: null }]);
        expect(stack.simulator.stats.calls.GetQueryResults).toBeGreaterThan(0);

        const told = `events told of ${all.size}, not of 0; for 1 day lists were read only as far as the day`;
        expect(await verified(stack)).toContain(told);
        expect(JSON.parse(await verified(stack, true))).toMatchObject({
          unexplained: 0,
          places: [{ accountId: stack.accountId, events: { seen: all.size, absent: 0 }, daysListedInPart: 1 }],
        });
      },
      { unseen: 0.08, systemTable, closeEnv: { SYSTEM_TABLE_WORKGROUP: 'primary' } },
    );
  });

  it('save a text early: it is there when Athena has long forgotten it', async () => {
    await onStack(async (stack) => {
      const { all, unseen } = truthOf(stack);
      const untold = [...all].filter((id) => !unseen.has(id)).slice(0, 2);
      const { queue } = await tell(stack, ({ detail }) => !untold.includes(detail.queryExecutionId ?? ''));
      await queue.drain();
      // Nothing runs for so long that Athena has forgotten everything, and CloudTrail has not.
      stack.advance(50 * 86_400_000);
      expect(await stack.runDay(DAY)).toMatchObject({ status: 'SUCCEEDED' });
      const rows = rowsOf(stack);
      const statusOf = (ids: readonly string[]) => new Set(ids.map((id) => rows.get(id)?.query_status));
      expect(statusOf(untold)).toEqual(new Set(['expired']));
      const told = [...all].filter((id) => !untold.includes(id));
      expect(told.length).toBeGreaterThan(50);
      expect(statusOf(told)).toEqual(new Set(['available']));
      for (const id of told.slice(0, 20)) expect(rows.get(id)?.query).toEqual(expect.stringMatching(/\w/));
      expect(JSON.parse(await verified(stack, true))).toMatchObject({ unexplained: 0, faults: [] });
    });
  });

  it('that are lost are counted, and Athena’s lists are read to their end instead', async () => {
    await onStack(
      async (stack) => {
        const { all, unseen } = truthOf(stack);
        const lost = new Set([...[...all].filter((id) => !unseen.has(id)).slice(3, 5), [...unseen][0] ?? '']);
        const { queue } = await tell(stack, ({ detail }) => !lost.has(detail.queryExecutionId ?? ''));
        await queue.drain();
        expect(queue.dead).toEqual([]);
        expect(await stack.runDay(DAY)).toMatchObject({ status: 'SUCCEEDED' });
        const closing = closingOf(stack);
        expect(closing.events).toMatchObject([{ seen: all.size - lost.size, absent: lost.size - 1 }]);
        expect(closing.workGroups.filter(({ isRecent }) => isRecent)).toEqual([]);
        // The list has what neither CloudTrail nor an event told.
        expect([...closing.unattributed].sort()).toEqual([...unseen].sort());
        expect(await verified(stack)).toContain(`events told of ${all.size - lost.size}, not of ${lost.size - 1}`);
      },
      { unseen: 0.08 },
    );
  });
});
