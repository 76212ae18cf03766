import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCollect } from '../../src/cli/collect/collect.js';
import { runCli } from '../../src/cli/main.js';
import { readReports, readRows } from '../end-to-end/collected-company.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { ACCOUNT, at, iamUser, linkRecord, roleSession, type Session, startRecord } from './evidence.js';

const HOUR = 3600;
const clock = { now: () => Date.UTC(2026, 10, 6), sleep: async () => {} };
/** A name that tells nobody. */
const session = (role: string, began: number): Session => ({
  ...{ role, name: `botocore-session-${1_760_000_000 + began}`, key: `ASIA${role.toUpperCase()}`, began },
});

/** Files as a trail delivers them, a record each; five minutes after its time. */
function trailOf(records: readonly { readonly eventTime?: unknown }[]): string {
  const root = mkdtempSync(join(tmpdir(), 'aqt-look-back-'));
  for (const [index, record] of records.entries()) {
    const delivered = new Date(Date.parse(String(record.eventTime)) + 300_000).toISOString();
    const folder = join(root, 'AWSLogs', ACCOUNT, 'CloudTrail/us-east-1', delivered.slice(0, 10).replaceAll('-', '/'));
    mkdirSync(folder, { recursive: true });
    const stamp = `${delivered.slice(0, 16).replace(/[-:]/g, '')}Z`;
    const name = `${ACCOUNT}_CloudTrail_us-east-1_${stamp}_${String(index).padStart(16, 'A')}.json.gz`;
    writeFileSync(join(folder, name), gzipSync(JSON.stringify({ Records: [record] })));
  }
  return root;
}

async function collected(trail: string, output = mkdtempSync(join(tmpdir(), 'aqt-look-back-'))) {
  const options = { from: '2026-11-02', timezone: 'UTC', trail, output, quiet: true };
  expect(await runCollect(options, quietIo({ clock }))).toBe(0);
  return { output, rows: await readRows(output, 'csv') };
}

describe('a trail read for one day', () => {
  it('knows the sessions that began before it: a role session of 12 hours', async () => {
    const role = session('Lake', -11 * HOUR);
    const records = [linkRecord(iamUser('ana'), role), startRecord(roleSession(role), { second: HOUR / 2 })];
    const { rows } = await collected(trailOf(records));
    expect(rows).toMatchObject([{ person: 'ana', identity_method: 'role-chain', identity_confidence: 'verified' }]);
  });

  it('knows a chain of roles, each assumed at the end of the session before', async () => {
    const [first, second, third] = [
      session('One', -14 * HOUR),
      session('Two', -2.1 * HOUR),
      session('Three', -1.2 * HOUR),
    ];
    const last = session('Four', -0.3 * HOUR);
    const records = [
      linkRecord(iamUser('ana'), first),
      linkRecord(roleSession(first), second),
      linkRecord(roleSession(second), third),
      linkRecord(roleSession(third), last),
      startRecord(roleSession(last), { second: 60 }),
    ];
    const { rows } = await collected(trailOf(records));
    expect(rows).toMatchObject([{ person: 'ana', identity_method: 'role-chain' }]);
    expect(rows[0]?.identity_evidence.filter((one) => one.startsWith('event:'))).toHaveLength(4);
  });

  it('knows a federation token of 36 hours, the longest there is', async () => {
    const key = 'ASIAFEDERATED';
    const arn = `arn:aws:sts::${ACCOUNT}:federated-user/nightly`;
    const token = linkRecord(iamUser('ana'), null, {
      name: 'GetFederationToken',
      second: -35 * HOUR,
      request: { name: 'nightly', durationSeconds: 36 * HOUR },
      response: {
        credentials: { accessKeyId: key, expiration: 'Nov 2, 2026, 1:00:00 AM' },
        federatedUser: { federatedUserId: `${ACCOUNT}:nightly`, arn },
      },
    });
    const user = {
      type: 'FederatedUser',
      principalId: `${ACCOUNT}:nightly`,
      arn,
      accountId: ACCOUNT,
      accessKeyId: key,
    };
    const start = startRecord(user, { second: HOUR / 2 });
    const { rows } = await collected(trailOf([token, start]));
    expect(rows).toMatchObject([{ person: 'ana', identity_confidence: 'verified' }]);
    expect(rows[0]?.identity_evidence).toContain(`event:${String(token.eventID)}`);
  });

  it('says nobody where the session began earlier than any can', async () => {
    const role = session('Lake', -40 * HOUR);
    const records = [linkRecord(iamUser('ana'), role), startRecord(roleSession(role), { second: HOUR })];
    const { rows } = await collected(trailOf(records));
    expect(rows).toMatchObject([{ person: null, identity_confidence: 'none' }]);
    expect(at(0)).toBe('2026-11-02T00:00:00Z');
  });
});

describe('the directory that a tree was collected with', () => {
  it('is used when none is given: collecting again gives the bytes that settling would', async () => {
    const role = session('Nightly', -HOUR);
    const trail = trailOf([startRecord(roleSession(role), { second: HOUR })]);
    const directory = join(mkdtempSync(join(tmpdir(), 'aqt-look-back-')), 'people.yaml');
    writeFileSync(directory, 'roles:\n  - { name: Nightly, kind: workload, owner: nightly-etl }\n');
    const output = mkdtempSync(join(tmpdir(), 'aqt-look-back-'));
    const options = { from: '2026-11-02', timezone: 'UTC', trail, output, quiet: true };
    expect(await runCollect({ ...options, directory }, quietIo({ clock }))).toBe(0);
    const bytes = readReports(output);
    expect([...bytes.values()].join('')).toContain('nightly-etl');
    await collected(trail, output);
    expect(readReports(output)).toEqual(bytes);
    await runCli(['settle', output, '--trail', trail, '--deep'], quietIo({ clock }));
    expect(readReports(output)).toEqual(bytes);
  });

  it('is forgotten when an empty one is given', async () => {
    const role = session('Nightly', -HOUR);
    const trail = trailOf([startRecord(roleSession(role), { second: HOUR })]);
    const folder = mkdtempSync(join(tmpdir(), 'aqt-look-back-'));
    writeFileSync(join(folder, 'people.yaml'), 'roles:\n  - { name: Nightly, kind: workload, owner: nightly-etl }\n');
    writeFileSync(join(folder, 'none.yaml'), '');
    const output = mkdtempSync(join(tmpdir(), 'aqt-look-back-'));
    const options = { from: '2026-11-02', timezone: 'UTC', trail, output, quiet: true };
    await runCollect({ ...options, directory: join(folder, 'people.yaml') }, quietIo({ clock }));
    await runCollect({ ...options, directory: join(folder, 'none.yaml') }, quietIo({ clock }));
    expect([...readReports(output).values()].join('')).not.toContain('nightly-etl');
    await collected(trail, output);
    expect([...readReports(output).values()].join('')).not.toContain('nightly-etl');
  });
});
