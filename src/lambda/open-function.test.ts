import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestSimulator } from '../simulator/clients.fixture.js';
import { buildWorld } from '../simulator/company/workload.js';
import { readInputHashes } from '../tree/kept-inputs.js';
import { openWriting } from './open-function.js';

let server: Awaited<ReturnType<typeof startTestSimulator>>;

beforeAll(async () => {
  server = await startTestSimulator({
    world: buildWorld({ seed: 7, days: 1, queriesPerDay: 5 }),
    buckets: ['reports'],
  });
});

afterAll(() => server.close());

const DIRECTORY = 'people:\n  - { id: ana@acorn.example, team: Finance }\n';

it('keeps the directory that a function writes rows with, for whoever writes them next', async () => {
  const { simulator } = server;
  const env = {
    S3_BUCKET: 'reports',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: simulator.url,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  await server.s3.send(new PutObjectCommand({ Bucket: 'reports', Key: 'people.yaml', Body: DIRECTORY }));
  const first = await openWriting({ ...env, IDENTITY_DIRECTORY: 's3://reports/people.yaml' }, undefined);
  expect(await readInputHashes(first.collector.store)).toEqual(first.collector.inputs);
  // As `aqt settle s3://reports` without --directory: rows are made with the one kept.
  const { collector } = await openWriting(env, undefined);
  expect(collector.inputs).toEqual(first.collector.inputs);
  expect(collector.directory).toEqual(first.collector.directory);
});
