import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { buildWorld } from './company/workload.js';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.js';
import { createVirtualClock } from './wire/clocks.js';

/** A simulator on a virtual clock that stands two days after the history, with real clients that never retry. */
export async function startTestSimulator(options: Partial<SimulatorOptions> & { now?: number } = {}) {
  const { now, ...rest } = options;
  const world = options.world ?? buildWorld({ seed: 7, days: 2, queriesPerDay: 300, ...options.company });
  const clock = createVirtualClock({ startsAt: now ?? world.endsAt + 2 * 86_400_000 });
  const simulator: Simulator = await startSimulator({ seed: 7, clock, ...rest, world });
  const config = (accessKeyId = 'AKIATEST', region = 'us-east-1') => ({
    endpoint: simulator.url,
    region,
    credentials: { accessKeyId, secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  return {
    simulator,
    world,
    clock,
    config,
    cloudtrail: new CloudTrailClient(config()),
    athena: new AthenaClient(config()),
    sts: new STSClient(config()),
    s3: new S3Client(config()),
    identityStore: new IdentitystoreClient(config()),
    close: () => simulator.close(),
  };
}
