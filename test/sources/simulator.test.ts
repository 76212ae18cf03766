import { afterEach, describe, expect, it } from 'vitest';
import { createPacer } from '../../src/ports/pacer.js';
import { startTestSimulator } from '../../src/simulator/clients.fixture.js';
import type { SimulatorOptions } from '../../src/simulator/simulator.js';
import type { FaultKind } from '../../src/simulator/wire/faults.js';
import { createAthenaApi } from '../../src/sources/athena/athena-api.js';
import { createAthenaCalls } from '../../src/sources/athena/athena-calls.js';
import { createAthenaLister } from '../../src/sources/athena/athena-lister.js';
import { createAthenaPacers } from '../../src/sources/athena/athena-pacers.js';
import { createLookupEvents, LOOKUP_PACE } from '../../src/sources/lookup/lookup-events.js';
import { createLookupEventsPage } from '../../src/sources/lookup/lookup-events-client.js';
import { createLookupLinks } from '../../src/sources/lookup/lookup-links.js';
import { drain } from '../../src/sources/start-source.contract.js';
import { createS3TrailBucket } from '../../src/sources/trail/s3-trail-bucket.js';
import { createTrailFiles } from '../../src/sources/trail/trail-files.js';

const REGION = 'us-east-1';
let open: Awaited<ReturnType<typeof startTestSimulator>> | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

/** The account that the simulator gives to the test's key, read from its first event. */
async function start(options: Partial<SimulatorOptions> & { now?: number } = {}) {
  open = await startTestSimulator(options);
  const { clock, world, simulator, cloudtrail, athena, s3 } = open;
  const random = () => 0.5;
  const common = { clock, random, region: REGION, accountId: null };
  const page = createLookupEventsPage(cloudtrail);
  const pacer = createPacer({ ...LOOKUP_PACE, clock, random });
  const api = { ...common, calls: createAthenaCalls(athena), pacers: createAthenaPacers({ clock, random }) };
  const window = { start: world.startsAt, end: world.endsAt };
  const lookup = createLookupEvents({ ...common, page, pacer });
  return {
    ...{ simulator, world, clock, window, lookup },
    links: createLookupLinks({ clock, random, accountId: null, regions: [{ region: REGION, page, pacer }] }),
    executions: createAthenaApi(api),
    lister: createAthenaLister(api),
    trail: (bucket: string) => createTrailFiles({ bucket: createS3TrailBucket({ client: s3, bucket }) }),
  };
}

type Started = Awaited<ReturnType<typeof start>>;

/** Ids of the start events that CloudTrail shows by now, of the account that was read. */
function shownEvents({ simulator, clock, window }: Started, accountId: string): string[] {
  const rows = [...simulator.truth.rows({ accountId, region: REGION })];
  const shown = rows.filter(
    ({ visibleAt, eventTime }) =>
      visibleAt !== null && visibleAt <= clock.now() && eventTime !== null && eventTime < window.end,
  );
  return shown.flatMap(({ eventIds }) => eventIds.slice(0, 1)).sort();
}

describe('the sources, with the real SDK against a simulated account', () => {
  it('read every start that CloudTrail shows from the event history, without a throttle', async () => {
    const account = await start();
    const { items, ids, covered } = await drain(account.lookup, account.window);
    const first = items.find((item) => item.kind === 'start');
    const expected = shownEvents(account, first?.kind === 'start' ? first.accountId : '');
    expect(expected.length).toBeGreaterThan(100);
    expect(ids).toEqual(expect.arrayContaining(expected));
    expect(covered).toEqual([account.window]);
    expect(account.simulator.stats.throttled.LookupEvents ?? 0).toBe(0);
  });

  it('read the same through every fault that passes', async () => {
    const calm = await start();
    const { ids } = await drain(calm.lookup, calm.window);
    await open?.close();
    const kinds: FaultKind[] = [
      'throttle',
      'server-error',
      'reset',
      'truncated-body',
      'html-body',
      'duplicate-event',
      'reordered-page',
      'short-page',
      'clock-skew',
    ];
    const rules = kinds.map((kind) => ({ kind, service: 'cloudtrail', probability: 0.1 }) as const);
    const stormy = await start({ world: calm.world, faults: { rules }, lookupTokenLifetimeMs: 20_000 });
    const again = await drain(stormy.lookup, stormy.window);
    expect(Object.keys(stormy.simulator.stats.faults).length).toBeGreaterThan(4);
    expect(again.ids).toEqual(ids);
    expect(again.covered).toEqual([stormy.window]);
  });

  it('find every execution and its text, through faults too, and answer what is gone', async () => {
    const rules = (['unprocessed-ids', 'throttle', 'server-error', 'html-body', 'reordered-page'] as const).map(
      (kind) => ({ kind, service: 'athena', probability: 0.1 }) as const,
    );
    const account = await start({ faults: { rules } });
    const { items } = await drain(account.lookup, account.window);
    const wanted = items.flatMap((item) =>
      item.kind === 'start' && item.queryExecutionId !== null ? [item.queryExecutionId] : [],
    );
    const answers = await account.executions.fetch([...wanted, '00000000-0000-4000-8000-000000000000']);
    const missing = answers.filter(({ outcome }) => outcome !== 'found');
    expect(missing).toMatchObject([{ outcome: 'not_found', queryExecutionId: '00000000-0000-4000-8000-000000000000' }]);
    expect(answers).toHaveLength(new Set(wanted).size + 1);
    for (const answer of answers) {
      const truth = account.simulator.truth.find(answer.queryExecutionId);
      if (answer.outcome === 'found') expect(answer.execution.query).toBe(truth?.query);
    }
  });

  it.each(['unprocessed', 'whole-call'] as const)(
    'answer denied for one workgroup only (%s)',
    async (deniedInBatch) => {
      const first = await start();
      const { items } = await drain(first.lookup, first.window);
      const starts = items.flatMap((item) => (item.kind === 'start' && item.queryExecutionId !== null ? [item] : []));
      const groups = new Map<string, number>();
      for (const { queryExecutionId } of starts) {
        const name = first.simulator.truth.find(queryExecutionId ?? '')?.workGroup ?? '';
        groups.set(name, (groups.get(name) ?? 0) + 1);
      }
      // A deleted workgroup is not listed at all.
      const [denied = ''] =
        [...groups].filter(([name]) => name !== 'legacy-reports').sort((a, b) => a[1] - b[1])[0] ?? [];
      await open?.close();
      const account = await start({ world: first.world, deniedWorkGroups: [denied], deniedInBatch });
      const answers = await account.executions.fetch(starts.map(({ queryExecutionId }) => queryExecutionId ?? ''));
      for (const { queryExecutionId, outcome } of answers) {
        const isDenied = account.simulator.truth.find(queryExecutionId)?.workGroup === denied;
        expect(outcome).toBe(isDenied ? 'denied' : 'found');
      }
      const listed = [];
      for await (const part of account.lister.list({ since: 0 })) listed.push(part);
      expect(listed.filter(({ failure }) => failure !== null).map(({ workGroup }) => workGroup)).toEqual([denied]);
      const ids = new Set(listed.flatMap((part) => part.ids));
      const unlisted = answers.filter(
        ({ outcome, queryExecutionId }) => outcome === 'found' && !ids.has(queryExecutionId),
      );
      const groupsOf = unlisted.map(
        ({ queryExecutionId }) => account.simulator.truth.find(queryExecutionId)?.workGroup,
      );
      expect(new Set(groupsOf)).toEqual(new Set(unlisted.length > 0 ? ['legacy-reports'] : []));
    },
  );

  it('find the event that issued a temporary key', async () => {
    const account = await start();
    const { items } = await drain(account.lookup, account.window);
    const keys = items.flatMap((item) =>
      item.kind === 'start' && item.principal.accessKeyId?.startsWith('ASIA') ? [item.principal.accessKeyId] : [],
    );
    const found = [];
    for await (const link of account.links.find([...new Set(keys)].slice(0, 40))) found.push(link);
    expect(found.length).toBeGreaterThan(0);
    expect(keys).toEqual(expect.arrayContaining(found.map(({ issuedAccessKeyId }) => issuedAccessKeyId)));
  });

  it('read the same starts from the trail in S3 as from the event history', async () => {
    const account = await start({
      buckets: ['trail-logs'],
      trail: { bucket: 'trail-logs', layout: 'organization' },
      company: { days: 1, queriesPerDay: 100, noisePerDay: 300 },
    });
    const history = await drain(account.lookup, account.window);
    const trail = await drain(account.trail('trail-logs'), account.window);
    expect(trail.ids).toEqual(expect.arrayContaining(history.ids));
    expect(trail.items.filter(({ kind }) => kind === 'reject')).toEqual([]);
    expect(trail.items.some(({ kind }) => kind === 'link')).toBe(true);
  });
});
