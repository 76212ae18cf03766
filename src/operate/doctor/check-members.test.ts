import { describe, expect, it } from 'vitest';
import { encodeManifest } from '../../record/encode-manifest.js';
import { createLedgerCounter } from '../../record/ledger.js';
import type { Manifest, ManifestSource } from '../../record/manifest.js';
import { manifestKey } from '../../tree/layout.js';
import { createMemoryStore } from '../../tree/memory-store.fixture.js';
import { checkMembers, type Tried } from './check-members.js';

const NO_STARTS = { startsRead: 0, duplicates: 0, malformed: 0, starts: 0, executionStarts: 0 };
const NOW = Date.parse('2026-11-20T06:00:00Z');
const ROLE = { roleArn: 'arn:aws:iam::222233334444:role/athena-query-tracker', accountId: '222233334444' };

/** What the doctor says of one member in one Region, whose hours name these sources. */
async function said(
  hours: readonly (readonly Partial<ManifestSource>[])[],
  tried: Tried = null,
  change: { readonly isStoreKnown?: boolean } = {},
) {
  const store = createMemoryStore();
  for (const [hour, sources] of hours.entries()) {
    const key = manifestKey({ reportDate: '2026-11-19', hour });
    const from = '2026-11-19T05:00:00.000Z';
    const whole = sources.map((source) => ({
      ...{ kind: 'lookup-events', accountId: ROLE.accountId, region: 'eu-west-1', counts: {}, from, to: from },
      ...source,
    }));
    const ledger = createLedgerCounter({ ...NO_STARTS, refused: 0, repeatedStarts: 0 }).ledger();
    const manifest: Manifest = {
      ...{ schema: 1, reportDate: '2026-11-19', hour, timezone: 'UTC', format: 'csv', sources: whole, ledger },
      window: { start: from, end: '2026-11-19T06:00:00.000Z' },
      report: { key: 'k', rows: 0, bytes: 0, sha256: '0'.repeat(64) },
      ...{
        evidence: [],
        pending: [],
        status: 'open',
        version: 1,
        previous: null,
        collectedAt: from,
        generator: 'test',
      },
    };
    await store.write(key, Buffer.from(encodeManifest(manifest)), 'any');
  }
  const found = [];
  for await (const finding of checkMembers({
    ...{ roles: [ROLE], regions: ['eu-west-1'], clock: { now: () => NOW, sleep: async () => {} } },
    store: change.isStoreKnown === false ? null : store,
    tryRole: async () => tried,
  }))
    found.push(finding);
  expect(found).toHaveLength(1);
  return found[0];
}

describe('a member account', () => {
  it('is fine when the newest hour that the functions wrote has it, whether the role lets the caller in or not', async () => {
    const failed = [{ failure: 'AccessDenied: no' }];
    expect(await said([failed, [{}]])).toMatchObject({
      status: 'pass',
      message: '222233334444 eu-west-1: the functions read it, the last time for 2026-11-19 hour 1',
    });
    expect(await said([[{}]], { failure: null })).toMatchObject({ status: 'pass' });
  });

  it('fails when the functions could not read it, with their reason and the way out', async () => {
    const finding = await said([[{}], [{}, { kind: 'athena-api', failure: 'AWS denied sts:AssumeRole' }]]);
    expect(finding).toMatchObject({ status: 'fail' });
    expect(finding?.message).toContain('could not read it at 2026-11-19 hour 1: AWS denied sts:AssumeRole');
    expect(finding?.fix).toMatch(/the trust of the three functions, the external id.*aqt settle/);
  });

  it('is a warning when it was mended since, or nobody can tell', async () => {
    expect(await said([[{ failure: 'denied' }]], { failure: null })).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('can be read now'),
    });
    expect(await said([])).toMatchObject({ status: 'warn', message: expect.stringContaining('is unknown') });
    // Another Region of it tells nothing of this one.
    expect(await said([[{ region: 'us-east-1' }]])).toMatchObject({ status: 'warn' });
    expect(await said([[{}]], null, { isStoreKnown: false })).toMatchObject({ status: 'warn' });
  });

  it('fails when the role lets the caller in and may not read', async () => {
    const finding = await said([[{}]], { failure: 'its workgroups cannot be listed: AccessDenied' });
    expect(finding).toMatchObject({ status: 'fail', message: expect.stringContaining('workgroups cannot be listed') });
  });
});
