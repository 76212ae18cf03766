import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { regionsAround } from '../../src/athena/regions.js';
import { runCollect } from '../../src/cli/collect/collect.js';
import { runSettle } from '../../src/cli/collect/settle.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import type { Manifest } from '../../src/record/manifest.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import type { FaultRule } from '../../src/simulator/wire/faults.js';
import { DAY_MS, readReports, readRows, readTree, STARTS_AT, temporaryFolder } from './collected-company.js';
import { quietIo } from './quiet-io.js';

const REGIONS = ['us-east-1', 'eu-west-1'];
const DAY = { from: '2026-11-02' };
const [START, END] = [STARTS_AT + DAY_MS + 3_600_000, STARTS_AT + 2 * DAY_MS + 3_600_000];

/** A company of several accounts; the collector runs in `main` and assumes a role in `sandbox`. */
async function startCompany(faults: readonly FaultRule[] = [], externalId: string | null = null) {
  const clock = createVirtualClock({ startsAt: STARTS_AT + 3 * DAY_MS });
  const options = { seed: 5, clock, company: { days: 3, startsAt: STARTS_AT, queriesPerDay: 400 } };
  const bare = await startSimulator(options);
  const { main, sandbox } = bare.world.company.accounts;
  await bare.close();
  const roleArn = `arn:aws:iam::${sandbox}:role/audit/athena-query-tracker`;
  const simulator = await startSimulator({
    ...options,
    faults: { rules: faults },
    ...(externalId === null ? {} : { externalIds: { [roleArn]: externalId } }),
  });
  const env = { AWS_ENDPOINT_URL: simulator.url, AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' };
  return { simulator, clock, main, sandbox, roleArn, io: () => quietIo({ clock, env }) };
}

/** Ids of what ran, or was refused, in some account and Regions within the day. */
function truthOf({ truth }: Simulator, accountId: string, regions: readonly string[]): string[] {
  return regions
    .flatMap((region) => [...truth.rows({ accountId, region })])
    .filter(({ eventTime }) => eventTime !== null && eventTime >= START && eventTime < END)
    .map((row) => row.queryExecutionId ?? `refused ${row.eventIds[0]}`)
    .sort();
}

async function idsOf(output: string, isWanted: (accountId: string, region: string) => boolean): Promise<string[]> {
  const rows = (await readRows(output, 'csv')).filter((row) => isWanted(row.account_id, row.region));
  return rows.map((row) => row.query_execution_id ?? `refused ${row.event_id}`).sort();
}

function manifestsOf(output: string): Manifest[] {
  return [...readTree(output)].filter(([path]) => path.endsWith('_manifest.json')).map(([, text]) => JSON.parse(text));
}

describe('several accounts and Regions in one tree', () => {
  let running: Simulator | null = null;
  afterEach(async () => {
    await running?.close();
    running = null;
  });
  const start = async (...args: Parameters<typeof startCompany>) => {
    const company = await startCompany(...args);
    running = company.simulator;
    return company;
  };

  it('holds every execution of every account and Region, each read at a pace of its own', async () => {
    const { simulator, main, sandbox, roleArn, io } = await start([], 'our-secret');
    const output = temporaryFolder();
    const options = { ...DAY, output, region: REGIONS, accountRole: [roleArn], externalId: 'our-secret' };
    expect(await runCollect(options, io())).toBe(0);
    expect(await idsOf(output, () => true)).toEqual(
      [...truthOf(simulator, main, REGIONS), ...truthOf(simulator, sandbox, REGIONS)].sort(),
    );
    expect(truthOf(simulator, sandbox, REGIONS).length).toBeGreaterThan(3);
    expect(simulator.stats.throttled).toEqual({});
    const [manifest] = manifestsOf(output);
    const places = manifest?.sources.filter(({ kind }) => kind === 'lookup-events');
    expect(places?.map(({ accountId, region }) => `${accountId} ${region}`)).toEqual([
      ...REGIONS.map((region) => `${main} ${region}`),
      ...REGIONS.map((region) => `${sandbox} ${region}`),
    ]);
    const told = io();
    expect(await runVerify({ output }, told)).toBe(0);
    for (const place of places ?? [])
      expect(told.written.stdout).toContain(`${place.accountId}  ${place.region?.padEnd(14)}  24 of 24 hours read`);
  });

  it('reads all Regions that an account has enabled, and says which nobody may ask', async () => {
    // Whoever signs for a Region that the account has not enabled is not known there.
    const rules: FaultRule[] = regionsAround('us-east-1')
      .filter((region) => ![...REGIONS, 'us-west-2', 'eu-west-2'].includes(region))
      .map((region) => ({ kind: 'expired-token', region }));
    rules.push({ kind: 'access-denied', operation: 'LookupEvents', region: 'eu-west-2' });
    const { simulator, main, io } = await start(rules);
    const output = temporaryFolder();
    const told = io();
    expect(await runCollect({ ...DAY, output, region: ['all'] }, told)).toBe(0);
    expect(told.written.stderr).toContain('cloudtrail:LookupEvents is denied in eu-west-2: these Regions are not read');
    expect(await idsOf(output, () => true)).toEqual(truthOf(simulator, main, REGIONS));
    const [manifest] = manifestsOf(output);
    const read = manifest?.sources.filter(({ kind }) => kind === 'lookup-events').map(({ region }) => region);
    expect(read?.sort()).toEqual([...REGIONS, 'us-west-2'].sort());
    const calls = simulator.stats.calls.LookupEvents ?? 0;
    expect(await runSettle({ output, region: ['all'] }, io())).toBe(0);
    expect(simulator.stats.calls.LookupEvents ?? 0).toBeGreaterThan(calls);
  });

  it('reads the accounts of a file, each with external id and Regions, and leaves its own out when told to', async () => {
    const { simulator, sandbox, roleArn, io } = await start([], 'our-secret');
    const output = temporaryFolder();
    const accounts = join(temporaryFolder(), 'accounts.yaml');
    writeFileSync(accounts, `- role: ${roleArn}\n  externalId: our-secret\n  regions: [us-east-1]\n`);
    expect(await runCollect({ ...DAY, output, accounts, ownAccount: false }, io())).toBe(0);
    expect(await idsOf(output, () => true)).toEqual(truthOf(simulator, sandbox, ['us-east-1']));
  });

  it('goes on without an account that lets nobody in, says so, and reads only that one when it does', async () => {
    const { simulator, main, sandbox, roleArn, io } = await start([], 'our-secret');
    const output = temporaryFolder();
    const options = { ...DAY, output, region: REGIONS, accountRole: [roleArn] };
    const first = io();
    expect(await runCollect({ ...options, externalId: 'a-guess' }, first)).toBe(5);
    expect(first.written.stderr).toContain(`${sandbox} us-east-1: starts of 24 hours`);
    expect(first.written.stderr).toContain(`sts:AssumeRole of ${roleArn}`);
    expect(await idsOf(output, () => true)).toEqual(truthOf(simulator, main, REGIONS));
    for (const { status, sources } of manifestsOf(output)) {
      expect(status).toBe('open');
      expect(sources.filter(({ failure }) => failure).map(({ accountId }) => accountId)).toEqual([sandbox, sandbox]);
    }
    const told = io();
    expect(await runVerify({ output }, told)).toBe(3);
    expect(told.written.stdout).toMatch(new RegExp(`${sandbox} +us-east-1 +0 of 24 hours read, 0 rows +← incomplete`));
    expect(told.written.stdout).toContain(`${sandbox} us-east-1 was not read for 24 hours`);
    const calls = simulator.stats.calls.LookupEvents ?? 0;
    expect(await runCollect({ ...options, externalId: 'our-secret' }, io())).toBe(0);
    expect(await idsOf(output, () => true)).toEqual(
      [...truthOf(simulator, main, REGIONS), ...truthOf(simulator, sandbox, REGIONS)].sort(),
    );
    const again = (simulator.stats.calls.LookupEvents ?? 0) - calls;
    const whole = temporaryFolder();
    expect(await runCollect({ ...options, output: whole, externalId: 'our-secret' }, io())).toBe(0);
    expect(readReports(output)).toEqual(readReports(whole));
    expect(again).toBeLessThan((simulator.stats.calls.LookupEvents ?? 0) - calls - again);
  });

  it('keeps an hour open, whatever its age, until settling has read the Region that failed', async () => {
    const rules: FaultRule[] = [
      { kind: 'access-denied', operation: 'LookupEvents', region: 'eu-west-1', until: STARTS_AT + 40 * DAY_MS },
    ];
    const { simulator, clock, main, io } = await start(rules);
    const output = temporaryFolder();
    expect(await runCollect({ ...DAY, output, region: REGIONS }, io())).toBe(5);
    clock.advance(34 * DAY_MS);
    const late = io();
    expect(await runSettle({ output, region: REGIONS }, late)).toBe(5);
    expect(late.written.stderr).toContain('eu-west-1: starts of 24 hours');
    expect(manifestsOf(output).filter(({ status }) => status === 'final')).toEqual([]);
    clock.advance(5 * DAY_MS);
    expect(await runSettle({ output, region: REGIONS }, io())).toBe(0);
    expect(await idsOf(output, () => true)).toEqual(truthOf(simulator, main, REGIONS));
    expect(manifestsOf(output).filter(({ status }) => status === 'open')).toEqual([]);
  });

  it('leaves the executions of a Region whose Athena fails to be settled, and writes the others', async () => {
    const rules: FaultRule[] = [
      { kind: 'server-error', service: 'athena', region: 'eu-west-1', until: STARTS_AT + 4 * DAY_MS },
    ];
    const { clock, io } = await start(rules);
    const output = temporaryFolder();
    const first = io();
    expect(await runCollect({ ...DAY, output, region: REGIONS }, first)).toBe(5);
    expect(first.written.stderr).toMatch(/eu-west-1: (executions|list of executions): /);
    const statuses = async (region: string) =>
      new Set((await readRows(output, 'csv')).filter((row) => row.region === region).map((row) => row.query_status));
    expect(await statuses('eu-west-1')).toContain('pending');
    expect(await statuses('us-east-1')).not.toContain('pending');
    clock.advance(2 * DAY_MS);
    expect(await runSettle({ output, region: REGIONS }, io())).toBe(0);
    expect(await statuses('eu-west-1')).not.toContain('pending');
  });

  it('fails as a whole when the only Region fails', async () => {
    const rules: FaultRule[] = [{ kind: 'access-denied', operation: 'LookupEvents' }];
    const { io } = await start(rules);
    const output = temporaryFolder();
    await expect(runCollect({ ...DAY, output, region: ['us-east-1'] }, io())).rejects.toThrow(
      /denied cloudtrail:LookupEvents/,
    );
    expect(readTree(output).size).toBe(0);
  });
});

describe('accounts that are named wrongly', () => {
  it.each([
    [{ accountRole: ['arn:aws:iam::12:role/x'] }, /--account-role arn:aws:iam::12:role\/x/],
    [{ externalId: 'x' }, /--external-id belongs to --account-role/],
    [{ ownAccount: false }, /--no-own-account leaves no account/],
    [
      { accountRole: ['arn:aws:iam::111122223333:role/a', 'arn:aws:iam::111122223333:role/b'] },
      /111122223333 is named twice/,
    ],
    [{ accounts: 'no/such/file.yaml' }, /--accounts no\/such\/file.yaml/],
  ])('are told what is allowed: %j', async (options, message) => {
    const io = quietIo({ clock: createVirtualClock({ startsAt: STARTS_AT + 3 * 86_400_000 }) });
    await expect(runCollect({ ...DAY, output: temporaryFolder(), ...options }, io)).rejects.toThrow(message);
  });

  it('are told which entry of the file is wrong', async () => {
    const accounts = join(temporaryFolder(), 'accounts.yaml');
    writeFileSync(
      accounts,
      '- role: arn:aws:iam::111122223333:role/a\n- role: arn:aws:iam::444455556666:role/b\n  regions: us-east-1\n',
    );
    const io = quietIo({ clock: createVirtualClock({ startsAt: STARTS_AT + 3 * 86_400_000 }) });
    await expect(runCollect({ ...DAY, output: temporaryFolder(), accounts }, io)).rejects.toThrow(
      /entry 2: regions is "us-east-1"/,
    );
  });
});
