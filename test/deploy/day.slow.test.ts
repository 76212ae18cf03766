import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportDay } from '../../src/calendar/report-day.js';
import { runVerify } from '../../src/cli/verify.js';
import { decodeManifest } from '../../src/record/encode-manifest.js';
import type { Manifest } from '../../src/record/manifest.js';
import { createRunningClock } from '../../src/simulator/clocks.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { type Execution, execute } from './asl-interpreter.js';
import { buildDeployment } from './built.js';
import { dayDefinition } from './day-definition.js';
import { createLambdaFunction, type LambdaFunction } from './lambda-process.js';

const BUCKET = 'tracking-athena-usernames-logs';
const ZONE = 'America/New_York';

let built: Awaited<ReturnType<typeof buildDeployment>>;
beforeAll(async () => {
  built = await buildDeployment();
});
afterAll(() => built.remove());

/** A deployed stack in one process: the template's own state machine over the bundled handlers and the simulator. */
async function deployed(options: {
  readonly startsAt: string;
  readonly now: string;
  readonly queriesPerDay: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly lookupPerSecond?: number;
  readonly faults?: Parameters<typeof startSimulator>[0]['faults'];
}) {
  const now = Date.parse(options.now);
  const simulator = await startSimulator({
    seed: 11,
    clock: createRunningClock({ startsAt: now }),
    company: {
      startsAt: Date.parse(options.startsAt),
      days: 4,
      queriesPerDay: options.queriesPerDay,
      noisePerDay: 50,
      delivery: { lateShare: 0 },
    },
    buckets: [BUCKET],
    ...(options.faults ? { faults: options.faults } : {}),
    ...(options.lookupPerSecond ? { quotas: { LookupEvents: { perSecond: options.lookupPerSecond, burst: 50 } } } : {}),
  });
  const env = {
    AWS_ENDPOINT_URL: simulator.url,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AQT_TEST_NOW: String(now),
    TZ: 'Asia/Kolkata',
    S3_BUCKET: BUCKET,
    OUTPUT_TYPE: 'json',
    REPORT_TIMEZONE: ZONE,
    ...options.env,
  };
  const [accountId = ''] = [...simulator.world.partitions.keys()].map((place) => place.split('/')[0]);
  const functionOf = (name: string, concurrency: number) =>
    createLambdaFunction({
      name: `aqt-${name}`,
      bundle: join(built.folder, 'lambda', name, 'index.mjs'),
      accountId,
      env,
      concurrency,
      timeoutMs: 900_000,
    });
  const functions: Record<string, LambdaFunction> = {
    Scan: functionOf('scan', 1),
    Hour: functionOf('hour', 3),
    CloseDay: functionOf('close-day', 1),
  };
  const calls: string[] = [];
  const retries: number[] = [];
  const runDay = (reportDate: string, executionName = `day-${reportDate}`): Promise<Execution> =>
    execute(
      dayDefinition(built.folder),
      { report_date: reportDate },
      {
        task: async (_, { FunctionName, Payload }) => {
          calls.push(String(FunctionName));
          return { Payload: await functions[String(FunctionName)]?.invoke(Payload) };
        },
        wait: async (seconds, why) => {
          if (why === 'retry') retries.push(seconds);
        },
        random: () => 0.5,
        executionName,
      },
    );
  return {
    simulator,
    accountId,
    env,
    functions,
    calls,
    retries,
    runDay,
    close: async () => {
      for (const one of Object.values(functions)) one.close();
      await simulator.close();
    },
  };
}

function objectsOf({ store, clock }: Simulator, prefix: string): Map<string, Buffer> {
  return new Map(
    [...store.list(BUCKET, { prefix, after: '', now: clock.now() })].map(({ key, bytes }) => [key, bytes]),
  );
}

function manifestsOf(simulator: Simulator, reportDate: string): Manifest[] {
  const [year, month, day] = reportDate.split('-');
  return [...objectsOf(simulator, `year=${year}/month=${month}/day=${day}/`)]
    .filter(([key]) => key.endsWith('/_manifest.json'))
    .map(([, bytes]) => decodeManifest(bytes.toString('utf8')))
    .filter((manifest): manifest is Manifest => typeof manifest !== 'string');
}

/** Rows that the day must have: executions and refused starts that CloudTrail showed. */
function expectedRows(
  { simulator, accountId }: { simulator: Simulator; accountId: string },
  reportDate: string,
): number {
  const { start, end } = reportDay(reportDate, ZONE).window;
  const rows = [...simulator.truth.rows({ accountId, region: 'us-east-1' })];
  return rows.filter(({ eventTime }) => eventTime !== null && eventTime >= start && eventTime < end).length;
}

async function verifies(simulator: Simulator, env: Readonly<Record<string, string>>): Promise<number> {
  process.env.AWS_ACCESS_KEY_ID = env.AWS_ACCESS_KEY_ID;
  process.env.AWS_SECRET_ACCESS_KEY = env.AWS_SECRET_ACCESS_KEY;
  process.env.AWS_REGION = 'us-east-1';
  return runVerify(
    { output: `s3://${BUCKET}` },
    {
      stdin: (async function* () {})(),
      stdout: () => {},
      stderr: (text) => void process.stderr.write(text),
      env,
      isStdoutTty: false,
      isStderrTty: false,
      columns: 80,
      clock: { now: () => simulator.clock.now(), sleep: async () => {} },
      random: () => 0.5,
      signal: new AbortController().signal,
    },
  );
}

describe('a report day, by the bundled functions', () => {
  it('whose clock goes back has 24 labels, 25 hours, every row once, and a clean ledger, with faults on the way', async () => {
    const faults = {
      rules: [
        { kind: 'server-error' as const, service: 's3' as const, probability: 0.02 },
        { kind: 'throttle' as const, service: 'athena' as const, probability: 0.2 },
        { kind: 'throttle' as const, service: 'cloudtrail' as const, probability: 0.1 },
      ],
    };
    const stack = await deployed({
      startsAt: '2026-10-30T04:00:00Z',
      now: '2026-11-02T06:00:00Z',
      queriesPerDay: 150,
      lookupPerSecond: 100,
      faults,
    });
    try {
      expect(await stack.runDay('2026-11-01')).toMatchObject({
        status: 'SUCCEEDED',
        output: { missing_hours: [], unread_workgroups: [] },
      });
      const manifests = manifestsOf(stack.simulator, '2026-11-01');
      expect(manifests.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
      const lengths = manifests.map(({ window }) => (Date.parse(window.end) - Date.parse(window.start)) / 3_600_000);
      expect(lengths.filter((hours) => hours === 2)).toHaveLength(1);
      expect(manifests[1]?.window).toEqual({ start: '2026-11-01T05:00:00.000Z', end: '2026-11-01T07:00:00.000Z' });
      const rows = manifests.reduce((sum, { report }) => sum + report.rows, 0);
      expect(rows).toBe(expectedRows(stack, '2026-11-01'));
      expect(rows).toBeGreaterThan(20);
      expect(await verifies(stack.simulator, stack.env)).toBe(0);
      const metrics = stack.functions.CloseDay?.log.find((line) => line.includes('"_aws"')) ?? '{}';
      expect(JSON.parse(metrics)).toMatchObject({ Stack: 'aqt', DaysClosed: 1, Rows: rows });
      expect(stack.functions.Hour?.log.join('\n')).not.toMatch(/select |insert /i);
    } finally {
      await stack.close();
    }
  });

  it('fails loudly with the list when an hour fails, keeps the other hours, and is whole after the cause is gone', async () => {
    const stack = await deployed({
      startsAt: '2026-06-08T04:00:00Z',
      now: '2026-06-11T05:00:00Z',
      queriesPerDay: 60,
      lookupPerSecond: 100,
    });
    const damaged = 'year=2026/month=06/day=10/hour=09/_manifest.json';
    try {
      const { store, clock } = stack.simulator;
      store.put(
        BUCKET,
        {
          key: damaged,
          bytes: Buffer.from('{'),
          lastModified: clock.now(),
          contentType: 'application/json',
          metadata: {},
        },
        { ifNoneMatch: undefined, ifMatch: undefined },
      );
      const failed = await stack.runDay('2026-06-10');
      expect(failed).toMatchObject({ status: 'FAILED', error: 'DayIncomplete' });
      expect(failed.cause).toMatch(/^2026-06-10: \d failed: 2026-06-10 hour 9 \(Error\)/);
      expect(failed.cause).toContain('_manifest.json is damaged');
      expect(stack.retries.slice(0, 4)).toEqual([2.5, 5, 10, 20]);
      expect(stack.calls.at(-1)).toBe('CloseDay');
      const before = objectsOf(stack.simulator, 'year=');
      expect(manifestsOf(stack.simulator, '2026-06-10')).toHaveLength(23);

      store.remove(BUCKET, damaged);
      expect(await stack.runDay('2026-06-10', 'again')).toMatchObject({ status: 'SUCCEEDED' });
      const after = objectsOf(stack.simulator, 'year=');
      const reports = [...before.keys()].filter(
        (key) => key.endsWith('.json') && !key.includes('_manifest') && !key.includes('hour=09'),
      );
      for (const key of reports) expect(after.get(key)).toEqual(before.get(key));
      expect(await verifies(stack.simulator, stack.env)).toBe(0);
    } finally {
      await stack.close();
    }
  });

  it('resumes a scan whose budget runs out, round after round, at the true quota, while other days wait', async () => {
    const stack = await deployed({
      startsAt: '2026-06-08T04:00:00Z',
      now: '2026-06-11T05:00:00Z',
      queriesPerDay: 300,
      env: { SCAN_BUDGET_SECONDS: '14' },
    });
    try {
      const outcomes: { state: string }[] = [];
      for (let round = 0; round < 60 && outcomes.at(-1)?.state !== 'done'; round++) {
        outcomes.push(
          (await stack.functions.Scan?.invoke({ report_date: '2026-06-10', round, holder: 'one' })) as {
            state: string;
          },
        );
        // Somebody else's day must wait meanwhile.
        if (round === 0) {
          expect(
            await stack.functions.Scan?.invoke({ report_date: '2026-06-09', round: 0, holder: 'two' }),
          ).toMatchObject({ state: 'wait' });
        }
      }
      expect(outcomes.length).toBeGreaterThan(2);
      expect(outcomes.at(-1)).toMatchObject({ state: 'done' });
      expect(stack.simulator.stats.throttled.LookupEvents ?? 0).toBeLessThan(5);
      const evidence = objectsOf(stack.simulator, '_work/evidence/2026-06-10/');
      expect(evidence.size).toBe(24);
    } finally {
      await stack.close();
    }
  });

  it('starts with an hour invoked alone, which does its whole job by itself', async () => {
    const stack = await deployed({
      startsAt: '2026-06-08T04:00:00Z',
      now: '2026-06-11T05:00:00Z',
      queriesPerDay: 100,
      lookupPerSecond: 100,
    });
    try {
      const summary = await stack.functions.Hour?.invoke({ report_date: '2026-06-10', hour: 10 });
      expect(summary).toMatchObject({ report_date: '2026-06-10', hour: 10, status: 'open', version: 1 });
      const [manifest] = manifestsOf(stack.simulator, '2026-06-10');
      expect(manifest).toMatchObject({
        hour: 10,
        report: { key: 'year=2026/month=06/day=10/hour=10/report_2026_06_10_h10.json' },
      });
      await expect(stack.functions.Hour?.invoke({ report_date: '2026-03-08', hour: 2 })).rejects.toThrow(
        'the clock skips it',
      );
      await expect(stack.functions.Hour?.invoke({ report_date: '2026-06-10', hour: '7' })).rejects.toThrow('hour is');
    } finally {
      await stack.close();
    }
  });
});
