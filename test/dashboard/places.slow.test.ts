import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditFinding } from '../../src/analytics/audit/audit-findings.js';
import { cachedFindings, type PlacedFinding } from '../../src/analytics/audit/audit-findings.js';
import type { PlaceAccount } from '../../src/analytics/audit/places.js';
import { openCache } from '../../src/analytics/cache/cache.js';
import { cacheFolder } from '../../src/analytics/cache/cache-files.js';
import { syncCache } from '../../src/analytics/cache/sync-cache.js';
import { runCollect } from '../../src/cli/collect/collect.js';
import { runReport } from '../../src/cli/look/report.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import type { PlaceAdvice } from '../../src/dashboard/answers/next-commands.js';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.js';
import { createVirtualClock } from '../../src/simulator/wire/clocks.js';
import { createLocalStore } from '../../src/storage/local-store.js';
import { DAY_MS, STARTS_AT } from '../end-to-end/collected-company.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { emptyPage, serveFolder, temporaryFolder, until } from './fixture-served.js';

const REGIONS = ['us-east-1', 'eu-west-1'];
const [FIRST, SECOND] = ['2026-11-02', '2026-11-03'];

/** The part of `aqt verify --json` that the dashboard tells, too. */
interface Verified {
  findings: { tree: string; key: string; text: string; accepted: { reason: string } | null }[];
  places: {
    tree: string;
    accountId: string;
    region: string;
    hours: number;
    notRead: number;
    rows: number;
    inSystemTable: number | null;
    absentFromSystemTable: number | null;
  }[];
}

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let simulator: Simulator;
let output: string;
let verify: (accept?: string) => Promise<Verified>;
/** A day on which the other account lets nobody in, and one on which it does; a workgroup may not be listed, some events are lost. */
beforeAll(async () => {
  root = await temporaryFolder();
  output = join(root.path, 'reports');
  const clock = createVirtualClock({ startsAt: STARTS_AT + 4 * DAY_MS });
  const options = {
    seed: 5,
    clock,
    company: { days: 4, startsAt: STARTS_AT, queriesPerDay: 200, rates: { unseen: 0.1 } },
    systemTable: { enabledAt: STARTS_AT, delayMs: 600_000 },
    deniedWorkGroups: ['analytics'],
  };
  const bare = await startSimulator(options);
  const { sandbox } = bare.world.company.accounts;
  await bare.close();
  const roleArn = `arn:aws:iam::${sandbox}:role/audit/athena-query-tracker`;
  simulator = await startSimulator({ ...options, externalIds: { [roleArn]: 'our-secret' } });
  const env = { AWS_ENDPOINT_URL: simulator.url, AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' };
  const io = () => quietIo({ clock, env });
  const collect = (from: string, externalId: string) =>
    runCollect({ from, output, region: REGIONS, accountRole: [roleArn], externalId, systemTable: 'primary' }, io());
  expect(await collect(FIRST, 'a-guess')).toBe(5);
  expect(await collect(SECOND, 'our-secret')).toBe(0);
  verify = async (accept) => {
    const told = io();
    await runVerify({ output, json: true, ...(accept === undefined ? {} : { accept }) }, told);
    return JSON.parse(told.written.stdout) as Verified;
  };
});
afterAll(async () => {
  await simulator?.close();
  await root?.remove();
});

async function findings(): Promise<PlacedFinding[]> {
  const clock = { now: () => Date.now(), sleep: async () => {} };
  const folder = await cacheFolder(output, process.env);
  await syncCache({ store: createLocalStore(output, { clock }), folder });
  const cache = await openCache(folder);
  if (!cache) throw new Error('there is no cache');
  try {
    return await cachedFindings((sql) => cache.rows(sql), {});
  } finally {
    cache.close();
  }
}

const keysOf = (list: readonly { tree: string; key: string }[]) => list.map(({ tree, key }) => `${tree}${key}`).sort();

describe('what the dashboard says of accounts and Regions', () => {
  it('is what verify says: the same findings, by the same keys, in the same words', async () => {
    const [verified, told] = [await verify(), await findings()];
    expect(keysOf(told)).toEqual(keysOf(verified.findings));
    expect(new Set(told.map(({ kind }) => kind))).toEqual(
      new Set(['not-read', 'unattributed', 'not-listed', 'table-unread']),
    );
    for (const { key, text } of verified.findings) expect(told.find((one) => one.key === key)?.text, key).toBe(text);
  });

  it('does not let a report call a day complete that lacks an account', async () => {
    const clock = createVirtualClock({ startsAt: STARTS_AT + 4 * DAY_MS });
    const told = quietIo({ clock });
    expect(await runReport({ output, range: 'all' }, told)).toBe(0);
    expect(told.written.stdout).toContain(`24 hours lack an account or Region: aqt verify ${output} says which.`);
    const page = quietIo({ clock });
    await runReport({ output, range: 'all', html: '-' }, page);
    expect(page.written.stdout).toContain('Incomplete: 24 hours lack an account or Region');
  });

  it('adds up as verify does: hours, rows, and the system table', async () => {
    const served = await serveFolder(output, { page: await emptyPage(root.path) });
    const { places } = await served.json<{ places: (PlaceAccount & PlaceAdvice)[] }>('/api/places');
    const verified = await verify();
    expect(
      places.map(({ accountId, region, hoursRead, hoursLacking, rows, systemTable }) => ({
        ...{ accountId, region, hours: hoursRead, notRead: hoursLacking, rows },
        inSystemTable: systemTable?.seen ?? null,
        absentFromSystemTable: systemTable?.absent ?? null,
        // Nobody hears Athena's events here.
        ...{ events: null, daysListedInPart: 0 },
      })),
    ).toEqual(verified.places.map(({ tree: _, ...place }) => place));
    const lacking = places.filter(({ hoursLacking }) => hoursLacking > 0);
    expect(lacking.map(({ region }) => region)).toEqual([...REGIONS].sort());
    for (const place of lacking) {
      expect(place).toMatchObject({ days: 2, daysRead: 1, hoursRead: 24, hoursLacking: 24, accepted: null });
      expect(place.spans).toEqual([
        { state: 'lacking', from: FIRST, to: FIRST, days: 1, hoursLacking: 24 },
        { state: 'read', from: SECOND, to: SECOND, days: 1, hoursLacking: 0 },
      ]);
      expect(place.failure?.text).toContain('sts:AssumeRole');
      expect(place.command).toBe(`aqt collect --from ${FIRST} --to ${FIRST} --output ${output}`);
    }
    const { places: summary } = await served.json<{ places: { count: number; unread: { from: string }[] } }>(
      '/api/status',
    );
    expect(summary).toMatchObject({ count: 4, accounts: 2, regions: 2 });
    expect(summary.unread.map(({ from }) => from)).toEqual([FIRST, FIRST]);
    await served.close();
  });

  it('keeps what was accepted apart, with the reason, without being started again', async () => {
    const served = await serveFolder(output, { page: await emptyPage(root.path) });
    const reason = 'the account was opened on the third';
    const verified = await verify(reason);
    expect(verified.findings.every(({ accepted }) => accepted?.reason === reason)).toBe(true);
    const told = await findings();
    expect(told.length).toBeGreaterThan(3);
    expect(told.filter(({ accepted }) => accepted?.reason !== reason)).toEqual([]);
    const status = await until(async () => {
      const { places } = await served.json<{ places: { unread: unknown[] } }>('/api/status');
      return places.unread.length === 0 ? places : null;
    });
    expect(status.unread).toEqual([]);
    const audit = await served.json<{ findings: AuditFinding[] }>('/api/audit');
    const accepted = audit.findings.filter((finding) => finding.accepted !== null);
    expect(accepted.map(({ title }) => title)).toContain('Hours that lack an account or Region');
    expect(audit.findings.filter(({ title }) => title === 'Queries that CloudTrail never showed')).toHaveLength(1);
    await served.close();
  });

  it('follows the working files when they go, as verify does', async () => {
    await rm(join(output, '_work', 'accepted.json'));
    await rm(join(output, '_work', 'closings', `${SECOND}.json`));
    const [verified, told] = [await verify(), await findings()];
    const gone = ['gone _work/accepted.json', `gone _work/closings/${SECOND}.json`];
    // Only the seals can tell what is gone, and the dashboard does not read them (docs/dashboard.md).
    expect(keysOf(verified.findings)).toEqual([...keysOf(told), ...gone].sort());
    expect(keysOf(told)).toContain(`${SECOND} not closed`);
    expect(told.every(({ accepted }) => accepted === null)).toBe(true);
    for (const folder of ['seals', 'evidence']) await rm(join(output, '_work', folder), { recursive: true });
    expect(keysOf(await findings())).toEqual(keysOf((await verify()).findings));
    expect(keysOf(await findings())).toContain('a copy without seals and evidence');
  });
});
