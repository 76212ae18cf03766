import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportDay } from '../../src/calendar/report-day.js';
import { diagnoseMembers } from '../../src/cli/operate/doctor-members.js';
import { openStackClients } from '../../src/cli/operate/stack-clients.js';
import { openStore } from '../../src/compose/open-store.js';
import { decodeManifest } from '../../src/record/encode-manifest.js';
import { buildCompany } from '../../src/simulator/company/company.js';
import { quietIo } from '../end-to-end/quiet-io.js';
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

/** What the doctor says of the member account of a stack with this role: its own look by AssumeRole, and the reports. */
async function saidOfMember(stack: DeployedDay, role: string, externalId: string) {
  const clock = { now: () => stack.simulator.clock.now(), sleep: async () => {} };
  const io = quietIo({ clock, env: stack.env, stopwatch: () => performance.now() });
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = stack.env[name];
  const request = {
    clients: await openStackClients({}, io),
    stack: { parameters: { AccountRoles: role, ExternalId: externalId }, outputs: {} },
    regions: ['us-east-1'],
    store: await openStore(`s3://${BUCKET}`, { clock, env: stack.env }),
    profile: undefined,
  };
  const findings = [];
  for await (const finding of diagnoseMembers(request, io)) findings.push(finding);
  expect(findings).toHaveLength(1);
  return findings[0];
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
    const read = `${sandbox} us-east-1: the functions read it, the last time for ${DATE} hour 23`;
    expect(await saidOfMember(both, right ?? '', 'our-secret')).toMatchObject({ status: 'pass', message: read });
    // The role lets nobody in with another external id; the functions' reports still tell.
    expect(await saidOfMember(both, wrong ?? '', 'our-secret')).toMatchObject({ status: 'pass', message: read });
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
    expect(await saidOfMember(alone, wrong ?? '', 'our-secret')).toMatchObject({
      status: 'fail',
      message: expect.stringContaining(`${sandbox} us-east-1: the functions could not read it at ${DATE} hour 23`),
    });
    // Whoever gives the right external id now is let in: it was mended since.
    expect(await saidOfMember(alone, wrong ?? '', 'another-secret')).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('can be read now'),
    });
  } finally {
    await alone.close();
  }
});
