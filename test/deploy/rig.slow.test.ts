import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AthenaClient, BatchGetQueryExecutionCommand } from '@aws-sdk/client-athena';
import { CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, previousReportDate } from '../../src/calendar/report-day.js';
import { runBackfillRemote } from '../../src/cli/operate/backfill-remote.js';
import { runDeploy } from '../../src/cli/operate/deploy.js';
import { runDestroy } from '../../src/cli/operate/destroy.js';
import { runDoctor } from '../../src/cli/operate/doctor.js';
import type { Io } from '../../src/cli/terminal/io.js';
import { systemIo } from '../../src/cli/terminal/system-io.js';
import { writersTo } from '../../src/cli/terminal/writers.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { execute } from './asl-interpreter.js';
import { buildDeployment } from './built.js';
import { dayDefinition } from './day-definition.js';
import { createLambdaFunction } from './lambda-process.js';
import { isInstalled, type Rig, rigMissing, startRig, startTranslator } from './rig.js';

const missing = rigMissing();
if (missing) process.stderr.write(`SKIPPED: the deployment on the emulated account: ${missing}\n`);

const hasCli = missing === null && isInstalled('aws');
if (missing === null && !hasCli)
  process.stderr.write('SKIPPED: deployment by the AWS CLI: it is not on this machine\n');

const STACK = 'aqt';
const RIG_ACCOUNT = '123456789012';
const DAY_MS = 86_400_000;
const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };
const NOW = Date.now();
const YESTERDAY = previousReportDate(NOW, 'America/New_York');

let built: Awaited<ReturnType<typeof buildDeployment>>;
let simulator: Simulator;
let rig: Rig;
let simulatedAccount: string;

beforeAll(async () => {
  if (missing) return;
  built = await buildDeployment();
  // The last days of a small company; the rig's clock is the real one.
  const startsAt = Math.floor(NOW / DAY_MS) * DAY_MS - 4 * DAY_MS;
  simulator = await startSimulator({
    seed: 5,
    company: { startsAt, days: 4, queriesPerDay: 24, noisePerDay: 20, delivery: { lateShare: 0 } },
    quotas: {
      LookupEvents: { perSecond: 1000, burst: 1000 },
      BatchGetQueryExecution: { perSecond: 1000, burst: 1000 },
    },
    buckets: ['reports'],
  });
  simulatedAccount = [...simulator.world.partitions.keys()][0]?.split('/')[0] ?? '';
  rig = await startRig();
  await fill();
});

afterAll(async () => {
  rig?.close();
  await simulator?.close();
  built?.remove();
});

/** Gives the rig the events and executions of the simulated account, under the account number that the rig has. */
async function fill(): Promise<void> {
  const aws = { endpoint: simulator.url, region: 'us-east-1', credentials: CREDENTIALS };
  const cloudTrail = new CloudTrailClient(aws);
  const events: Event[] = [];
  let token: string | undefined;
  do {
    const page = await cloudTrail.send(
      new LookupEventsCommand({ MaxResults: 50, ...(token ? { NextToken: token } : {}) }),
    );
    events.push(...(page.Events ?? []));
    token = page.NextToken;
  } while (token);
  const ids = events
    .filter(({ EventName }) => EventName === 'StartQueryExecution')
    .map(
      ({ CloudTrailEvent = '{}' }) =>
        JSON.parse(CloudTrailEvent).responseElements?.queryExecutionId as string | undefined,
    )
    .filter((id) => id !== undefined);
  const unique = [...new Set(ids)];
  const executions = [];
  for (let at = 0; at < unique.length; at += 50) {
    const { QueryExecutions = [] } = await new AthenaClient(aws).send(
      new BatchGetQueryExecutionCommand({ QueryExecutionIds: unique.slice(at, at + 50) }),
    );
    executions.push(...QueryExecutions);
  }
  await rig.post('/_rig/events', onTheWire(events));
  await rig.post('/_rig/athena', onTheWire(executions));
}

/** Times are seconds on the wire. */
function onTheWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (typeof value === 'string') return value.replaceAll(simulatedAccount, RIG_ACCOUNT);
  if (Array.isArray(value)) return value.map(onTheWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, onTheWire(inner)]));
}

/** Once: each listens to the process's signals. */
const system = systemIo();

function ioOf(): { io: Io; out: () => string; err: () => string } {
  const written = { out: '', err: '' };
  const env = {
    AWS_ENDPOINT_URL: rig.url,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_REGION: 'us-east-1',
  };
  Object.assign(process.env, env);
  const io: Io = {
    ...system,
    env,
    isStderrTty: false,
    program: 'aqt',
    stopwatch: () => performance.now(),
    isStdoutTty: false,
    ...writersTo({
      out: (text) => {
        written.out += text;
      },
      err: (text) => {
        written.err += text;
      },
      isStdoutTty: false,
    }),
  };
  return { io, out: () => written.out, err: () => written.err };
}

const deploy = async (options: Parameters<typeof runDeploy>[0] = {}) => {
  const { io, out, err } = ioOf();
  const code = await runDeploy({ stack: STACK, json: true, ...options }, io, {
    artifacts: join(built.folder, 'deploy'),
  });
  return { code, err: err(), outputs: out() === '' ? {} : (JSON.parse(out()) as Record<string, string>) };
};

const client = <T>(make: (config: object) => T): T =>
  make({ endpoint: rig.url, region: 'us-east-1', credentials: CREDENTIALS, forcePathStyle: true });

/** Fires the schedule as Scheduler would and waits until as many days have ended. */
async function fire(
  at: string,
  days: readonly string[],
  outputs: Record<string, string>,
): Promise<Record<string, string>> {
  await rig.post('/_rig/fire', { name: outputs.DailySchedule, at });
  return ended(days, outputs);
}

/** Waits until days have ended; the states of all that were started. */
async function ended(days: readonly string[], outputs: Record<string, string>): Promise<Record<string, string>> {
  const sfn = client((config) => new SFNClient(config));
  for (;;) {
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: outputs.DayMachineArn ?? '' }),
    );
    const states = Object.fromEntries(executions.map(({ name = '', status = '' }) => [name, status]));
    const ours = days.map((date) => states[`day-${date}`]);
    if (ours.every((state) => state !== undefined && state !== 'RUNNING')) return states;
    await new Promise((later) => setTimeout(later, 500));
  }
}

/** Runs the AWS CLI in the folder of the deployment. */
function aws(args: readonly string[]): string {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: rig.url,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
  return execFileSync('aws', args, { cwd: join(built.folder, 'deploy'), env, encoding: 'utf8' });
}

/** Invokes the planner with an empty object, as whoever tries the stack would. */
async function invokePlanner(name = ''): Promise<unknown> {
  const [payload, answer] = [join(built.folder, 'payload.json'), join(built.folder, 'answer.json')];
  await writeFile(payload, '{}');
  aws(['lambda', 'invoke', '--function-name', name, '--payload', `fileb://${payload}`, answer]);
  return JSON.parse(await readFile(answer, 'utf8'));
}

async function verified(outputs: Record<string, string>) {
  const { io, out } = ioOf();
  const code = await runVerify({ output: outputs.ReportLocation ?? '', json: true }, io);
  const { unexplained, findings, faults } = JSON.parse(out()) as {
    unexplained: number;
    findings: { text: string }[];
    faults: string[];
  };
  return { code, unexplained, findings, faults };
}

async function diagnosed(): Promise<{ check: string; status: string }[]> {
  const { io, out } = ioOf();
  await runDoctor({ stack: STACK, json: true }, io);
  return (JSON.parse(out()) as { findings: { check: string; status: string }[] }).findings;
}

async function warnings(): Promise<string[]> {
  return (await diagnosed()).filter(({ status }) => status === 'warn').map(({ check }) => check);
}

async function reportsOf(bucket: string, endpoint: string, reportDate: string): Promise<Map<string, string>> {
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials: CREDENTIALS, forcePathStyle: true });
  const [year, month, day] = reportDate.split('-');
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: `year=${year}/month=${month}/day=${day}/` }),
  );
  const reports = new Map<string, string>();
  for (const { Key = '' } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    reports.set(Key, (await Body?.transformToString()) ?? '');
  }
  return reports;
}

const isReport = ([key]: readonly [string, string]) => !key.endsWith('_manifest.json');

describe.skipIf(missing)('the stack on an emulated account that enforces IAM', () => {
  let outputs: Record<string, string> = {};
  let firstReports: [string, string][] = [];

  it('is deployed by one command, and the second time there is nothing to do', async () => {
    const first = await deploy();
    expect(first.code).toBe(0);
    expect(first.err).toContain('Allow cloudtrail:LookupEvents');
    outputs = first.outputs;
    expect(outputs).toMatchObject({ DailySchedule: 'aqt-daily', ReportTable: 'aqt.queries' });
    const second = await deploy();
    expect(second.err).toContain('Nothing to do');
    expect(second.outputs).toEqual(outputs);
  });

  it('collects the day before when the schedule fires: 24 reports, 24 manifests, a clean ledger', async () => {
    const states = await fire(new Date(NOW).toISOString(), [YESTERDAY], outputs);
    expect(states[`day-${YESTERDAY}`]).toBe('SUCCEEDED');
    const objects = [...(await reportsOf(outputs.ReportBucketInUse ?? '', rig.url, YESTERDAY))];
    expect(objects.filter(isReport)).toHaveLength(24);
    expect(objects).toHaveLength(48);
    firstReports = objects.filter(isReport);
    expect(await verified(outputs)).toMatchObject({ unexplained: 0, findings: [] });
    const { calls } = await rig.stats();
    const of = (k: string) => new Set(calls.filter((call) => call.k === k).map(({ action }) => action));
    // The rig judges these two against `*`, which no policy of ours allows: told by the run, and harmless to it.
    expect([...of('IAM:denied')].sort()).toEqual(['athena:ListTagsForResource', 'glue:GetTable']);
    // What was asked for was really judged.
    expect([...of('IAM:allowed')]).toEqual(
      expect.arrayContaining([
        'cloudtrail:LookupEvents',
        'athena:BatchGetQueryExecution',
        'athena:ListQueryExecutions',
      ]),
    );
  });

  it.skipIf(!hasCli)('takes the previous day also from an empty payload, and starts nothing twice', async () => {
    expect(await invokePlanner(outputs.PlannerFunctionName)).toMatchObject({
      started: [{ report_date: YESTERDAY, started: false }],
    });
  });

  it('starts nothing twice when the schedule fires again', async () => {
    const before = (await rig.stats()).stats.StartExecution;
    await rig.post('/_rig/fire', { name: outputs.DailySchedule, at: new Date(NOW).toISOString() });
    await fire(new Date(NOW).toISOString(), [YESTERDAY], outputs);
    const sfn = client((config) => new SFNClient(config));
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: outputs.DayMachineArn ?? '' }),
    );
    expect(executions).toHaveLength(1);
    expect(before).toBeGreaterThan(0);
  });

  it('wrote the same bytes that the simulator gets', async () => {
    const translators = [await startTranslator(simulator.url, { outside: RIG_ACCOUNT, inside: simulatedAccount })];
    const [translator] = translators;
    const env = {
      AWS_ENDPOINT_URL: translator?.url ?? '',
      AWS_ENDPOINT_URL_S3: simulator.url,
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_REGION: 'us-east-1',
      S3_BUCKET: 'reports',
      OUTPUT_TYPE: 'csv',
    };
    const bundle = (name: string) => join(built.folder, 'lambda', name, 'index.mjs');
    const names: Record<string, string> = { Scan: 'scan', Hour: 'hour', CloseDay: 'close-day' };
    const functions = Object.fromEntries(
      Object.entries(names).map(([id, name]) => [
        id,
        createLambdaFunction({
          name: `aqt-${name}`,
          bundle: bundle(name),
          accountId: RIG_ACCOUNT,
          env,
          concurrency: 2,
          timeoutMs: 900_000,
        }),
      ]),
    );
    try {
      const execution = await execute(
        dayDefinition(built.folder),
        { report_date: YESTERDAY },
        {
          task: async (_, { FunctionName, Payload }) => ({
            Payload: await functions[String(FunctionName)]?.invoke(Payload),
          }),
          wait: async () => {},
          random: () => 0.5,
        },
      );
      expect(execution).toMatchObject({ status: 'SUCCEEDED' });
      const onSimulator = [...(await reportsOf('reports', simulator.url, YESTERDAY))].filter(isReport);
      const onRig = [...(await reportsOf(outputs.ReportBucketInUse ?? '', rig.url, YESTERDAY))].filter(isReport);
      expect(onSimulator).toEqual(onRig);
      expect(onRig.map(([, text]) => text.split('\n').length - 2).reduce((sum, rows) => sum + rows, 0)).toBeGreaterThan(
        5,
      );
    } finally {
      for (const one of Object.values(functions)) one.close();
      for (const { close } of translators) close();
    }
  });

  it('is updated, and collects a range by TEST_START_DATE and TEST_END_DATE, one day at a time', async () => {
    const range = [addDays(YESTERDAY, -2), addDays(YESTERDAY, -1)] as const;
    const update = await deploy({ testStartDate: range[0], testEndDate: range[1], parameter: ['HourConcurrency=6'] });
    expect(update.err).toContain('is updated');
    const states = await fire(new Date(NOW).toISOString(), range, outputs);
    expect(range.map((date) => states[`day-${date}`])).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect((await verified(outputs)).unexplained).toBe(0);
    expect(await warnings()).toEqual(['trail', 'range']);
    expect((await deploy({ testStartDate: '', testEndDate: '' })).err).toContain('is updated');
  });

  it('back-fills a range by command and follows it; then verify is clean', async () => {
    const { io, out } = ioOf();
    const range = { from: addDays(YESTERDAY, -2), to: YESTERDAY };
    expect(await runBackfillRemote({ stack: STACK, ...range, json: true }, io)).toBe(0);
    expect(JSON.parse(out())).toMatchObject({ status: 'SUCCEEDED' });
    expect(await verified(outputs)).toMatchObject({ code: 0, unexplained: 0, findings: [], faults: [] });
  });

  it('is found healthy by the doctor, but for what the rig cannot have', async () => {
    const findings = await diagnosed();
    const of = (status: string) => findings.filter((finding) => finding.status === status).map(({ check }) => check);
    expect(of('fail')).toEqual([]);
    expect(await warnings()).toEqual(['trail']);
    expect(of('pass')).toEqual(
      expect.arrayContaining([
        'credentials',
        'stack',
        'schedule',
        'event-history',
        'regions',
        'workgroups',
        'reports',
        'findings',
      ]),
    );
  });

  it('goes, and leaves the reports; then they go too when told so', async () => {
    const bucket = outputs.ReportBucketInUse ?? '';
    const first = ioOf();
    expect(await runDestroy({ stack: STACK }, first.io)).toBe(0);
    expect(first.out()).toBe(`${outputs.ReportLocation}\n`);
    expect((await reportsOf(bucket, rig.url, YESTERDAY)).size).toBe(48);
    // Deployed again onto the same bucket, and this time removed with it. Under another name: the rig keeps log groups that
    // CloudFormation deletes.
    const again = await deploy({ stack: 'again', bucket });
    expect(again.outputs.ReportBucketInUse).toBe(bucket);
    expect(again.err).toContain('is used as it is');
    const second = ioOf();
    expect(await runDestroy({ stack: 'again', deleteReports: true, yes: true }, second.io)).toBe(0);
    expect((await reportsOf(bucket, rig.url, YESTERDAY)).size).toBe(0);
  });

  it.skipIf(!hasCli)(
    'is deployed by the AWS CLI alone from the standalone template, and writes the same bytes',
    async () => {
      aws(['s3', 'mb', 's3://templates']);
      const args = [
        ...['cloudformation', 'deploy', '--stack-name', 'inline', '--capabilities', 'CAPABILITY_IAM'],
        ...['--template-file', 'template.standalone.json', '--s3-bucket', 'templates'],
      ];
      expect(aws(args)).toContain('Successfully created/updated stack - inline');
      const described = JSON.parse(
        aws(['cloudformation', 'describe-stacks', '--stack-name', 'inline', '--output', 'json']),
      );
      const inline: Record<string, string> = Object.fromEntries(
        described.Stacks[0].Outputs.map((output: { OutputKey: string; OutputValue: string }) => [
          output.OutputKey,
          output.OutputValue,
        ]),
      );
      expect(await invokePlanner(inline.PlannerFunctionName)).toMatchObject({
        started: [{ report_date: YESTERDAY, started: true }],
      });
      const states = await ended([YESTERDAY], inline);
      expect(states[`day-${YESTERDAY}`]).toBe('SUCCEEDED');
      const written = [...(await reportsOf(inline.ReportBucketInUse ?? '', rig.url, YESTERDAY))].filter(isReport);
      expect(written).toHaveLength(24);
      expect(written).toEqual(firstReports);
      aws(['cloudformation', 'delete-stack', '--stack-name', 'inline']);
    },
  );
});
