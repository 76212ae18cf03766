import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportDay } from '../../src/calendar/report-day.js';
import { writersTo } from '../../src/cli/terminal/writers.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import { decodeManifest } from '../../src/record/encode-manifest.js';
import type { Manifest } from '../../src/record/manifest.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { decodeReport } from '../../src/storage/report-codec.js';
import type { DailyNote } from '../../src/tree/daily/daily-note.js';
import { buildDeployment } from './built.js';
import { BUCKET, type DeployedDay, startDeployedDay, ZONE } from './deployed-day.js';

let built: Awaited<ReturnType<typeof buildDeployment>>;
beforeAll(async () => {
  built = await buildDeployment();
});
afterAll(() => built.remove());

/** Runs a test's work on a stack and takes the stack down, however it ends. */
async function onStack(
  options: Omit<Parameters<typeof startDeployedDay>[0], 'folder'>,
  work: (stack: DeployedDay) => Promise<void>,
): Promise<void> {
  const stack = await startDeployedDay({ ...options, folder: built.folder });
  try {
    await work(stack);
  } finally {
    await stack.close();
  }
}

function objectsOf({ store, clock }: Simulator, prefix: string): Map<string, Buffer> {
  return new Map(
    [...store.list(BUCKET, { prefix, after: '', now: clock.now() })].map(({ key, bytes }) => [key, bytes]),
  );
}

function putObject({ store, clock }: Simulator, key: string, bytes: Buffer): void {
  const object = { key, bytes, lastModified: clock.now(), contentType: 'application/json', metadata: {} };
  store.put(BUCKET, object, { ifNoneMatch: undefined, ifMatch: undefined });
}

function manifestsOf(simulator: Simulator, reportDate: string): Manifest[] {
  const [year, month, day] = reportDate.split('-');
  return [...objectsOf(simulator, `year=${year}/month=${month}/day=${day}/`)]
    .filter(([key]) => key.endsWith('/_manifest.json'))
    .map(([, bytes]) => decodeManifest(bytes.toString('utf8')))
    .filter((manifest): manifest is Manifest => typeof manifest !== 'string');
}

/** What the day must have as rows: executions and refused starts that CloudTrail will have shown in the end. */
function truthOf({ simulator, accountId }: DeployedDay, reportDate: string) {
  const { start, end } = reportDay(reportDate, ZONE).window;
  const rows = [...simulator.truth.rows({ accountId, region: 'us-east-1' })];
  return rows.filter(({ eventTime }) => eventTime !== null && eventTime >= start && eventTime < end);
}

function expectedRows(stack: DeployedDay, reportDate: string): number {
  return truthOf(stack, reportDate).length;
}

function rowsOf(manifests: readonly Manifest[]): number {
  return manifests.reduce((sum, { report }) => sum + report.rows, 0);
}

function unattributedOf(manifests: readonly Manifest[]): number {
  return manifests.reduce((sum, { ledger }) => sum + ledger.unattributed, 0);
}

function hoursLong({ window }: Manifest): number {
  return (Date.parse(window.end) - Date.parse(window.start)) / 3_600_000;
}

/** The books of the day are whole: verify has nothing to tell but executions that truly were started by different principals. */
async function expectWhole(stack: DeployedDay, reportDate: string): Promise<void> {
  const { code, unexplained, findings } = await verified(stack);
  const conflicts = truthOf(stack, reportDate).filter(({ isConflict }) => isConflict).length;
  expect(findings.filter(({ kind }) => kind !== 'conflict')).toEqual([]);
  expect(findings.reduce((sum, { count }) => sum + count, 0)).toBe(conflicts);
  expect({ code, unexplained }).toEqual({ code: conflicts > 0 ? 3 : 0, unexplained: 0 });
}

/** The one file of the day holds the rows of all its hours as they are now. */
async function expectOneFile(stack: DeployedDay, reportDate: string): Promise<void> {
  const manifests = manifestsOf(stack.simulator, reportDate);
  const { rows, hours, rollup } = await fileOf(stack, reportDate);
  const sums = objectsOf(stack.simulator, `rollups/date=${reportDate}/`);
  expect([...sums.keys()].map((key) => key.split('/').at(-1))).toEqual(['sums.parquet']);
  const [file = Buffer.alloc(0)] = sums.values();
  expect(createHash('sha256').update(file).digest('hex')).toBe(rollup.sha256);
  expect(rollup.rows).toBeGreaterThan(0);
  expect(rows).toEqual(await idsOf(stack, manifests));
  expect(hours).toEqual(manifests.map(({ report }) => report.sha256));
}

/** The file of a whole day: the ids in it, and the reports that its note names. */
async function fileOf({ simulator }: DeployedDay, reportDate: string) {
  const files = objectsOf(simulator, `daily/date=${reportDate}/`);
  expect([...files.keys()].map((key) => key.split('/').at(-1))).toEqual(['_manifest.json', 'queries.parquet']);
  const [note, file] = [...files.values()];
  const { hours, rollup } = JSON.parse(String(note)) as Pick<DailyNote, 'hours' | 'rollup'>;
  const rows = await idsIn(file ?? Buffer.alloc(0), 'parquet');
  return {
    ...{ rows, rollup },
    hours: Object.keys(hours)
      .sort()
      .map((label) => hours[label]),
  };
}

async function idsOf({ simulator }: DeployedDay, manifests: readonly Manifest[]): Promise<string[]> {
  const found = manifests.map(({ report, format }) =>
    idsIn(objectsOf(simulator, report.key).get(report.key) ?? Buffer.alloc(0), format),
  );
  return (await Promise.all(found)).flat();
}

async function idsIn(bytes: Buffer, format: Manifest['format']): Promise<string[]> {
  const ids: string[] = [];
  for await (const { query_execution_id, event_id } of decodeReport(format, Readable.from([bytes])))
    ids.push(query_execution_id ?? `event ${event_id}`);
  return ids;
}

/** What `aqt verify` says, and its exit code. */
async function verified({ simulator, env }: DeployedDay) {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) process.env[name] = env[name];
  let found = '';
  const code = await runVerify(
    { output: `s3://${BUCKET}`, json: true },
    {
      stdin: (async function* () {})(),
      ...writersTo({
        out: (text) => {
          found += text;
        },
        err: (text) => void process.stderr.write(text),
        isStdoutTty: false,
      }),
      env,
      program: 'aqt',
      stopwatch: () => performance.now(),
      isStdoutTty: false,
      isStderrTty: false,
      columns: 80,
      clock: { now: () => simulator.clock.now(), sleep: async () => {} },
      random: () => 0.5,
      signal: new AbortController().signal,
    },
  );
  const { unexplained, findings } = JSON.parse(found) as {
    unexplained: number;
    findings: { kind: string; count: number }[];
  };
  return { code, unexplained, findings };
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
    const startsAt = '2026-10-30T04:00:00Z';
    await onStack(
      { startsAt, now: '2026-11-02T06:00:00Z', queriesPerDay: 150, lookupPerSecond: 100, faults },
      async (stack) => {
        const { simulator, functions } = stack;
        expect(await stack.runDay('2026-11-01')).toMatchObject({
          status: 'SUCCEEDED',
          output: { missing_hours: [], unread_workgroups: [] },
        });
        const manifests = manifestsOf(simulator, '2026-11-01');
        expect(manifests.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
        expect(manifests.map(hoursLong).filter((hours) => hours === 2)).toHaveLength(1);
        expect(manifests[1]?.window).toEqual({ start: '2026-11-01T05:00:00.000Z', end: '2026-11-01T07:00:00.000Z' });
        const rows = rowsOf(manifests);
        expect(rows).toBe(expectedRows(stack, '2026-11-01'));
        expect(rows).toBeGreaterThan(20);
        await expectWhole(stack, '2026-11-01');
        await expectOneFile(stack, '2026-11-01');
        expect(simulator.stats.faults).toMatchObject({ throttle: expect.any(Number) });
        const metrics = functions.CloseDay.log
          .filter((line) => line.includes('"_aws"'))
          .map((line) => JSON.parse(line));
        expect(metrics).toMatchObject([
          { Stack: 'aqt', Rows: rows },
          {
            Stack: 'aqt',
            OpenHours: expect.any(Number),
            OldestUnsavedDays: 0,
            LastCompletedDayHours: expect.any(Number),
          },
        ]);
        expect(functions.Hour.log.join('\n')).not.toMatch(/select |insert /i);
      },
    );
  });

  it('whose clock goes forward has 23 labels of an hour each', async () => {
    const startsAt = '2026-03-06T05:00:00Z';
    await onStack({ startsAt, now: '2026-03-09T06:00:00Z', queriesPerDay: 60, lookupPerSecond: 100 }, async (stack) => {
      expect(await stack.runDay('2026-03-08')).toMatchObject({ status: 'SUCCEEDED', output: { missing_hours: [] } });
      const manifests = manifestsOf(stack.simulator, '2026-03-08');
      expect(manifests.map(({ hour }) => hour)).toEqual([0, 1, ...Array.from({ length: 21 }, (_, hour) => hour + 3)]);
      expect(manifests.every((manifest) => hoursLong(manifest) === 1)).toBe(true);
      expect(manifests[2]?.window.start).toBe(manifests[1]?.window.end);
      expect(rowsOf(manifests)).toBe(expectedRows(stack, '2026-03-08'));
      await expectWhole(stack, '2026-03-08');
      await expectOneFile(stack, '2026-03-08');
    });
  });

  it('fails loudly with the list when an hour fails, keeps the other hours, and is whole after the cause is gone', async () => {
    const damaged = 'year=2026/month=06/day=10/hour=09/_manifest.json';
    const startsAt = '2026-06-08T04:00:00Z';
    await onStack({ startsAt, now: '2026-06-11T05:00:00Z', queriesPerDay: 60, lookupPerSecond: 100 }, async (stack) => {
      const { simulator, retries } = stack;
      putObject(simulator, damaged, Buffer.from('{'));
      const failed = await stack.runDay('2026-06-10');
      expect(failed).toMatchObject({ status: 'FAILED', error: 'DayIncomplete' });
      expect(failed.cause).toMatch(/^2026-06-10: \d failed: 2026-06-10 hour 9 \(Error\)/);
      expect(failed.cause).toContain('_manifest.json is damaged');
      expect(retries.slice(0, 4)).toEqual([2.5, 5, 10, 20]);
      expect(manifestsOf(simulator, '2026-06-10')).toHaveLength(23);
      expect([...objectsOf(simulator, 'daily/').keys(), ...objectsOf(simulator, 'rollups/').keys()]).toEqual([]);
      const before = objectsOf(simulator, 'year=');

      simulator.store.remove(BUCKET, damaged);
      expect(await stack.runDay('2026-06-10', 'again')).toMatchObject({ status: 'SUCCEEDED' });
      const after = objectsOf(simulator, 'year=');
      const siblings = [...before.keys()].filter((key) => /report_[^/]+\.json$/.test(key) && !/hour=09/.test(key));
      expect(siblings).toHaveLength(23);
      for (const key of siblings) expect(after.get(key)).toEqual(before.get(key));
      await expectWhole(stack, '2026-06-10');
      await expectOneFile(stack, '2026-06-10');
    });
  });

  it('resumes a scan whose time runs out, round after round, at the true quota, while other days wait', async () => {
    const startsAt = '2026-06-08T04:00:00Z';
    await onStack(
      // Ten seconds to scan in and fifteen more to end in, where Lambda gives fifteen minutes.
      { startsAt, now: '2026-06-11T05:00:00Z', queriesPerDay: 1500, scanTimeoutMs: 50_000 },
      async (stack) => {
        const { simulator, functions, answers } = stack;
        const scans = () => answers.filter(({ name }) => name === 'Scan').map(({ answer }) => answer.state);
        let waiting: Promise<unknown> | null = null;
        const run = stack.runDay('2026-06-10');
        const whenFirstRoundIsOver = setInterval(() => {
          if (waiting || scans().length === 0) return;
          waiting = functions.Scan.invoke({ report_date: '2026-06-09', round: 0, holder: 'somebody else' });
        }, 50);
        expect(await run.finally(() => clearInterval(whenFirstRoundIsOver))).toMatchObject({ status: 'SUCCEEDED' });
        expect(await waiting).toMatchObject({ state: 'wait', wait_seconds: expect.any(Number) });
        expect(scans().length).toBeGreaterThan(3);
        expect(scans()[0]).toBe('more');
        // The scan of the day, then the looking back.
        expect(scans().filter((state) => state === 'done')).toHaveLength(2);
        expect(simulator.stats.throttled.LookupEvents ?? 0).toBeLessThan(5);
        // Whom no event names is asked for in Identity Center.
        expect(simulator.stats.calls.DescribeUser).toBeGreaterThan(0);
        expect(rowsOf(manifestsOf(simulator, '2026-06-10'))).toBe(expectedRows(stack, '2026-06-10'));
        expect([...objectsOf(simulator, '_work/scan/').keys()]).toEqual([]);
        await expectWhole(stack, '2026-06-10');
      },
    );
  });

  it('reads Athena’s lists to their end, in as many rounds as Lambda’s time asks for', async () => {
    await onStack(
      // Three seconds for the lists and 26 more to end in, where Lambda gives fifteen minutes: some 15 pages a round.
      {
        ...{ startsAt: '2026-06-08T04:00:00Z', now: '2026-06-11T05:00:00Z', queriesPerDay: 600 },
        ...{ lookupPerSecond: 100, closeTimeoutMs: 29_000 },
      },
      async (stack) => {
        const { simulator, answers } = stack;
        expect(await stack.runDay('2026-06-10')).toMatchObject({ status: 'SUCCEEDED', output: { state: 'done' } });
        const closings = answers.filter(({ name, answer }) => name === 'CloseDay' && 'state' in answer);
        expect(closings.slice(0, -1).map(({ answer }) => answer.state)).toContain('more');
        expect(closings.at(-1)?.answer).toMatchObject({ state: 'done', unread_workgroups: [] });
        // No page was read twice.
        const pages = simulator.stats.calls.ListQueryExecutions ?? 0;
        const [closing] = [...objectsOf(simulator, '_work/closings/').values()];
        const { workGroups } = JSON.parse(String(closing)) as { workGroups: { listed: number }[] };
        expect(pages).toBe(workGroups.reduce((sum, { listed }) => sum + Math.max(1, Math.ceil(listed / 50)), 0));
        expect([...objectsOf(simulator, '_work/listings/').keys()]).toEqual([]);
        await expectWhole(stack, '2026-06-10');
      },
    );
  });

  it('finds what CloudTrail showed late in the next days’ runs', async () => {
    const company = { startsAt: '2026-06-08T04:00:00Z', queriesPerDay: 120, lookupPerSecond: 100, lateShare: 0.4 };
    let kept = new Map<string, Buffer>();
    let manifests: Manifest[] = [];
    await onStack({ ...company, now: '2026-06-10T05:10:00Z' }, async (stack) => {
      expect(await stack.runDay('2026-06-09')).toMatchObject({ status: 'SUCCEEDED' });
      // Athena lists them all the same: they are rows, but nobody's.
      expect(unattributedOf(manifestsOf(stack.simulator, '2026-06-09'))).toBeGreaterThan(0);
      await expectOneFile(stack, '2026-06-09');
      kept = objectsOf(stack.simulator, '');
      manifests = manifestsOf(stack.simulator, '2026-06-09');
    });
    await onStack({ ...company, now: '2026-06-11T05:10:00Z' }, async (stack) => {
      const { simulator, answers } = stack;
      for (const [key, bytes] of kept) putObject(simulator, key, bytes);
      expect(await stack.runDay('2026-06-10')).toMatchObject({ status: 'SUCCEEDED' });
      const late = answers.filter(({ name, answer }) => name === 'Hour' && answer.report_date === '2026-06-09');
      expect(late.length).toBeGreaterThan(0);
      // What days around tell may change any hour, so more are visited than change.
      const visited = new Set(late.map(({ answer }) => answer.hour));
      const before = new Map(manifests.map((manifest) => [manifest.hour, manifest]));
      const after = manifestsOf(simulator, '2026-06-09');
      const changed = after.filter(({ hour, report }) => report.sha256 !== before.get(hour)?.report.sha256);
      expect(changed.length).toBeGreaterThan(0);
      expect(changed.filter(({ hour }) => !visited.has(hour))).toEqual([]);
      for (const manifest of after) {
        const version = before.get(manifest.hour)?.version ?? 0;
        if (changed.includes(manifest)) expect(manifest.version).toBeGreaterThan(version);
        else expect(manifest.version).toBe(version);
      }
      expect(unattributedOf(manifestsOf(simulator, '2026-06-09'))).toBe(0);
      expect(rowsOf(manifestsOf(simulator, '2026-06-09'))).toBe(expectedRows(stack, '2026-06-09'));
      // Of the day itself much is still to come: verify says so.
      expect(unattributedOf(manifestsOf(simulator, '2026-06-10'))).toBeGreaterThan(0);
      expect(await verified(stack)).toMatchObject({ code: 3, unexplained: 0 });
      // The file of the day that was closed before is that of its hours as they are now.
      await expectOneFile(stack, '2026-06-09');
      await expectOneFile(stack, '2026-06-10');
    });
  });

  it('starts with an hour invoked alone, which does its whole job by itself', async () => {
    const startsAt = '2026-06-08T04:00:00Z';
    await onStack(
      { startsAt, now: '2026-06-11T05:00:00Z', queriesPerDay: 100, lookupPerSecond: 100 },
      async ({ functions, simulator }) => {
        const summary = await functions.Hour.invoke({ report_date: '2026-06-10', hour: 10 });
        expect(summary).toMatchObject({ report_date: '2026-06-10', hour: 10, status: 'open', version: 1 });
        const [manifest] = manifestsOf(simulator, '2026-06-10');
        const key = 'year=2026/month=06/day=10/hour=10/report_2026_06_10_h10.json';
        expect(manifest).toMatchObject({ hour: 10, report: { key } });
        await expect(functions.Hour.invoke({ report_date: '2026-03-08', hour: 2 })).rejects.toThrow(
          'the clock skips it',
        );
        await expect(functions.Hour.invoke({ report_date: '2026-06-10', hour: '7' })).rejects.toThrow('hour is');
      },
    );
  });
});
