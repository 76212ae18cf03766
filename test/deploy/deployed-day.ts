import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.js';
import { createRunningClock } from '../../src/simulator/wire/clocks.js';
import { type Execution, execute } from './asl-interpreter.js';
import { dayDefinition } from './day-definition.js';
import { createLambdaFunction, type LambdaFunction } from './lambda-process.js';
import { DAY_MACHINE, type StepFunctions, startStepFunctions } from './step-functions.js';

/** What a Wait state lasts here. */
const WAIT_MS = 300;

export const BUCKET = 'tracking-athena-usernames-logs';
/** Where feeds go that do not lie beside the reports. */
export const LAKE = 'security-lake-of-the-company';
export const ZONE = 'America/New_York';

/** A deployed stack in one process: the template's own state machine over the bundled handlers and the simulator. */
export interface DeployedDay {
  readonly simulator: Simulator;
  readonly accountId: string;
  readonly env: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<'Scan' | 'Hour' | 'CloseDay' | 'Feeds' | 'Planner' | 'Witness', LambdaFunction>>;
  /** Where the planner starts days; `runDay` goes past it. */
  readonly stepFunctions: StepFunctions;
  /** Lets time pass, for the simulated account and the functions. */
  advance(ms: number): void;
  /** What functions answered, in the order of their answers. */
  readonly answers: { readonly name: string; readonly answer: Readonly<Record<string, unknown>> }[];
  /** Seconds waited before each repeated call. */
  readonly retries: number[];
  /** States entered. */
  readonly states: string[];
  runDay(reportDate: string, executionName?: string): Promise<Execution>;
  close(): Promise<void>;
}

/** Starts it at an instant of the simulated company's life; `folder` holds the deployment. */
export async function startDeployedDay(options: {
  readonly folder: string;
  readonly startsAt: string;
  readonly now: string;
  readonly queriesPerDay: number;
  readonly noisePerDay?: number;
  readonly days?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly lookupPerSecond?: number;
  readonly lateShare?: number;
  readonly faults?: SimulatorOptions['faults'];
  readonly trail?: SimulatorOptions['trail'];
  readonly externalIds?: SimulatorOptions['externalIds'];
  /** What is handed over after each close. */
  readonly feeds?: string;
  /** Hours collected at the same time. */
  readonly concurrency?: number;
  /** Processes of the scan function. */
  readonly scans?: number;
  /** Called when the machine calls a function. */
  readonly onCall?: (name: string, payload: unknown) => void;
  /** What Lambda gives the scan function. */
  readonly scanTimeoutMs?: number;
  /** What Lambda gives the function that closes a day. */
  readonly closeTimeoutMs?: number;
  /** What only the function that closes a day is told. */
  readonly closeEnv?: Readonly<Record<string, string>>;
  readonly systemTable?: SimulatorOptions['systemTable'];
  readonly pageSize?: number;
  readonly unseen?: number;
  /** Called with each state that a day enters. */
  readonly onState?: (name: string) => void;
}): Promise<DeployedDay> {
  const now = Date.parse(options.now);
  const running = createRunningClock({ startsAt: now });
  let passed = 0;
  const clock = { now: () => running.now() + passed, sleep: running.sleep };
  const simulator = await startSimulator({
    seed: 11,
    clock,
    company: {
      startsAt: Date.parse(options.startsAt),
      days: options.days ?? 4,
      queriesPerDay: options.queriesPerDay,
      noisePerDay: options.noisePerDay ?? 50,
      delivery: { lateShare: options.lateShare ?? 0 },
      ...(options.unseen === undefined ? {} : { rates: { unseen: options.unseen } }),
    },
    buckets: [BUCKET, LAKE],
    ...(options.faults ? { faults: options.faults } : {}),
    ...(options.trail ? { trail: options.trail } : {}),
    ...(options.systemTable ? { systemTable: options.systemTable } : {}),
    ...(options.pageSize === undefined ? {} : { pageSize: options.pageSize }),
    ...(options.externalIds ? { externalIds: options.externalIds } : {}),
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
    FEEDS: options.feeds ?? '',
    ...options.env,
  };
  const [accountId = ''] = [...simulator.world.partitions.keys()].map((place) => place.split('/')[0]);
  const envOf = (name: string) => {
    if (name === 'planner') return { ...env, STATE_MACHINE_ARN: DAY_MACHINE, AWS_ENDPOINT_URL_SFN: stepFunctions.url };
    return name === 'close-day' ? { ...env, ...options.closeEnv } : env;
  };
  const functionOf = (name: string, concurrency: number, timeoutMs = 900_000) =>
    createLambdaFunction({
      name: `aqt-${name}`,
      bundle: join(options.folder, 'lambda', name, 'index.mjs'),
      accountId,
      env: envOf(name),
      concurrency,
      timeoutMs,
      now: clock.now,
    });
  const stepFunctions = await startStepFunctions({
    now: clock.now,
    createdAt: now,
    run: (reportDate, name) => runDay(reportDate, name),
  });
  const functions = {
    Scan: functionOf('scan', options.scans ?? 1, options.scanTimeoutMs),
    Hour: functionOf('hour', options.concurrency ?? 3),
    CloseDay: functionOf('close-day', 1, options.closeTimeoutMs),
    Feeds: functionOf('feeds', 1),
    Planner: functionOf('planner', 2),
    Witness: functionOf('witness', 1),
  };
  const answers: { name: string; answer: Readonly<Record<string, unknown>> }[] = [];
  const retries: number[] = [];
  const states: string[] = [];
  const runDay = (reportDate: string, executionName = `day-${reportDate}`): Promise<Execution> =>
    execute(
      dayDefinition(options.folder, options.feeds),
      { report_date: reportDate },
      {
        task: async (_, { FunctionName, Payload }) => {
          const name = FunctionName as keyof typeof functions;
          options.onCall?.(name, Payload);
          const answer = (await functions[name].invoke(Payload)) as Readonly<Record<string, unknown>>;
          answers.push({ name, answer });
          return { Payload: answer };
        },
        wait: async (seconds, why) => {
          if (why === 'retry') retries.push(seconds);
          // Days that wait for each other must not ask without a pause.
          else await delay(WAIT_MS);
        },
        object: async ({ bucket, key }) => {
          const now = clock.now();
          const [found] = simulator.store.list(bucket, { prefix: key, after: '', now });
          if (found?.key !== key) throw new Error('NoSuchKey');
          return found.bytes.toString('utf8');
        },
        random: () => 0.5,
        executionName,
        onState: (name) => {
          states.push(name);
          options.onState?.(name);
        },
      },
    );
  return {
    simulator,
    accountId,
    env,
    functions,
    stepFunctions,
    advance: (ms) => {
      passed += ms;
    },
    answers,
    retries,
    states,
    runDay,
    close: async () => {
      for (const one of Object.values(functions)) one.close();
      await stepFunctions.close();
      await simulator.close();
    },
  };
}
