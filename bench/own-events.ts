/**
 * What it costs to look at one page of a credential's own events where nothing else says who it is: LookupEvents calls of collecting
 * a simulated day, a third of whose events are late, with and without, and the time that they take at the pace of two a second.
 * Run with `npx tsx bench/own-events.ts [queries a day = 2000]`
 */
import { rmSync } from 'node:fs';
import { runCli } from '../src/cli/main.js';
import { buildWorld } from '../src/simulator/company/workload.js';
import { startSimulator } from '../src/simulator/simulator.js';
import { createVirtualClock } from '../src/simulator/wire/clocks.js';
import { LOOKUP_PACE } from '../src/sources/lookup/lookup-events.js';
import { createLocalStore } from '../src/storage/local-store.js';
import { liveEvidence } from '../src/tree/evidence/evidence-view.js';
import { temporaryFolder } from '../test/end-to-end/collected-company.js';
import { quietIo } from '../test/end-to-end/quiet-io.js';

const queriesPerDay = Number(process.argv[2] ?? 2000);
const world = buildWorld({
  ...{ seed: 7, startsAt: Date.parse('2026-11-02T05:00:00Z'), days: 1, queriesPerDay, noisePerDay: 2000 },
});
const clock = createVirtualClock({ startsAt: world.endsAt + 3_600_000 });
// A third of all events are late: many credentials are met before the event that issued them.
const late = { kind: 'late-event', service: 'cloudtrail', probability: 1 / 3, delayMs: 72 * 3_600_000 } as const;
const faults = { rules: [{ ...late, from: world.endsAt - 86_400_000, until: world.endsAt }] };
const simulator = await startSimulator({ seed: 7, world, clock, faults });
const output = temporaryFolder();
try {
  const env = {
    ...{ AWS_ENDPOINT_URL: simulator.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIABENCH', AWS_SECRET_ACCESS_KEY: 'secret' },
  };
  const io = quietIo({ clock, env });
  const code = await runCli(['collect', '--from', '2026-11-02', '--output', output], io);
  if (code !== 0 && code !== 3) throw new Error(`collect exited with ${code}: ${io.written.stderr}`);
  const calls = simulator.stats.calls.LookupEvents ?? 0;
  const asked = await ownEventsAsked();
  const seconds = (count: number) => `${Math.round(count / LOOKUP_PACE.ratePerSecond)} s`;
  console.log(
    [
      `${queriesPerDay} queries: ${calls} LookupEvents calls, ${seconds(calls)} at ${LOOKUP_PACE.ratePerSecond} a second`,
      `without the own events of ${asked} credentials: ${calls - asked} calls, ${seconds(calls - asked)}`,
      `they add ${((100 * asked) / (calls - asked)).toFixed(1)} %`,
    ].join('\n'),
  );
} finally {
  await simulator.close();
  rmSync(output, { recursive: true, force: true });
}

/** Each is one page of one Region: the evidence notes it, so that nobody asks again. */
async function ownEventsAsked(): Promise<number> {
  const view = liveEvidence(createLocalStore(output, { clock }));
  let count = 0;
  for (const date of ['2026-11-01', '2026-11-02', '2026-11-03'])
    for (const part of await view.parts(`${date}/day`))
      for await (const batch of view.lines(part))
        count += batch.filter((text) => text.startsWith('{"asked":"uses:')).length;
  return count;
}
