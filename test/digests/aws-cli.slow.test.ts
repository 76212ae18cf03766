import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { checkDigests } from '../../src/cli/collect/check-digests.js';
import { startTestSimulator } from '../../src/simulator/clients.fixture.js';
import { buildWorld } from '../../src/simulator/company/workload.js';
import { quietIo } from '../end-to-end/quiet-io.js';

const isThere = spawnSync('aws', ['--version']).status === 0;
if (!isThere) process.stderr.write('SKIPPED: no aws command here, so AWS has no say about the digests\n');

it.skipIf(!isThere)("AWS's own validator counts the same valid digests, backfills and log files", async () => {
  const world = buildWorld({ seed: 3, days: 1, queriesPerDay: 60, noisePerDay: 20 });
  const digests = { bucket: 'trail', trailName: 'main', backfillShare: 0.3 };
  const now = world.endsAt + 20 * 86_400_000;
  const aws = await startTestSimulator({ world, seed: 3, now, trail: { bucket: 'trail', layout: 'account', digests } });
  const env = {
    AWS_ENDPOINT_URL: aws.simulator.url,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
  };
  const account = world.company.accounts.main;
  const sums = { digests: 0, backfills: 0, logs: 0 };
  try {
    for (const region of world.company.regions) {
      const { stdout } = await promisify(execFile)(
        'aws',
        [
          ...['cloudtrail', 'validate-logs', '--region', region, '--account-id', account, '--s3-bucket', 'trail'],
          ...['--trail-arn', `arn:aws:cloudtrail:us-east-1:${account}:trail/main`],
          ...['--start-time', '2026-10-30T00:00:00Z', '--end-time', new Date(now).toISOString()],
        ],
        { env: { ...process.env, ...env } },
      );
      const count = (kind: string) => Number(new RegExp(`(\\d+)/\\1 ${kind} valid`).exec(stdout)?.[1] ?? 0);
      expect(stdout).not.toContain('INVALID');
      sums.digests += count('digest files');
      sums.backfills += count('backfill digest files');
      sums.logs += count('log files');
    }
    const window = { start: world.startsAt, end: world.endsAt };
    const { counts, findings } = await checkDigests(
      { trail: 's3://trail', window },
      quietIo({ clock: aws.clock, env }),
    );
    expect(findings).toEqual([]);
    expect(sums.backfills).toBeGreaterThan(3);
    expect(counts).toMatchObject({ digestsSigned: sums.digests + sums.backfills, logFilesProven: sums.logs });
  } finally {
    await aws.close();
  }
});
