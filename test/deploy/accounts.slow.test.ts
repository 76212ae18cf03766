import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportDay } from '../../src/calendar/report-day.js';
import { decodeManifest } from '../../src/record/encode-manifest.js';
import { buildCompany } from '../../src/simulator/company/company.js';
import { buildDeployment } from './built.js';
import { BUCKET, type DeployedDay, startDeployedDay, ZONE } from './deployed-day.js';

const DATE = '2026-11-03';
/** The simulator's company of the deployed day. */
const { sandbox } = buildCompany({ seed: 11, deletedAt: null }).accounts;

let built: Awaited<ReturnType<typeof buildDeployment>>;
beforeAll(async () => {
  built = await buildDeployment();
});
afterAll(() => built.remove());

/** Ids in the reports of the day, by account. */
function rowsOf({ simulator }: DeployedDay): { accounts: Set<string>; rows: number; open: number; failures: number } {
  const [year, month, day] = DATE.split('-');
  const options = { prefix: `year=${year}/month=${month}/day=${day}/`, after: '', now: simulator.clock.now() };
  const accounts = new Set<string>();
  const sum = { rows: 0, open: 0, failures: 0 };
  for (const { key, bytes } of simulator.store.list(BUCKET, options)) {
    const text = bytes.toString('utf8');
    if (key.endsWith('/_manifest.json')) {
      const manifest = decodeManifest(text);
      if (typeof manifest === 'string') throw new Error(manifest);
      sum.open += manifest.status === 'open' ? 1 : 0;
      sum.failures += manifest.sources.filter(({ failure }) => failure !== undefined).length;
      continue;
    }
    for (const line of text.split('\n').filter((one) => one !== '')) {
      accounts.add((JSON.parse(line) as { account_id: string }).account_id);
      sum.rows++;
    }
  }
  return { accounts, ...sum };
}

function truthOf({ simulator }: DeployedDay, accountIds: readonly string[]): number {
  const { start, end } = reportDay(DATE, ZONE).window;
  return accountIds
    .flatMap((accountId) => [...simulator.truth.rows({ accountId, region: 'us-east-1' })])
    .filter(({ eventTime }) => eventTime !== null && eventTime >= start && eventTime < end).length;
}

it('the deployed functions collect other accounts by their roles, and go on without one that lets nobody in', async () => {
  const [right, wrong] = ['audit', 'nobody'].map((name) => `arn:aws:iam::${sandbox}:role/${name}`);
  const options = {
    folder: built.folder,
    startsAt: '2026-11-01T04:00:00Z',
    now: '2026-11-04T06:00:00Z',
    queriesPerDay: 400,
    lookupPerSecond: 100,
    externalIds: { [wrong ?? '']: 'another-secret' },
  };
  const both = await startDeployedDay({ ...options, env: { ACCOUNT_ROLES: right ?? '', EXTERNAL_ID: 'our-secret' } });
  try {
    expect(await both.runDay(DATE)).toMatchObject({ status: 'SUCCEEDED' });
    const found = rowsOf(both);
    expect(found.accounts).toEqual(new Set([both.accountId, sandbox]));
    expect(found.rows).toBe(truthOf(both, [both.accountId, sandbox]));
    expect(found.failures).toBe(0);
  } finally {
    await both.close();
  }
  const alone = await startDeployedDay({ ...options, env: { ACCOUNT_ROLES: wrong ?? '', EXTERNAL_ID: 'our-secret' } });
  try {
    await alone.runDay(DATE);
    const found = rowsOf(alone);
    expect(found.accounts).toEqual(new Set([alone.accountId]));
    expect(found.rows).toBe(truthOf(alone, [alone.accountId]));
    expect(found).toMatchObject({ open: 24, failures: 24 });
  } finally {
    await alone.close();
  }
});
