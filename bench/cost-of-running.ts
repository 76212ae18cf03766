/**
 * What does a month of running cost at 10^3, 10^5 and 10^6 queries a day? Two days of different size are collected by the bundled
 * functions on the simulator, which counts requests, bytes and state transitions; what AWS limits (calls a second) is computed; the
 * rest is arithmetic with list prices. Takes some minutes. Run: npx tsx bench/cost-of-running.ts
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateChanges } from '../src/simulator/history/state-changes.js';
import { buildDeployment } from '../test/deploy/built.js';
import { BUCKET, type DeployedDay, startDeployedDay } from '../test/deploy/deployed-day.js';
import { createEventQueue } from '../test/deploy/event-queue.js';
import { AWS_PRICES as PRICES } from './aws-prices.js';

const DAYS = 30;
const SMALL = 250;
const LARGE = 2000;
/** Calls a second that the functions allow themselves, and what a call brings. */
const LOOKUP = { perSecond: 1.98, events: 50 };
const BATCH_GET = { perSecond: 9.9, executions: 50 };
const LIST = { perSecond: 4.95, executions: 50, days: 45, longestS: 20 * 3600, roundS: 0.75 * 875 };
/** Each day is read when it is collected and on the two days after; a month of days once a week. */
const READS = { daily: 3, lookBackDays: 31, lookBacks: DAYS / 7 };
/** Athena's events: how the stack's mapping gathers them (`infra/witness.ts`), and how often Lambda asks the queue: five long polls at once (Lambda guide, "with-sqs"). */
const WITNESS = { windowS: 300, batch: 1000, memoryGb: 0.5, pollsADay: (5 * 86_400) / 20, perReceive: 10 };
/** Lambda's own lines an invocation; what Step Functions logs a transition with all events and their data. Bytes, assumed. */
const LOG_BYTES = { invocation: 350, transition: 3500 };
/**
 * Most bytes of memory for an id that closing a day compares (`athena/execution-ids.ts`), of the 46 days that Athena may list. Taken for
 * all of them: closing holds six million at most, and needs the processor that comes with the memory to read the others.
 */
const ID_BYTES = 43;

interface Volume {
  readonly queries: number;
  readonly source: 'lookup' | 'trail';
  /** Credentials a day whose origin is asked for: people and tools grow slower than queries. Assumed from 10^5 on. */
  readonly credentials: number;
  readonly hourConcurrency: number;
}

const built = await buildDeployment();
process.once('exit', () => built.remove());
const alarmMetrics = watchedByAlarms();
const small = await measure(SMALL, 'lookup');
const large = await measure(LARGE, 'lookup');
const trail = await measure(LARGE, 'trail');
console.log(`measured, a day of ${small.rows} and of ${large.rows} rows (node ${process.version}):`);
for (const [name, pick] of Object.entries(counts())) {
  console.log(`  ${name.padEnd(28)} ${cell(pick(small))} ${cell(pick(large))}`);
}
console.log(`  ${'scan of trail files, s'.padEnd(28)} ${''.padStart(12)} ${cell(trail.scanS)}`);

const volumes: Volume[] = [
  { queries: 1e3, source: 'lookup', credentials: large.credentials, hourConcurrency: 24 },
  { queries: 1e5, source: 'lookup', credentials: 2000, hourConcurrency: 24 },
  { queries: 1e6, source: 'lookup', credentials: 5000, hourConcurrency: 4 },
  { queries: 1e6, source: 'trail', credentials: 5000, hourConcurrency: 4 },
];
const months = volumes.map((volume) => ({ volume, ...month(volume) }));
const rows: [string, (of: (typeof months)[number]) => string][] = [
  ['source', ({ volume }) => volume.source],
  ['HourConcurrency', ({ volume }) => String(volume.hourConcurrency)],
  ['HourMemory needed, MB', ({ memoryGb }) => String(memoryGb * 1024)],
  ['scan a day, h', ({ scanS }) => (scanS / 3600).toFixed(2)],
  ['look back a week, h', ({ lookBackS }) => (lookBackS / 3600).toFixed(2)],
  ['hours phase a day, min', ({ hoursWallS }) => (hoursWallS / 60).toFixed(1)],
  ['Lambda GB-s', ({ gbSeconds }) => count(gbSeconds)],
  ['Lambda requests', ({ requests }) => count(requests)],
  ['transitions', ({ transitions }) => count(transitions)],
  ['S3 PUT, LIST', ({ puts }) => count(puts)],
  ['S3 GET, HEAD', ({ gets }) => count(gets)],
  ['stored a month, GB', ({ storedGb }) => storedGb.toFixed(2)],
  ['logs, GB', ({ logGb }) => logGb.toFixed(2)],
  ...(Object.keys(months[0]?.usd ?? {}).map((item) => [
    `${item}, USD`,
    ({ usd }: (typeof months)[number]) => (usd[item] ?? 0).toFixed(2),
  ]) as [string, (of: (typeof months)[number]) => string][]),
  ['a month, USD', ({ usd }) => total(usd).toFixed(2)],
  ['without the dashboard', ({ usd }) => (total(usd) - (usd.dashboard ?? 0)).toFixed(2)],
  ['nor events', ({ usd, eventsUsd }) => (total(usd) - (usd.dashboard ?? 0) - eventsUsd).toFixed(2)],
  ['all, less free tiers', ({ usd, freeUsd }) => (total(usd) - freeUsd).toFixed(2)],
];
console.log(`\na month of ${DAYS} days; prices of ${PRICES.region}, ${PRICES.asOf}: ${PRICES.source}`);
console.log(
  `| ${'queries a day'.padEnd(23)} | ${volumes.map(({ queries }) => count(queries).padStart(9)).join(' | ')} |`,
);
console.log(`|${'-'.repeat(25)}|${volumes.map(() => '-'.repeat(10)).join(':|')}:|`);
for (const [name, text] of rows) {
  console.log(`| ${name.padEnd(23)} | ${months.map((one) => text(one).padStart(9)).join(' | ')} |`);
}

/** Metrics that the template's alarms watch, each of which CloudWatch charges for; there are no feeds here. */
function watchedByAlarms(): number {
  const { Resources } = JSON.parse(readFileSync(join(built.folder, 'deploy/template.json'), 'utf8')) as {
    Resources: Record<
      string,
      { Type: string; Condition?: string; Properties: { Metrics?: { MetricStat?: unknown }[] } }
    >;
  };
  const alarms = Object.values(Resources).filter(
    ({ Type, Condition }) => Type === 'AWS::CloudWatch::Alarm' && Condition !== 'HasFeeds',
  );
  const metricsOf = ({ Metrics }: (typeof alarms)[number]['Properties']) =>
    Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1;
  return alarms.reduce((sum, { Properties }) => sum + metricsOf(Properties), 0);
}

interface Measured {
  readonly rows: number;
  /** Metrics of its own that the stack told, by their names. */
  readonly metrics: number;
  readonly credentials: number;
  readonly puts: number;
  readonly gets: number;
  readonly transitions: number;
  readonly invocations: number;
  readonly storedBytes: number;
  readonly logBytes: number;
  readonly scanS: number;
  readonly hourS: number;
  readonly closeS: number;
  /** Of the function that hears Athena's events, for the events of the day. */
  readonly witness: { readonly calls: number; readonly seconds: number; readonly puts: number; readonly gets: number };
}

function counts(): Record<string, (measured: Measured) => number> {
  return {
    'credentials asked for': ({ credentials }) => credentials,
    'S3 PUT and LIST': ({ puts }) => puts,
    'S3 GET and HEAD': ({ gets }) => gets,
    'state transitions': ({ transitions }) => transitions,
    invocations: ({ invocations }) => invocations,
    'bytes kept in S3': ({ storedBytes }) => storedBytes,
    'metrics of its own': ({ metrics }) => metrics,
    'bytes logged by functions': ({ logBytes }) => logBytes,
    'all hour functions, s': ({ hourS }) => hourS,
    'close-day, s': ({ closeS }) => closeS,
    'witness, calls': ({ witness }) => witness.calls,
    'witness, s': ({ witness }) => witness.seconds,
    'witness, PUT and LIST': ({ witness }) => witness.puts,
  };
}

async function measure(queriesPerDay: number, source: 'lookup' | 'trail'): Promise<Measured> {
  const stack = await startDeployedDay({
    folder: built.folder,
    startsAt: '2026-06-08T04:00:00Z',
    now: '2026-06-11T05:00:00Z',
    queriesPerDay,
    noisePerDay: 10 * queriesPerDay,
    ...(source === 'trail' ? { trail: { bucket: 'trail', layout: 'account' as const } } : {}),
    env: {
      OUTPUT_TYPE: 'csv',
      STATE_CHANGE_EVENTS: 'on',
      ...(source === 'trail' ? { EVENT_SOURCE: 'trail', TRAIL_URI: 's3://trail' } : {}),
    },
  });
  try {
    const witness = await hear(stack);
    const { status, output, cause } = await stack.runDay('2026-06-10');
    if (status !== 'SUCCEEDED') throw new Error(`the day failed: ${cause}`);
    return counted(stack, { rows: (output as { rows: number }).rows, witness });
  } finally {
    await stack.close();
  }
}

/** The events of the day before and of the day, a batch for every window of time as the mapping makes them; counted are those of the day. */
async function hear(stack: DeployedDay): Promise<Measured['witness']> {
  const { simulator, functions, accountId } = stack;
  const queue = createEventQueue({ folder: built.folder, witness: functions.Witness, shuffle: (messages) => messages });
  const place = { accountId, region: 'us-east-1' };
  const dayMs = 86_400_000;
  const end = Date.parse('2026-06-11T04:00:00Z');
  const told = { calls: 0, seconds: 0, puts: 0, gets: 0 };
  for (const from of [end - 2 * dayMs, end - dayMs]) {
    const before = s3Calls(stack);
    const windows = new Map<number, object[]>();
    for (const event of stateChanges(simulator.world, { ...place, from, to: from + dayMs })) {
      const window = Math.floor(Date.parse(event.time) / (WITNESS.windowS * 1000));
      windows.set(window, [...(windows.get(window) ?? []), event]);
    }
    const calls = functions.Witness.durations.length;
    for (const [, events] of [...windows].sort(([a], [b]) => a - b)) {
      for (const event of events) queue.put(event);
      await queue.drain();
    }
    const durations = functions.Witness.durations.slice(calls);
    const after = s3Calls(stack);
    Object.assign(told, {
      ...{ calls: durations.length, seconds: durations.reduce((total, ms) => total + ms, 0) / 1000 },
      ...{ puts: after.puts - before.puts, gets: after.gets - before.gets },
    });
  }
  return told;
}

function s3Calls({ simulator }: DeployedDay): { readonly puts: number; readonly gets: number } {
  const { calls } = simulator.stats;
  const sum = (...names: string[]) => names.reduce((total, name) => total + (calls[name] ?? 0), 0);
  return {
    puts: sum('PutObject', 'ListObjectsV2', 'CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'),
    gets: sum('GetObject', 'HeadObject'),
  };
}

function counted(
  stack: DeployedDay,
  { rows, witness }: { readonly rows: number; readonly witness: Measured['witness'] },
): Measured {
  const { simulator, functions, states, retries } = stack;
  const { LookupEvents = 0 } = simulator.stats.calls;
  const all = Object.values(functions);
  const s3 = s3Calls(stack);
  const seconds = (durations: readonly number[]) => durations.reduce((total, ms) => total + ms, 0) / 1000;
  const stored = [...simulator.store.list(BUCKET, { prefix: '', after: '', now: simulator.clock.now() })];
  const metrics = all.flatMap(({ log }) => log.filter((line) => line.includes('"_aws"'))).flatMap(metricNames);
  return {
    rows,
    witness,
    metrics: new Set(metrics).size,
    credentials: Math.max(0, LookupEvents - Math.ceil(rows / LOOKUP.events)),
    puts: s3.puts - witness.puts,
    gets: s3.gets - witness.gets,
    transitions: states.length + retries.length,
    invocations: all.reduce((sum, { durations }) => sum + durations.length, 0) + 1 - functions.Witness.durations.length,
    storedBytes: stored.reduce((total, { bytes }) => total + bytes.length, 0),
    logBytes: all.reduce((total, { log }) => total + log.join('\n').length, 0),
    scanS: seconds(functions.Scan.durations),
    hourS: seconds(functions.Hour.durations),
    closeS: seconds(functions.CloseDay.durations),
  };
}

/** Names of the metrics that a line of a log tells (embedded metric format). */
function metricNames(line: string): string[] {
  const { _aws } = JSON.parse(line) as { _aws: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] } };
  return _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
}

/** A straight line through the two measured days. */
function at(rowsADay: number, pick: (measured: Measured) => number): number {
  const slope = Math.max(0, (pick(large) - pick(small)) / (large.rows - small.rows));
  return Math.max(0, pick(small) + slope * (rowsADay - small.rows));
}

function month({ queries, source, credentials, hourConcurrency }: Volume) {
  const pages = Math.ceil(queries / LOOKUP.events);
  const perRowTrailS = trail.scanS / trail.rows;
  const scanS =
    source === 'trail' ? perRowTrailS * queries * READS.daily : (pages * READS.daily + credentials) / LOOKUP.perSecond;
  const lookBackS =
    source === 'trail' ? perRowTrailS * queries * READS.lookBackDays : (pages * READS.lookBackDays) / LOOKUP.perSecond;
  // Hours that run at once share the quota of BatchGetQueryExecution, and wait for it.
  const hoursWorkS = at(queries, ({ hourS }) => hourS);
  const hoursWallS = Math.max(hoursWorkS / hourConcurrency, queries / BATCH_GET.executions / BATCH_GET.perSecond);
  const listS = Math.min(LIST.longestS, (queries * LIST.days) / LIST.executions / LIST.perSecond);
  const closeS = small.closeS + listS;
  const secondsADay = scanS + Math.max(hoursWorkS, hoursWallS * Math.min(24, hourConcurrency)) + closeS;
  const seconds = secondsADay * DAYS + lookBackS * READS.lookBacks;
  const memoryGb = Math.max(1, Math.ceil(((46 * queries * ID_BYTES) / 2 ** 30 + 0.4) * 2) / 2);
  // Most windows of a day have an event from some thousand queries a day on; large ones are cut into batches.
  const windows = (86_400 / WITNESS.windowS) * (1 - Math.exp((-queries * WITNESS.windowS) / 86_400));
  const heard = Math.max(windows, queries / WITNESS.batch);
  const perCall = ({ witness }: Measured, pick: (told: Measured['witness']) => number) => pick(witness) / witness.calls;
  const perCallS = Math.min(
    perCall(small, ({ seconds: s }) => s),
    perCall(large, ({ seconds: s }) => s),
  );
  // What Athena answers costs time beyond that: its calls are paced.
  const witnessS = heard * perCallS + queries / BATCH_GET.executions / BATCH_GET.perSecond;
  const rounds = (scanS * DAYS + lookBackS * READS.lookBacks) / 835 + (listS * DAYS) / LIST.roundS;
  const requests = (at(queries, ({ invocations }) => invocations) + heard) * DAYS + rounds;
  const transitions = at(SMALL, ({ transitions: one }) => one) * DAYS + rounds * 3;
  const manifests = LIST.days * 24;
  const puts = (at(queries, ({ puts: one }) => one) + heard * perCall(large, ({ puts: one }) => one)) * DAYS;
  const gets =
    (at(queries, ({ gets: one }) => one) + heard * perCall(large, ({ gets: one }) => one) + manifests) * DAYS +
    READS.lookBackDays * 24 * 3 * READS.lookBacks;
  const storedGb = (at(queries, ({ storedBytes }) => storedBytes) * DAYS) / 2 ** 30;
  const logGb =
    (at(queries, ({ logBytes }) => logBytes) * DAYS +
      requests * LOG_BYTES.invocation +
      transitions * LOG_BYTES.transition) /
    2 ** 30;
  const gbSeconds = seconds * memoryGb + witnessS * DAYS * WITNESS.memoryGb;
  // A message is put, and received and deleted with others.
  const queueCalls = (WITNESS.pollsADay + queries * (1 + 2 / WITNESS.perReceive)) * DAYS;
  const usd: Record<string, number> = {
    Lambda: gbSeconds * PRICES.lambdaPerGbSecond + requests * PRICES.lambdaPerRequest,
    'Step Functions': transitions * PRICES.stepFunctionsPerTransition,
    'S3 requests': puts * PRICES.s3PerPut + gets * PRICES.s3PerGet,
    'S3 storage': storedGb * PRICES.s3PerGbMonth,
    'CloudWatch Logs': logGb * (PRICES.logsPerGb + PRICES.logsPerGbMonth),
    'metrics and alarms': large.metrics * PRICES.metricPerMonth + alarmMetrics * PRICES.alarmMetricPerMonth,
    dashboard: PRICES.dashboardPerMonth,
    'events, queue': queueCalls * PRICES.sqsPerRequest,
    Scheduler: DAYS * PRICES.schedulerPerInvocation,
  };
  // What goes with StateChangeEvents=off.
  const eventsUsd =
    (usd['events, queue'] ?? 0) +
    witnessS * DAYS * WITNESS.memoryGb * PRICES.lambdaPerGbSecond +
    heard * DAYS * PRICES.lambdaPerRequest +
    heard *
      DAYS *
      (perCall(large, (told) => told.puts) * PRICES.s3PerPut + perCall(large, (told) => told.gets) * PRICES.s3PerGet);
  const { free } = PRICES;
  const freeUsd =
    Math.min(free.lambdaGbSeconds, gbSeconds) * PRICES.lambdaPerGbSecond +
    Math.min(free.lambdaRequests, requests) * PRICES.lambdaPerRequest +
    Math.min(free.transitions, transitions) * PRICES.stepFunctionsPerTransition +
    Math.min(free.metrics, large.metrics) * PRICES.metricPerMonth +
    Math.min(free.alarmMetrics, alarmMetrics) * PRICES.alarmMetricPerMonth +
    Math.min(free.dashboards, 1) * PRICES.dashboardPerMonth +
    Math.min(free.sqsRequests, queueCalls) * PRICES.sqsPerRequest +
    Math.min(free.logsGb, logGb) * PRICES.logsPerGb +
    DAYS * PRICES.schedulerPerInvocation;
  return {
    eventsUsd,
    freeUsd,
    scanS,
    lookBackS,
    hoursWallS,
    memoryGb,
    gbSeconds,
    requests,
    transitions,
    puts,
    gets,
    storedGb,
    logGb,
    usd,
  };
}

function total(usd: Readonly<Record<string, number>>): number {
  return Object.values(usd).reduce((sum, part) => sum + part, 0);
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function cell(value: number): string {
  return (value < 100 ? value.toFixed(1) : count(value)).padStart(12);
}
