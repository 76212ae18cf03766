import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDigests } from '../../src/cli/collect/check-digests.js';
import { runCollect } from '../../src/cli/collect/collect.js';
import type { Manifest } from '../../src/record/manifest.js';
import { startTestSimulator } from '../../src/simulator/clients.fixture.js';
import { buildWorld } from '../../src/simulator/company/workload.js';
import { readTree, temporaryFolder } from '../end-to-end/collected-company.js';
import { quietIo } from '../end-to-end/quiet-io.js';

const DAY_MS = 86_400_000;
const world = buildWorld({ seed: 3, days: 1, queriesPerDay: 60, noisePerDay: 20 });
const digests = { bucket: 'trail', trailName: 'main', backfillShare: 0.3, backfillAfterMs: 3 * DAY_MS };
let aws: Awaited<ReturnType<typeof startTestSimulator>>;

beforeAll(async () => {
  const now = world.endsAt + 20 * DAY_MS;
  aws = await startTestSimulator({ world, seed: 3, now, trail: { bucket: 'trail', layout: 'account', digests } });
});
afterAll(() => aws.close());

const io = (env: Record<string, string> = {}) =>
  quietIo({
    clock: aws.clock,
    env: {
      AWS_ENDPOINT_URL: aws.simulator.url,
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
      ...env,
    },
  });
const window = { start: world.startsAt, end: world.endsAt };
const collect = (options: Partial<Parameters<typeof runCollect>[0]>, terminal = io()) => {
  const output = temporaryFolder();
  const request = { from: '2026-11-01', output, trail: 's3://trail', validateDigests: true, ...options };
  return runCollect(request, terminal).then((code) => ({ code, output, terminal }));
};
const objects = () => [...aws.simulator.store.list('trail', { prefix: '', after: '', now: aws.clock.now() })];

describe('--validate-digests with the real SDK', () => {
  it('reads signatures out of S3 metadata and keys from ListPublicKeys, and answers in every manifest', async () => {
    const before = aws.simulator.stats.calls.ListPublicKeys ?? 0;
    const { code, output, terminal } = await collect({});
    expect(terminal.written.stderr).toContain('nothing found');
    expect(code).toBe(0);
    const all = objects().filter(({ key }) => key.includes('/CloudTrail-Digest/')).length;
    const logs = objects().filter(({ key }) => key.includes('/CloudTrail/')).length;
    const manifests = [...readTree(output)]
      .filter(([path]) => path.endsWith('_manifest.json'))
      .map(([, text]) => JSON.parse(text) as Manifest);
    expect(manifests.length).toBe(25 - 1);
    for (const { sources } of manifests)
      expect(sources.find(({ kind }) => kind === 'trail-files')?.counts).toMatchObject({
        ...{ digests: all, digestsSigned: all, digestsUnsigned: 0, digestFindings: 0 },
        ...{ logFilesProven: logs, logFilesUnproven: 0 },
      });
    // Two keys a Region: the one of the hours, and that of the hour in which the backfill was made.
    const calls = (aws.simulator.stats.calls.ListPublicKeys ?? 0) - before;
    expect(calls).toBeLessThanOrEqual(2 * world.company.regions.length);
  });

  it('says what was found, exits with 3, and still collects', async () => {
    const victim = objects().find(({ key }) => key.includes('/CloudTrail/us-east-1/'));
    if (!victim) throw new Error('the simulated trail has no log file');
    aws.simulator.store.remove('trail', victim.key);
    try {
      const { code, output, terminal } = await collect({ json: true });
      expect(code).toBe(3);
      expect(terminal.written.stderr).toContain(`${victim.key}: a digest names it, and it is missing`);
      expect(JSON.parse(terminal.written.stdout)).toMatchObject({
        hours: 24,
        digests: { counts: { digestFindings: 1 } },
      });
      expect(readTree(output).size).toBe(48);
    } finally {
      aws.simulator.store.put('trail', victim, { ifMatch: undefined, ifNoneMatch: undefined });
    }
  });

  it('finds a signature that was replaced in the metadata', async () => {
    const victim = objects().find(({ key }) => key.endsWith('_backfill.json.gz'));
    if (!victim) throw new Error('the simulated trail has no backfill digest');
    const metadata = { ...victim.metadata, 'x-amz-meta-signature': '00'.repeat(256) };
    aws.simulator.store.put('trail', { ...victim, metadata }, { ifMatch: undefined, ifNoneMatch: undefined });
    try {
      const { findings } = await checkDigests({ trail: 's3://trail', window }, io());
      expect(findings).toEqual([`${victim.key}: its signature is wrong`]);
    } finally {
      aws.simulator.store.put('trail', victim, { ifMatch: undefined, ifNoneMatch: undefined });
    }
  });

  it('stops with the way out when the credentials have expired', async () => {
    const expired = io({
      AWS_ACCESS_KEY_ID: [...world.byKey].find(([, { expiresAt }]) => expiresAt !== null)?.[0] ?? '',
    });
    await expect(checkDigests({ trail: 's3://trail', window }, expired)).rejects.toThrow(/sign in again/);
  });

  it('proves a copy in a folder offline, but for signatures, and says so', async () => {
    const folder = temporaryFolder();
    for (const { key, bytes } of objects()) {
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      writeFileSync(join(folder, key), bytes);
    }
    const offline = quietIo({ clock: aws.clock });
    const { code, output } = await collect({ trail: folder }, offline);
    expect(code).toBe(0);
    expect(offline.written.stderr).toMatch(/0 signatures right, \d+ could not be checked \(no AWS credentials/);
    const manifest = [...readTree(output).keys()].find((path) => path.endsWith('_manifest.json')) ?? '';
    expect(readFileSync(join(output, manifest), 'utf8')).toContain('"digestsSigned": 0');
  });
});
