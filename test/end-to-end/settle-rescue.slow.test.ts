import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/main.js';
import type { Manifest } from '../../src/record/manifest.js';
import { buildWorld } from '../../src/simulator/company/workload.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock, type VirtualClock } from '../../src/simulator/wire/clocks.js';
import { DAY_MS, readReports, readRows, readTree, temporaryFolder } from './collected-company.js';
import { quietIo } from './quiet-io.js';

const HOUR_MS = 3_600_000;
/** Many events late, many queries long. */
const WORLD = {
  // From midnight in New York; an hour later than that, since the first of the two days has 25: both have ended with it.
  ...{ seed: 12, startsAt: Date.parse('2026-11-01T05:00:00Z'), days: 2, queriesPerDay: 150, noisePerDay: 10 },
  delivery: { lateShare: 0.15, lateMaxMs: 26 * HOUR_MS },
  rates: { long: 0.3 },
};
const DATES = ['--from', '2026-11-01', '--to', '2026-11-02'];
let running: Simulator | null = null;
afterEach(async () => {
  await running?.close();
  running = null;
});

interface Place {
  readonly simulator: Simulator;
  readonly clock: VirtualClock;
  /** Runs a command line as a user does. */
  aqt(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>;
  /** The same, with Ctrl-C when the clock has been looked at so many times. */
  interrupted(looks: number, ...args: readonly string[]): Promise<{ code: number; stderr: string }>;
}

async function open(options: Partial<SimulatorOptions> & { readonly startsAt: number }): Promise<Place> {
  const clock = createVirtualClock({ startsAt: options.startsAt });
  const simulator = await startSimulator({ seed: 12, world: buildWorld(WORLD), ...options, clock });
  running = simulator;
  const env = {
    ...{ AWS_ENDPOINT_URL: simulator.url, AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' },
  };
  return {
    ...{ simulator, clock },
    async aqt(...args) {
      const io = quietIo({ clock, env });
      return { code: await runCli(args, io), ...io.written };
    },
    async interrupted(looks, ...args) {
      const controller = new AbortController();
      let left = looks;
      const now = () => {
        if (left-- === 0) controller.abort(new DOMException('Ctrl-C', 'AbortError'));
        return clock.now();
      };
      const io = quietIo({ clock: { ...clock, now }, env, signal: controller.signal });
      return { code: await runCli(args, io), stderr: io.written.stderr };
    },
  };
}

const endOfHistory = buildWorld(WORLD).endsAt;
/** The history has just ended: late events are to come, long queries run. */
const early = () => open({ startsAt: endOfHistory + 20 * 60_000 });
const manifestsOf = (output: string) =>
  [...readTree(output)].filter(([path]) => path.endsWith('.json')).map(([, text]) => JSON.parse(text) as Manifest);
const diffsOf = (output: string) =>
  readdirSync(join(output, '_work/diffs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => JSON.parse(readFileSync(join(entry.parentPath, entry.name), 'utf8')) as Record<string, unknown>);

describe('aqt settle', () => {
  it('brings late events and finished queries, keeps what changed, and a second time changes nothing', async () => {
    const { aqt, clock, simulator } = await early();
    const output = temporaryFolder();
    const collected = await aqt('collect', ...DATES, '--output', output);
    expect(collected.code).toBe(0);
    const before = await readRows(output, 'csv');
    const unattributed = before.filter(({ attribution }) => attribution === 'unattributed');
    expect(collected.stdout).toMatch(
      new RegExp(`^48 hours, ${before.length} rows: .* ${unattributed.length} without a CloudTrail event`),
    );
    const unfinished = before.filter(({ state }) => state === 'RUNNING' || state === 'QUEUED');
    expect(unattributed.length).toBeGreaterThan(0);
    expect(unfinished.length).toBeGreaterThan(0);

    const found = await aqt('verify', output);
    expect(found.code).toBe(3);
    expect(found.stdout).toMatch(/Athena ran \d+ quer(y|ies) that CloudTrail has not shown/);
    expect(found.stdout).toContain(`aqt settle ${output} looks for them`);

    clock.advance(30 * HOUR_MS);
    const settled = await aqt('settle', output);
    expect(settled.code).toBe(0);
    expect(settled.stdout).toMatch(/^read the last \d+ \w+ again; 48 hours visited, \d+ changed/);
    expect(settled.stdout).toMatch(/version 1 → 2/);
    const after = await readRows(output, 'csv');
    expect(after.filter(({ attribution }) => attribution === 'unattributed')).toEqual([]);
    expect(after.filter(({ state }) => state === 'RUNNING' || state === 'QUEUED')).toEqual([]);
    const truth = [...simulator.truth.rows({ accountId: simulator.world.company.accounts.main, region: 'us-east-1' })];
    const ids = (list: readonly (string | null)[]) => list.filter((id) => id !== null).sort();
    expect(ids(after.map((row) => row.query_execution_id))).toEqual(ids(truth.map((row) => row.queryExecutionId)));

    const diffs = diffsOf(output);
    // The closing of a day rewrites its hours, too: unattributed become rows.
    expect(diffs.length).toBe(manifestsOf(output).reduce((sum, { version }) => sum + version - 1, 0));
    expect(JSON.stringify(diffs)).toContain('"columns":[');
    expect(JSON.stringify(diffs)).not.toMatch(/select /i);
    expect((await aqt('verify', output)).code).toBe(0);

    const bytes = readTree(output);
    const again = await aqt('settle', output);
    expect(again.stdout).toMatch(/48 hours visited, 0 changed/);
    expect(readTree(output)).toEqual(bytes);
  });

  it('stops on Ctrl-C with 130 and goes on where it stopped, to the same bytes', async () => {
    const whole = await early();
    const [calm, stopped] = [temporaryFolder(), temporaryFolder()];
    await whole.aqt('collect', ...DATES, '--output', calm);
    await whole.simulator.close();
    const { aqt, clock, interrupted } = await early();
    await aqt('collect', ...DATES, '--output', stopped);
    clock.advance(30 * HOUR_MS);
    let times = 0;
    for (const looks of [5, 40, 80, 120, 160, 200]) {
      const { code, stderr } = await interrupted(looks, 'settle', stopped);
      if (code === 0) break;
      times++;
      expect(stderr).toMatch(/Interrupted\. Run the same command again/);
      expect(code).toBe(130);
    }
    expect(times).toBeGreaterThan(2);
    expect((await aqt('settle', stopped)).code).toBe(0);
    await aqt('settle', calm);
    expect(readReports(stopped)).toEqual(readReports(calm));
    expect((await aqt('verify', stopped)).code).toBe(0);
  });

  it('says as JSON what changed and why hours are open', async () => {
    const { aqt, clock } = await early();
    const output = temporaryFolder();
    await aqt('collect', ...DATES, '--output', output);
    clock.advance(30 * HOUR_MS);
    const { stdout } = await aqt('settle', output, '--json');
    const said = JSON.parse(stdout) as { changed: { before: { version: number }; after: { version: number } }[] };
    expect(said.changed.length).toBeGreaterThan(0);
    expect(said.changed.some(({ before, after }) => after.version === before.version + 1)).toBe(true);
    expect(said).toMatchObject({ schema_version: 1, lost: [], open: expect.arrayContaining([]) });
  });

  it('needs credentials for all but mending', async () => {
    const { aqt, clock } = await early();
    const output = temporaryFolder();
    await aqt('collect', ...DATES, '--output', output);
    const offline = quietIo({ clock });
    expect(await runCli(['settle', output], offline)).toBe(4);
    expect(offline.written.stderr).toMatch(/only the evidence already kept is used/);
    expect(await runCli(['settle', output, '--mend'], quietIo({ clock }))).toBe(0);
  });
});

describe('aqt rescue', () => {
  const denied = () =>
    open({
      startsAt: endOfHistory + 2 * DAY_MS,
      deniedWorkGroups: ['analytics', 'bi', 'etl', 'finance', 'ml', 'primary'],
    });
  const later = (days: number) => open({ startsAt: endOfHistory + days * DAY_MS });

  /** A tree whose texts could not be read. */
  async function withoutTexts(): Promise<{ readonly output: string; readonly lacking: number }> {
    const { aqt, simulator } = await denied();
    const output = temporaryFolder();
    await aqt('collect', ...DATES, '--output', output);
    const rows = await readRows(output, 'csv');
    const lacking = rows.filter(({ query_status }) => query_status === 'denied').length;
    expect(lacking).toBeGreaterThan(100);
    await simulator.close();
    return { output, lacking };
  }

  it('warns from 30 days on, fetches the oldest first, and says how many it saved', async () => {
    const { output, lacking } = await withoutTexts();
    const { aqt } = await later(40);
    const { code, stdout, stderr } = await aqt('rescue', output);
    expect(stderr).toMatch(
      new RegExp(`${lacking} texts are not saved; the oldest is 4[12] days old, Athena forgets it in [23] days`),
    );
    expect(stderr).toContain(`Warning: ${lacking} of them are 30 days old or older.`);
    expect(stdout).toMatch(new RegExp(`^${lacking} texts saved\\. No text is waiting to be saved\\.`));
    expect(code).toBe(0);
    const rows = await readRows(output, 'csv');
    expect(rows.filter(({ query_status }) => query_status === 'denied')).toEqual([]);
    const again = await aqt('rescue', output);
    expect(again.stdout).toMatch(/^0 texts saved\. No text is waiting/);
  });

  it('exits with 3 while old texts cannot be read', async () => {
    const { output, lacking } = await withoutTexts();
    const { aqt } = await open({
      startsAt: endOfHistory + 35 * DAY_MS,
      deniedWorkGroups: ['analytics', 'bi', 'etl', 'finance', 'ml', 'primary'],
    });
    const { code, stdout } = await aqt('rescue', output);
    expect(stdout).toContain(`0 texts saved. ${lacking} texts are not saved`);
    expect(code).toBe(3);
  });

  it('says honestly what is lost after 45 days, and settling writes it as expired', async () => {
    const { output, lacking } = await withoutTexts();
    const { aqt } = await later(60);
    const { code, stdout } = await aqt('rescue', output, '--json');
    const said = JSON.parse(stdout) as { after: Record<string, number | null> };
    expect(said.after).toMatchObject({ unsaved: 0, urgent: 0, lost: lacking });
    expect(code).toBe(0);
    expect((await aqt('settle', output)).code).toBe(0);
    const rows = await readRows(output, 'csv');
    expect(rows.filter(({ query_status }) => query_status === 'expired').length).toBe(lacking);
    expect(manifestsOf(output).every(({ status }) => status === 'final')).toBe(true);
    // Athena's lists could not be read when the days were closed, and now it is too late: that is said until somebody accepts it.
    const found = await aqt('verify', output);
    expect(found.stdout).toMatch(/Athena's list of workgroup analytics in \d+ us-east-1 could not be read/);
    expect(found.code).toBe(3);
    expect((await aqt('verify', output, '--accept', 'the role had no access then')).code).toBe(0);
  });
});
