import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AthenaClient, BatchGetQueryExecutionCommand } from '@aws-sdk/client-athena';
import { CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { previousReportDate } from '../../src/calendar/report-day.js';
import { runDeploy } from '../../src/cli/operate/deploy.js';
import { runDoctor } from '../../src/cli/operate/doctor.js';
import type { Io } from '../../src/cli/terminal/io.js';
import { systemIo } from '../../src/cli/terminal/system-io.js';
import { writersTo } from '../../src/cli/terminal/writers.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { buildDeployment } from './built.js';
import { startRig } from './rig.js';

export const RIG_ACCOUNT = '123456789012';
export const NOW = Date.now();
export const YESTERDAY = previousReportDate(NOW, 'America/New_York');
const DAY_MS = 86_400_000;
const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };

/** The emulated account with the last days of a small company in it, and the commands that are tried on it. */
export type EmulatedAccount = Awaited<ReturnType<typeof openEmulatedAccount>>;

/** Opens it; the rig's clock is the real one. */
export async function openEmulatedAccount(how: Parameters<typeof startRig>[0] = {}) {
  const built = await buildDeployment();
  const startsAt = Math.floor(NOW / DAY_MS) * DAY_MS - 4 * DAY_MS;
  const simulator = await startSimulator({
    seed: 5,
    company: { startsAt, days: 4, queriesPerDay: 24, noisePerDay: 20, delivery: { lateShare: 0 } },
    quotas: {
      LookupEvents: { perSecond: 1000, burst: 1000 },
      BatchGetQueryExecution: { perSecond: 1000, burst: 1000 },
    },
    buckets: ['reports'],
    // The rig refuses glue:GetTable: which rows know their columns must not differ by that.
    deniedDatabases: ['*'],
  });
  const simulatedAccount = [...simulator.world.partitions.keys()][0]?.split('/')[0] ?? '';
  const rig = await startRig(how);
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
    const code = await runDeploy({ stack: 'aqt', json: true, ...options }, io, {
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

  /** Invokes the planner, with an empty object if nothing else is given, as whoever tries the stack would. */
  async function invokePlanner(name = '', given: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const [payload, answer] = [join(built.folder, 'payload.json'), join(built.folder, 'answer.json')];
    await writeFile(payload, JSON.stringify(given));
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

  async function diagnosed(stack = 'aqt'): Promise<{ check: string; status: string }[]> {
    const { io, out } = ioOf();
    await runDoctor({ stack, json: true }, io);
    return (JSON.parse(out()) as { findings: { check: string; status: string }[] }).findings;
  }

  async function warnings(): Promise<string[]> {
    return (await diagnosed()).filter(({ status }) => status === 'warn').map(({ check }) => check);
  }

  await fill();
  return {
    ...{ built, simulator, simulatedAccount, rig, ioOf, deploy, client, fire, ended, aws, invokePlanner, verified },
    ...{ diagnosed, warnings, artifacts: { artifacts: join(built.folder, 'deploy') } },
    close: async () => {
      rig.close();
      await simulator.close();
      built.remove();
    },
  };
}

/** Once: each listens to the process's signals. */
const system = systemIo();

/** Objects of a day by their keys. */
export async function reportsOf(bucket: string, endpoint: string, reportDate: string): Promise<Map<string, string>> {
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

export const isReport = ([key]: readonly [string, string]) => !key.endsWith('_manifest.json');
