import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { type ReportDay, reportDateAt, reportDays } from '../../src/calendar/report-day.js';
import { createMemoryStore } from '../../src/collect/memory-store.fixture.js';
import type { Clock, ReportStore } from '../../src/collect/ports.js';
import { createVirtualClock } from '../../src/simulator/clocks.js';
import type { FaultKind } from '../../src/simulator/faults.js';
import { createRandom, type Random } from '../../src/simulator/random.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import type { TruthRow } from '../../src/simulator/truth.js';
import { createS3Store } from '../../src/storage/s3-store.js';
import { type Collector, directoryOf, runProcess, type Work } from './collector.js';
import { Crash, createCrashStore } from './crash-store.js';
import { faultPlanOf } from './fault-plan.js';
import { enterInProcess } from './in-process.js';
import { type Judgement, judge } from './judge.js';

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

export interface SeedResult extends Judgement {
  readonly seed: number;
  readonly injected: Readonly<Partial<Record<FaultKind | 'crash' | 'two-runs', number>>>;
  /** What ended a process, by name. */
  readonly endings: Readonly<Record<string, number>>;
}

export interface SeedWatcher {
  /** Hears what ends a process. */
  readonly note?: (text: string) => void;
  /** Sees the tree, and that of the undisturbed run, before they are compared. */
  readonly onTrees?: (actual: ReportStore, expected: ReportStore) => Promise<void>;
}

/**
 * One company, one tree, everything that can go wrong until the last day, then recovery: compares the tree with the truth and,
 * byte by byte, with the tree of a run that nothing disturbed. Equal seeds give equal stories.
 */
export async function simulateSeed(
  seed: number,
  { note = () => {}, onTrees = async () => {} }: SeedWatcher = {},
): Promise<SeedResult> {
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
    const store = isOnS3 ? s3StoreOf({ url, clock, bucket: 'reports' }) : createMemoryStore();

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
    for (let rounds = 0; (await runProcess(collector, { ...calm, work: 'settle-deep' })) > 0; rounds++)
      if (rounds > 3) throw new Error('settling does not come to rest');

    const reference = isOnS3 ? s3StoreOf({ url, clock, bucket: 'reference' }) : createMemoryStore();
    await runProcess(collector, { ...calm, store: reference, work: 'collect' });
    if (denied.length === 0 && random.chance(LATER_SHARE)) {
      // CloudTrail has forgotten after 90 days, Athena after 45: what is collected again must not know less.
      clock.advance(70 * DAY_MS);
      await runProcess(collector, { ...calm, work: 'collect' });
    }
    await onTrees(store, reference);
    const known = {
      truth: truthOf(simulator, collector, denied),
      until: days.at(-1)?.window.end ?? 0,
      startedBefore: startedBefore(simulator, collector),
      now: clock.now(),
      denied,
    };
    const judgement = await judge(store, collector.format, known);
    const faults = [...judgement.faults, ...(await compareTrees(store, reference))];
    return { ...judgement, faults, seed, endings, injected: { ...simulator.stats.faults, ...injected } };
  } finally {
    leave();
    await simulator.close();
  }
}

function daysOf(startsAt: number, endsAt: number): ReportDay[] {
  const timezone = 'America/New_York';
  return reportDays({
    from: reportDateAt(startsAt, timezone),
    to: reportDateAt(endsAt - HOUR_MS - 1, timezone),
    timezone,
  });
}

/** A few hours that touch, somewhere in the first day. */
function someHoursOf([day]: readonly ReportDay[], random: Random): ReportDay[] {
  if (!day) return [];
  const hours = day.hours.slice(random.int(6, 12)).slice(0, 5);
  return [{ ...day, hours, window: { start: hours[0]?.window.start ?? 0, end: hours.at(-1)?.window.end ?? 0 } }];
}

function truthOf({ truth, world }: Simulator, { days, regions }: Collector, denied: readonly string[]): TruthRow[] {
  const [start, end] = [days[0]?.window.start ?? 0, days.at(-1)?.window.end ?? 0];
  const accountId = world.company.accounts.main;
  return regions.flatMap((region) =>
    [...truth.rows({ accountId, region })].filter((row) => {
      const time = row.eventTime ?? row.submittedAt;
      // Nobody can know of a refused attempt that left no event; and only whole days are compared with Athena's list.
      const isWhole = (days[0]?.hours.length ?? 0) > 22;
      const isListed = isWhole && !denied.includes(row.workGroup);
      if (row.eventTime === null && (row.queryExecutionId === null || !isListed)) return false;
      return start <= time && time < end;
    }),
  );
}

/** A client repeats a start within minutes. */
const REPEAT_MS = HOUR_MS;

/** Executions whose start lies just before the days, where nobody looked: their repeats may lie within. */
function startedBefore({ truth, world }: Simulator, { days, regions }: Collector): Set<string> {
  const start = days[0]?.window.start ?? 0;
  const accountId = world.company.accounts.main;
  const rows = regions.flatMap((region) => [...truth.rows({ accountId, region })]);
  return new Set(
    rows.flatMap(({ queryExecutionId, eventTime }) =>
      queryExecutionId !== null && eventTime !== null && eventTime < start && eventTime >= start - REPEAT_MS
        ? [queryExecutionId]
        : [],
    ),
  );
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
    retryStrategy: retryAtOnce(5),
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  });
  return createS3Store({ client, bucket, prefix: '', clock });
}

/** The SDK's own rule of what to try again, without its pauses: the SDK knows no virtual clock. */
function retryAtOnce(attempts: number): NonNullable<S3ClientConfig['retryStrategy']> {
  const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (last, { errorType }) => {
      const isWorthIt = errorType === 'THROTTLING' || errorType === 'TRANSIENT';
      if (!isWorthIt || last.getRetryCount() + 1 >= attempts) throw new Error('no further attempt');
      return token(last.getRetryCount() + 1);
    },
    recordSuccess: () => {},
  };
}

/** Ends that a scheduler answers by running again. Everything else is a fault of the program. */
const EXPECTED = new Set([
  'AbortError',
  'Crash',
  'CredentialsExpired',
  'UnusableAnswer',
  'WriteConflict',
  'ThrottlingException',
  'InternalServerException',
  'InternalFailure',
  'InternalError',
  'TimeoutError',
  'SlowDown',
  'ExpiredToken',
  'RequestTimeTooSkewed',
]);

function isExpectedEnding(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  const isHttp = '$metadata' in error || '$response' in error || code === 'ECONNRESET';
  return EXPECTED.has(error.name) || isHttp;
}

/** The reports of two trees must be equal, byte for byte. */
async function compareTrees(actual: ReportStore, expected: ReportStore): Promise<string[]> {
  const read = async (store: ReportStore) => {
    const files = new Map<string, string>();
    for await (const { key } of store.list('')) {
      if (key.startsWith('_work/') || key.endsWith('_manifest.json')) continue;
      files.set(key, Buffer.from((await store.read(key))?.bytes ?? []).toString('latin1'));
    }
    return files;
  };
  const [a, b] = [await read(actual), await read(expected)];
  const keys = [...new Set([...a.keys(), ...b.keys()])].sort();
  return keys
    .filter((key) => a.get(key) !== b.get(key))
    .map((key) => `${key} is not what an undisturbed run writes${firstDifference(a.get(key), b.get(key))}`);
}

/** Column and values of the first cell that differs; texts of queries are not shown. */
function firstDifference(a: string | undefined, b: string | undefined): string {
  if (a === undefined || b === undefined) return a === undefined ? ': it is missing' : ': it should not be there';
  const at = [...a].findIndex((character, index) => character !== b[index]);
  return `: …${a.slice(Math.max(0, at - 40), at + 60)}… instead of …${b.slice(Math.max(0, at - 40), at + 60)}…`;
}
