import dns from 'node:dns';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestSimulator } from '../simulator/clients.fixture.js';
import { buildWorld } from '../simulator/company/workload.js';
import { openStore } from './open-store.js';
import { openTrailBucket } from './open-trail.js';

const clock = { now: () => 0, sleep: async () => {} };
const folder = mkdtempSync(join(tmpdir(), 'open-s3-'));
let server: Awaited<ReturnType<typeof startTestSimulator>>;
let url: string;

/** An S3-compatible server on another host, which has a name, and none for each bucket. */
const HOST = 's3.acorn.example';

beforeAll(async () => {
  const world = buildWorld({ seed: 7, days: 1, queriesPerDay: 5 });
  server = await startTestSimulator({ world, buckets: ['reports', 'trail'] });
  url = server.simulator.url.replace(/\/\/[^:]+/, `//${HOST}`);
  vi.spyOn(dns, 'lookup').mockImplementation(((host: string, options: { all?: boolean }, done: Resolved) => {
    if (host !== HOST) return done(new Error(`there is no host ${host}`));
    return options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
  }) as never);
});

type Resolved = (error: Error | null, ...found: unknown[]) => void;

afterAll(async () => {
  vi.restoreAllMocks();
  await server.close();
  rmSync(folder, { recursive: true });
});

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' };

function configFile(text: string): { AWS_CONFIG_FILE: string; AWS_SHARED_CREDENTIALS_FILE: string } {
  const path = join(folder, `config-${text.length}`);
  writeFileSync(path, text);
  const keys = join(folder, 'credentials');
  writeFileSync(keys, '[lake]\naws_access_key_id = AKIATEST\naws_secret_access_key = test\n');
  return { AWS_CONFIG_FILE: path, AWS_SHARED_CREDENTIALS_FILE: keys };
}

const CASES: Readonly<Record<string, () => { env: Record<string, string>; profile?: string }>> = {
  AWS_ENDPOINT_URL: () => ({ env: { ...KEYS, AWS_ENDPOINT_URL: url } }),
  'AWS_ENDPOINT_URL_S3 before AWS_ENDPOINT_URL': () => ({
    env: { ...KEYS, AWS_ENDPOINT_URL_S3: url, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
  }),
  'endpoint_url of a profile': () => ({
    env: { ...KEYS, ...configFile(`[profile lake]\nregion = us-east-1\nendpoint_url = ${url}\n`) },
    profile: 'lake',
  }),
  'services of AWS_PROFILE': () => ({
    env: {
      ...KEYS,
      ...configFile(`[profile lake]\nservices = own\n[services own]\ns3 =\n  endpoint_url = ${url}\n`),
      AWS_PROFILE: 'lake',
    },
  }),
};

describe.each(Object.entries(CASES))('an S3-compatible server named by %s', (_, options) => {
  it('keeps reports and gives log files by one rule', async () => {
    const aws = options();
    // The SDK reads a profile's credentials by itself.
    for (const [name, value] of Object.entries(aws.env)) if (/FILE$/.test(name)) vi.stubEnv(name, value);
    const store = await openStore('s3://reports/audit', { ...aws, clock });
    await store.write('k', Buffer.from('x'), 'any');
    expect((await store.read('k'))?.bytes.toString()).toBe('x');
    const { bucket } = await openTrailBucket('s3://trail', aws);
    const keys: string[] = [];
    for await (const { key } of bucket.list('', null)) keys.push(key);
    expect(keys).toEqual([]);
    vi.unstubAllEnvs();
  });
});
