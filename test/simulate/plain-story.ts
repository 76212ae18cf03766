import { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../src/ports/clock.js';
import type { ReportStore } from '../../src/ports/report-store.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { createRandom } from '../../src/simulator/wire/random.js';
import { createS3Store } from '../../src/storage/s3-store.js';
import { createMemoryStore } from '../../src/tree/memory-store.fixture.js';
import { type Collector, directoryOf, runProcess, type Work } from './collector.js';
import { compareTrees } from './compare-trees.js';
import { Crash, createCrashStore } from './crash-store.js';
import { isExpectedEnding } from './expected-ending.js';
import { faultPlanOf } from './fault-plan.js';
import { enterInProcess } from './in-process.js';
import { judge } from './judge.js';
import { daysOf, someHoursOf, startedBefore, truthOf } from './known-truth.js';
import { retryAtOnce } from './retry-at-once.js';
import type { SeedResult, SeedWatcher } from './simulate-seed.js';
import { createTreeWatch, watchFiles } from './watch-tree.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of the seeds: those that keep their trees in S3, the others in memory. */
const S3_SHARE = 0.05;
/** Trees of some hours only. */
const PART_SHARE = 0.4;
/** Those that speak to the simulator over sockets, and those with all of the SDK but the socket; the others skip its layers. */
const HTTP_SHARE = 0.05;
const SDK_SHARE = 0.15;
const PARQUET_SHARE = 0.05;
/** Those whose days are collected once more when AWS has forgotten them. */
const LATER_SHARE = 0.25;

/**
 * One company, one tree, everything that can go wrong until the last day, then recovery: compares the tree with the truth and,
 * byte by byte, with the tree of a run that nothing disturbed. Equal seeds give equal stories.
 */
export async function tellPlainStory(seed: number, { note, onTrees }: Required<SeedWatcher>): Promise<SeedResult> {
  const random = createRandom(seed, 'simulation');
  // A Sunday of 25 hours, a Sunday of 23, ordinary days.
  const isOnS3 = random.chance(S3_SHARE);
  const isOverHttp = random.chance(HTTP_SHARE);
  const door = random.chance(SDK_SHARE) ? 'sdk' : 'bare';
  const companyDays = isOnS3 ? 1 : random.pick([1, 1, 1, 2]);
  const startsAt = random.pick([Date.UTC(2026, 10, 1, 4), Date.UTC(2026, 2, 8, 5), Date.UTC(2026, 9, 14, 4)]);
  const endsAt = startsAt + companyDays * DAY_MS;
  const troubleEnds = endsAt + 20 * DAY_MS;
  const clock = createVirtualClock({
    startsAt: endsAt + random.int(1, 180) * 60_000,
    quietTurns: isOverHttp || isOnS3 ? 400 : 6,
  });
  const denied = random.chance(0.15) ? ['finance'] : [];
  const simulator = await startSimulator({
    seed,
    clock,
    company: {
      startsAt,
      days: companyDays,
      queriesPerDay: random.int(18, 45),
      noisePerDay: 5,
      // What ran in a workgroup that is gone, and left no event, nobody can know.
      legacyDeletedAfterDays: null,
      delivery: { typicalMs: 150_000, lateShare: 0.05, lateMaxMs: 26 * HOUR_MS },
      rates: {
        refused: 0.05,
        failed: 0.06,
        cancelled: 0.04,
        long: 0.04,
        reused: 0.04,
        requeued: 0.05,
        repeated: 0.08,
        conflicting: 0.02,
        unseen: 0.06,
      },
    },
    faults: faultPlanOf(random, { from: startsAt, until: troubleEnds }),
    deniedWorkGroups: denied,
    deniedInBatch: random.pick(['unprocessed', 'whole-call']),
    lookupTokenLifetimeMs: random.pick([null, 30_000, 2_000]),
    buckets: ['reports', 'reference'],
    port: isOverHttp ? 0 : null,
  });
  const { url, leave } = isOverHttp ? { url: simulator.url, leave() {} } : enterInProcess(simulator, door);
  const injected: Record<string, number> = {};
  const endings: Record<string, number> = {};
  const count = (of: Record<string, number>, name: string) => {
    of[name] = (of[name] ?? 0) + 1;
  };
  try {
    // S3 is slow: a part of a day is enough there. Days of which only some hours are collected are not closed.
    const days =
      isOnS3 || random.chance(PART_SHARE) ? someHoursOf(daysOf(startsAt, endsAt), random) : daysOf(startsAt, endsAt);
    const collector: Collector = {
      simulator,
      url,
      days,
      format: random.chance(PARQUET_SHARE) ? 'parquet' : random.pick(['csv', 'csv', 'json']),
      regions: random.chance(0.3) ? ['us-east-1', 'eu-west-1'] : ['us-east-1'],
      directory: directoryOf(simulator),
    };
    const watch = createTreeWatch();
    const memory = createMemoryStore();
    watchFiles(memory.files, watch);
    const store = isOnS3 ? s3StoreOf({ url, clock, bucket: 'reports' }) : memory;

    const attempt = async (work: Work, crashes: boolean, isInterleaved: boolean): Promise<boolean> => {
      const stop = new AbortController();
      const afterSteps = crashes ? Math.floor(random.next() ** 2 * 900) : null;
      const onCrash = () => {
        count(injected, 'crash');
        stop.abort(new Crash('the process died'));
      };
      try {
        await runProcess(collector, {
          work,
          store: createCrashStore(store, { afterSteps, random, isInterleaved, onCrash }),
          signal: stop.signal,
        });
        return true;
      } catch (error) {
        const name = error instanceof Error ? error.name : String(error);
        count(endings, name);
        note(`${work} ended: ${name}: ${error instanceof Error ? error.message : ''}`);
        if (!isExpectedEnding(error)) throw error;
        return false;
      }
    };
    /** Processes, one after the other or two at once, until one has done its work. */
    const persist = async (work: Work) => {
      for (let tries = 0; tries < 40; tries++) {
        const crashes = tries < 5 && random.chance(0.6);
        if (random.chance(0.2)) {
          count(injected, 'two-runs');
          const both = await Promise.allSettled([attempt(work, crashes, true), attempt(work, false, true)]);
          for (const one of both) if (one.status === 'rejected') throw one.reason;
          if (both.every((one) => one.status === 'fulfilled' && one.value)) return;
        } else if (await attempt(work, crashes, false)) return;
        clock.advance(random.int(1, 30) * 60_000);
      }
      throw new Error(`${work} did not end well in 40 tries`);
    };
    await persist('collect');
    clock.advance(random.int(18, 30) * HOUR_MS);
    await persist('settle');
    if (random.chance(0.4)) {
      clock.advance(random.int(2, 8) * DAY_MS);
      await persist('settle');
    }
    const calm = { store, signal: new AbortController().signal };
    clock.advance(Math.max(0, endsAt + 28 * DAY_MS - clock.now()));
    await runProcess(collector, { ...calm, work: 'settle-deep' });
    clock.advance(5 * DAY_MS);
    for (let rounds = 0; (await runProcess(collector, { ...calm, work: 'settle-deep' })).changed > 0; rounds++)
      if (rounds > 3) throw new Error('settling does not come to rest');

    const reference = isOnS3 ? s3StoreOf({ url, clock, bucket: 'reference' }) : createMemoryStore();
    await runProcess(collector, { ...calm, store: reference, work: 'collect' });
    if (denied.length === 0 && random.chance(LATER_SHARE)) {
      // CloudTrail has forgotten after 90 days, Athena after 45: what is collected again must not know less.
      clock.advance(70 * DAY_MS);
      await runProcess(collector, { ...calm, work: 'collect' });
    }
    await onTrees(store, reference, 'plain');
    const accountId = simulator.world.company.accounts.main;
    const asked = { days, places: collector.regions.map((region) => ({ accountId, region })) };
    const known = {
      truth: truthOf(simulator, { ...asked, isShown: ({ workGroup }) => !denied.includes(workGroup) }),
      until: days.at(-1)?.window.end ?? 0,
      startedBefore: startedBefore(simulator, asked),
      now: clock.now(),
      denied,
    };
    const judgement = await judge(store, collector.format, known);
    const faults = [...watch.faults, ...judgement.faults, ...(await compareTrees(store, reference))];
    return { ...judgement, faults, seed, endings, injected: { ...simulator.stats.faults, ...injected } };
  } finally {
    leave();
    await simulator.close();
  }
}

function s3StoreOf({
  url,
  clock,
  bucket,
}: {
  readonly url: string;
  readonly clock: Clock;
  readonly bucket: string;
}): ReportStore {
  const client = new S3Client({
    endpoint: url,
    forcePathStyle: true,
    region: 'us-east-1',
    ...{ maxAttempts: 5, retryStrategy: retryAtOnce(5) },
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  });
  return createS3Store({ client, bucket, prefix: '', clock });
}
