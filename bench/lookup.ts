/**
 * How long does a scan of the event history take, compared with what the quota allows: ceil(events / 50) / 2 seconds?
 * Run: npx tsx bench/lookup.ts [queries a day]. The simulator's virtual clock counts, so the machine's speed does not matter.
 *
 * A call is throttled, or not, when it comes to the quota. Where the way there takes about 40 ms nobody overtakes anybody by more
 * than a bucket of two calls forgives. Where it takes a fifth of a long latency, some calls come half a second late: what the
 * quota let pass meanwhile is lost to every pace, and calls behind them are throttled.
 *
 * `least s` is what nobody goes below who keeps the pace: as many calls as there are full pages, each made as if it knew its page
 * beforehand and waited for no other, over the same way with the same throttles.
 */
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { Clock } from '../src/ports/clock.js';
import { createPacer } from '../src/ports/pacer.js';
import { buildWorld } from '../src/simulator/company/workload.js';
import { startSimulator } from '../src/simulator/simulator.js';
import { createVirtualClock } from '../src/simulator/wire/clocks.js';
import { createRandom } from '../src/simulator/wire/random.js';
import { callAws } from '../src/sources/aws/call-aws.js';
import { createCounts } from '../src/sources/aws/counts.js';
import { createLookupEvents, LOOKUP_PACE } from '../src/sources/lookup/lookup-events.js';
import { createLookupEventsPage, PACED_CLIENT } from '../src/sources/lookup/lookup-events-client.js';
import type { LookupEventsPage } from '../src/sources/lookup/lookup-page.js';

const QUERIES = Number(process.argv[2] ?? 20_000);
const REGION = 'us-east-1';
const random = () => 0.5;
const world = buildWorld({ seed: 11, days: 2, queriesPerDay: QUERIES, noisePerDay: 0 });

const WAYS: readonly (readonly [string, (latencyMs: number) => number])[] = [
  ['40 ms', () => 40],
  ['1/5', (latencyMs) => latencyMs / 5],
];

console.log(
  'way    latency  events   calls  throttled  limit s  least s  took s   took / limit  took / least (promised: 1.03 of the limit from 10^4 events on)',
);
for (const [way, wayMs] of WAYS)
  for (const latencyMs of [50, 150, 350, 600, 1000, 1500]) await measure({ way, wayMs: wayMs(latencyMs), latencyMs });

interface Way {
  readonly way: string;
  readonly wayMs: number;
  readonly latencyMs: number;
}

async function measure(way: Way): Promise<void> {
  const { events, calls, throttled, tookS } = await scanned(way);
  const pages = Math.ceil(events / 50);
  const limitS = pages / 2;
  const leastS = await leastOf(pages, way);
  const cells = [
    way.way,
    `${way.latencyMs} ms`,
    events,
    calls,
    throttled,
    limitS.toFixed(1),
    leastS.toFixed(1),
    tookS.toFixed(1),
    (tookS / limitS).toFixed(3),
    (tookS / leastS).toFixed(3),
  ];
  console.log(cells.map((cell, index) => String(cell).padEnd([7, 9, 9, 7, 11, 9, 9, 9, 14, 0][index] ?? 0)).join(''));
}

/** What the product's own scan takes. */
async function scanned(way: Way) {
  const { options, close } = await openHistory(way);
  const source = createLookupEvents(options);
  const began = options.clock.now();
  const seen = new Set<string>();
  for await (const { items } of source.scan({ start: world.startsAt, end: world.endsAt }, {})) {
    for (const item of items) if (item.kind === 'start') seen.add(item.eventId);
  }
  const tookS = (options.clock.now() - began) / 1000;
  await close();
  const { calls = 0, throttled = 0 } = source.account().counts;
  return { events: seen.size, calls, throttled, tookS };
}

/** What so many calls take that wait for no other. */
async function leastOf(pages: number, way: Way): Promise<number> {
  const { options, close } = await openHistory(way);
  const began = options.clock.now();
  const counts = createCounts([]);
  const second = { startTime: world.startsAt, endTime: world.startsAt };
  const request = { attribute: 'EventName', value: 'StartQueryExecution', nextToken: null, ...second } as const;
  const call = () => callAws(() => options.page(request), { action: 'cloudtrail:LookupEvents', ...options, counts });
  await Promise.all(Array.from({ length: pages }, call));
  const tookS = (options.clock.now() - began) / 1000;
  await close();
  return tookS;
}

async function openHistory(way: Way) {
  const clock = createVirtualClock({ startsAt: world.endsAt + 2 * 86_400_000 });
  const simulator = await startSimulator({ seed: 11, world, clock });
  const client = new CloudTrailClient({
    ...PACED_CLIENT,
    // Time-outs run on the machine's clock; here time is simulated.
    requestHandler: {},
    endpoint: simulator.url,
    region: REGION,
    credentials: { accessKeyId: 'AKIABENCH', secretAccessKey: 'secret' },
  });
  const pacer = createPacer({ ...LOOKUP_PACE, clock, random });
  const page = delayed(createLookupEventsPage(client), { clock, ...way });
  const close = async () => {
    client.destroy();
    await simulator.close();
  };
  return { options: { page, pacer, clock, random, accountId: null, region: REGION }, close };
}

/** Spends part of a call's latency on the way to the quota and the rest after it; lognormal, as calls of AWS are. */
function delayed(
  page: LookupEventsPage,
  { clock, wayMs, latencyMs }: { clock: Clock; wayMs: number; latencyMs: number },
): LookupEventsPage {
  const dice = createRandom(3, 'latency', latencyMs);
  return async (request, signal) => {
    await clock.sleep(dice.lognormal(Math.min(wayMs, latencyMs / 2), 0.4), signal);
    const answer = await page(request, signal);
    await clock.sleep(dice.lognormal(latencyMs - Math.min(wayMs, latencyMs / 2), 0.4), signal);
    return answer;
  };
}
