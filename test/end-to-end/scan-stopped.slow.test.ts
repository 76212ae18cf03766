import { expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import { buildWorld } from '../../src/simulator/company/workload.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { DAY_MS, readReports, temporaryFolder } from './collected-company.js';
import { quietIo } from './quiet-io.js';

const HOUR_MS = 3_600_000;
const world = buildWorld({
  ...{ seed: 5, startsAt: Date.parse('2026-11-02T05:00:00Z'), days: 1, queriesPerDay: 80, noisePerDay: 10 },
  // What comes late is settled, not collected.
  delivery: { lateShare: 0 },
});
const DATES = ['--from', '2026-11-02'];

it('a scan of LookupEvents that stopped exits with 5 everywhere, and the same command goes on to the same bytes', async () => {
  const clock = createVirtualClock({ startsAt: world.endsAt + HOUR_MS });
  const down = { from: clock.now() + 2000, until: clock.now() + 12 * HOUR_MS };
  const again = { from: clock.now() + 2 * DAY_MS, until: clock.now() + 3 * DAY_MS };
  const outages = [down, again].map((span) => ({
    ...{ kind: 'server-error' as const, service: 'cloudtrail' as const, operation: 'LookupEvents' },
    ...span,
  }));
  const simulator = await startSimulator({ seed: 5, world, clock, faults: { rules: outages } });
  const env = {
    ...{ AWS_ENDPOINT_URL: simulator.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' },
  };
  const aqt = async (...args: string[]) => {
    const io = quietIo({ clock, env });
    return { code: await runCli(args, io), ...io.written };
  };
  try {
    const [broken, calm] = [temporaryFolder(), temporaryFolder()];
    const stopped = await aqt('collect', ...DATES, '--output', broken);
    expect(stopped.code).toBe(5);
    expect(stopped.stderr).toMatch(/broke off: .*run the same command again, and it goes on where it stopped/s);
    clock.advance(Math.max(0, down.until - clock.now()));
    expect((await aqt('collect', ...DATES, '--output', broken)).code).toBe(0);
    expect((await aqt('collect', ...DATES, '--output', calm)).code).toBe(0);
    expect(readReports(broken)).toEqual(readReports(calm));

    clock.advance(Math.max(0, again.from - clock.now()));
    const unsettled = await aqt('settle', broken);
    expect([unsettled.code, unsettled.stderr]).toEqual([5, expect.stringContaining('it goes on where it stopped')]);
    clock.advance(Math.max(0, again.until - clock.now()));
    expect((await aqt('settle', broken)).code).toBe(0);
  } finally {
    await simulator.close();
  }
}, 600_000);
