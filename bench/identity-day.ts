/**
 * What resolving people adds to collecting a day: the same simulated day is collected from trail files with and without
 * resolving, in turns; the median of the ratios of processor time counts. Then what a day of many links costs in memory.
 * Run with `node --expose-gc --max-old-space-size=6000 --import tsx bench/identity-day.ts [queries a day] [links] [rounds]`
 * (default 20 000, 1 000 000, 5).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIST_PRICES } from '../src/athena/prices.js';
import { type ReportDay, reportDays } from '../src/calendar/report-day.js';
import type { CredentialLink } from '../src/cloudtrail/credential-link.js';
import { readCredentialLink } from '../src/cloudtrail/read-credential-link.js';
import type { Start } from '../src/cloudtrail/start.js';
import type { Collector } from '../src/collect/collector.js';
import { openDayLinks } from '../src/collect/evidence/day-links.js';
import { storeDay } from '../src/collect/evidence/store-day.js';
import { buildHour } from '../src/collect/hour/build-hour.js';
import { openEnrichment } from '../src/collect/hour/open-enrichment.js';
import { scan } from '../src/collect/scan/scan.js';
import { openScanLog } from '../src/collect/scan/scan-log.js';
import { createCredentialGraph } from '../src/identity/chain/credential-graph.js';
import { EMPTY_DIRECTORY } from '../src/identity/directory/directory.js';
import { UNATTRIBUTED } from '../src/identity/resolve/resolve-person.js';
import type { ReportStore } from '../src/ports/report-store.js';
import { buildWorld } from '../src/simulator/company/workload.js';
import { createExecutionExport } from '../src/sources/export/execution-export.js';
import { openTrailFolder } from '../src/sources/trail/folder-trail-bucket.js';
import { createTrailFiles } from '../src/sources/trail/trail-files.js';
import { createLocalStore } from '../src/storage/local-store.js';
import { REPORT_CODEC } from '../src/storage/report-codec.js';
import { feedLinksAround } from '../src/tree/evidence/day-evidence.js';
import { liveEvidence } from '../src/tree/evidence/evidence-view.js';
import { readHour } from '../src/tree/evidence/hour-evidence.js';
import { DAY_MS, STARTS_AT, writeEvidence } from '../test/end-to-end/collected-company.js';

const [QUERIES = 20_000, LINKS = 1_000_000, ROUNDS = 5] = process.argv.slice(2).map(Number);
const clock = { now: () => Date.now(), sleep: async () => {} };
const folder = () => mkdtempSync(join(tmpdir(), 'aqt-bench-'));

/** Time of the processor, all threads: others may use the machine meanwhile. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Share of one run that feeding the links and resolving every start takes by itself. */
const alone: number[] = [];

async function resolveAgain(store: ReportStore, day: ReportDay): Promise<number> {
  const starts: Start[] = [];
  for (const hour of day.hours) starts.push(...(await readHour(liveEvidence(store), hour)).starts);
  const began = cpuMs();
  const enrichment = await openEnrichment({ store, directory: EMPTY_DIRECTORY, prices: LIST_PRICES }, day.reportDate);
  for (const start of starts) enrichment.resolve(start, null);
  return cpuMs() - began;
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Collects one day by the steps of `collectRange`; without resolving no link is read, kept or followed. */
async function collectDay(evidence: { trail: string; executions: string }, resolves: boolean): Promise<number> {
  const root = folder();
  const began = cpuMs();
  const store = createLocalStore(root, { clock });
  const days = reportDays({ from: '2026-11-01', to: '2026-11-01', timezone: 'America/New_York' });
  const [day] = days;
  if (!day) throw new Error('no day');
  const source = createTrailFiles({ bucket: await openTrailFolder(evidence.trail), links: resolves });
  const executions = createExecutionExport({
    bucket: await openTrailFolder(evidence.executions),
    tempFolder: folder(),
  });
  const collector: Collector = {
    ...{ store, clock, codec: REPORT_CODEC, executions: () => executions, generator: 'bench', progress: () => {} },
    ...{ directory: EMPTY_DIRECTORY, prices: LIST_PRICES, inputs: {} },
  };
  const log = await openScanLog(store, 'bench');
  for await (const _ of scan(collector, { source, days, log }));
  await storeDay(collector, { linkSource: null, userNames: null }, { day, log });
  const enrichment = await openEnrichment({ store, directory: EMPTY_DIRECTORY, prices: LIST_PRICES }, day.reportDate);
  for (const hour of day.hours) {
    await buildHour(collector, {
      hour,
      timezone: day.timezone,
      format: 'csv',
      enrichment: resolves ? enrichment : { ...enrichment, resolve: () => UNATTRIBUTED },
    });
  }
  const took = cpuMs() - began;
  if (resolves) alone.push((await resolveAgain(store, day)) / took);
  executions.close();
  rmSync(root, { recursive: true });
  return took;
}

const world = buildWorld({ seed: 5, days: 1, startsAt: STARTS_AT, queriesPerDay: QUERIES });
const evidence = writeEvidence(world, STARTS_AT + 3 * DAY_MS);
await collectDay(evidence, true);
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const isFirst = round % 2 === 0;
  const a = await collectDay(evidence, isFirst);
  const b = await collectDay(evidence, !isFirst);
  const [withPeople, without] = isFirst ? [a, b] : [b, a];
  ratios.push(withPeople / without);
  console.log(`with people ${Math.round(withPeople)} ms, without ${Math.round(without)} ms`);
}
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
console.log(
  `${QUERIES} queries: resolving adds ${percent(medianOf(ratios) - 1)} (median of ${ROUNDS}, ${ratios.map((ratio) => percent(ratio - 1)).join(', ')})`,
);
console.log(`by itself it takes ${percent(medianOf(alone))} of the time of collecting (median of ${alone.length})`);

const used = () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

function linkNumber(number: number): CredentialLink {
  const name = `botocore-session-${1_760_000_000 + number}`;
  const role = number % 2 === 0 ? 'Lake' : 'Inner';
  const caller =
    number % 2 === 0 ? `person.${number % 5000}@acorn.example` : `botocore-session-${1_759_999_999 + number}`;
  const link = readCredentialLink({
    eventVersion: '1.08',
    eventTime: new Date(STARTS_AT + (number % 86_400) * 1000).toISOString(),
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    awsRegion: 'us-east-1',
    eventID: `b621c254-74e0-48e3-9630-${number.toString(16).padStart(12, '0')}`,
    recipientAccountId: '111122223333',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'Boto3/1.43.11 Botocore/1.43.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLEPORTAL001:${caller}`,
      arn: `arn:aws:sts::111122223333:assumed-role/Portal/${caller}`,
      accountId: '111122223333',
      accessKeyId: `ASIAP${Math.floor(number / 40)}`,
      sessionContext: { attributes: { creationDate: new Date(STARTS_AT).toISOString() } },
    },
    requestParameters: { roleArn: `arn:aws:iam::111122223333:role/${role}`, roleSessionName: name },
    responseElements: {
      credentials: { accessKeyId: `ASIA${number.toString(36).toUpperCase().padStart(16, 'X')}` },
      assumedRoleUser: {
        assumedRoleId: `AROAEXAMPLE${role}:${name}`,
        arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
      },
    },
  });
  if (!link) throw new Error('no link');
  return link;
}

const root = folder();
const store = createLocalStore(root, { clock });
const before = used();
let began = performance.now();
let peak = 0;
{
  const writer = await openDayLinks(store, '2026-11-01', ['link']);
  for (let number = 0; number < LINKS; number++) {
    writer.add({ link: linkNumber(number) });
    if (number % 100_000 === 99_999) peak = Math.max(peak, used() - before);
  }
  await writer.commit();
}
console.log(
  `keep   ${LINKS} links: ${Math.round(performance.now() - began)} ms, ${Math.round(peak / LINKS)} bytes a link while they wait`,
);
const held = used();
began = performance.now();
const graph = createCredentialGraph();
await feedLinksAround(liveEvidence(store), '2026-11-01', graph);
console.log(
  `feed   ${graph.linkCount} links: ${Math.round(performance.now() - began)} ms, ${Math.round((used() - held) / LINKS)} bytes a link in the graph`,
);
rmSync(root, { recursive: true });
