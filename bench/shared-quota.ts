/**
 * How much of a quota of two calls a second does the pacer get where others use it, too: at least 93 % of what they leave is promised.
 * Run: npx tsx bench/shared-quota.ts [minutes = 60]. A simulated clock counts, so the machine's speed does not matter.
 */
import { createPacer } from '../src/ports/pacer.js';
import { createVirtualClock } from '../src/simulator/wire/clocks.js';
import { createQuotaKeeper, DEFAULT_QUOTAS } from '../src/simulator/wire/quotas.js';
import { createRandom } from '../src/simulator/wire/random.js';
import { callAws } from '../src/sources/aws/call-aws.js';
import { createCounts } from '../src/sources/aws/counts.js';
import { LOOKUP_PACE } from '../src/sources/lookup/lookup-events.js';

const MINUTES = Number(process.argv[2] ?? 60);
const { perSecond, burst } = DEFAULT_QUOTAS.LookupEvents ?? { perSecond: 0, burst: 0 };
/** Chains of pages at once, and the median of what a call takes. */
const CHAINS = 6;
const LATENCY_MS = 600;

/** Another user of the quota: makes its calls until the end. */
type Other = (world: World) => Promise<void>;

interface World {
  readonly clock: ReturnType<typeof createVirtualClock>;
  readonly endsAt: number;
  /** Makes a call; false when it was throttled. */
  readonly call: () => Promise<boolean>;
}

const steady =
  (ratePerSecond: number): Other =>
  async ({ clock, endsAt, call }) => {
    for (; clock.now() < endsAt; await clock.sleep(1000 / ratePerSecond)) call();
  };
const inBursts =
  (calls: number, everyMs: number): Other =>
  async ({ clock, endsAt, call }) => {
    for (; clock.now() < endsAt; await clock.sleep(everyMs)) for (let made = 0; made < calls; made++) call();
  };
/** Page after page, and again as the SDKs do: after up to 100 ms, doubled each time, 20 s at most. */
const retrying: Other = async ({ clock, endsAt, call }) => {
  const dice = createRandom(7, 'retrying');
  for (let failures = 0; clock.now() < endsAt; ) {
    failures = (await call()) ? 0 : failures + 1;
    if (failures > 0) await clock.sleep(dice.next() * Math.min(20_000, 100 * 2 ** failures));
  }
};
const OTHERS: readonly (readonly [string, readonly Other[]])[] = [
  ['nobody', []],
  ['0.5 a second', [steady(0.5)]],
  ['1 a second', [steady(1)]],
  ['1.5 a second', [steady(1.5)]],
  ['20 at once every minute', [inBursts(20, 60_000)]],
  ['10 at once every 10 s', [inBursts(10, 10_000)]],
  ['a tool of SDK retries', [retrying]],
  ['a second one of these', [(world) => paced(world, 2)]],
];

console.log(
  'beside                    got     others  left    got / left  throttled (promised: >= 0.93 of what is left)',
);
for (const [name, others] of OTHERS) {
  const clock = createVirtualClock({ startsAt: 0, quietTurns: 4 });
  const keeper = createQuotaKeeper(DEFAULT_QUOTAS);
  const endsAt = MINUTES * 60_000;
  const dice = createRandom(3, 'latency', name);
  const user = () => {
    const counts = { got: 0, throttled: 0 };
    const call = async () => {
      await clock.sleep(dice.lognormal(LATENCY_MS * 0.1, 0.4));
      const isTaken = keeper.take('LookupEvents', 'shared', clock.now());
      if (clock.now() < endsAt) counts[isTaken ? 'got' : 'throttled'] += 1;
      await clock.sleep(dice.lognormal(isTaken ? LATENCY_MS * 0.9 : LATENCY_MS * 0.1, 0.4));
      return isTaken;
    };
    return { counts, world: { clock, endsAt, call } };
  };
  const ours = user();
  const theirs = others.map((other) => ({ other, ...user() }));
  await Promise.all([paced(ours.world, 1), ...theirs.map(({ other, world }) => other(world))]);
  const taken = theirs.reduce((sum, { counts }) => sum + counts.got, 0);
  const left = perSecond * MINUTES * 60 + burst - taken;
  const { got, throttled } = ours.counts;
  const cells = [
    name,
    got,
    taken,
    left,
    (got / left).toFixed(3),
    `${((throttled / (got + throttled)) * 100).toFixed(1)} %`,
  ];
  console.log(cells.map((cell, index) => String(cell).padEnd([26, 8, 8, 8, 12, 0][index] ?? 0)).join(''));
}

/** Makes calls as a scan makes them: some chains, one pacer. */
async function paced({ clock, endsAt, call }: World, seed: number): Promise<void> {
  const dice = createRandom(seed, 'pacer');
  const random = () => dice.next();
  const pacer = createPacer({ ...LOOKUP_PACE, clock, random });
  const counts = createCounts(['calls', 'throttled', 'retries']);
  const chain = async () => {
    while (clock.now() < endsAt) {
      const options = { action: 'cloudtrail:LookupEvents', pacer, clock, random, counts };
      await callAws(async () => {
        if (!(await call())) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
      }, options);
    }
  };
  await Promise.all(Array.from({ length: CHAINS }, chain));
}
