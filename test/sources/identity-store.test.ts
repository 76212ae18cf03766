import { expect, test } from 'vitest';
import { createPacer } from '../../src/ports/pacer.js';
import { startTestSimulator } from '../../src/simulator/clients.fixture.js';
import {
  createDescribeUser,
  createIdentityStore,
  type DescribeUser,
} from '../../src/sources/accounts/identity-store.js';
import { awsError, createTestClock } from '../../src/sources/lookup/lookup-history.fixture.js';

const STORE = 'arn:aws:identitystore::111122223333:identitystore/d-9067642ac7';

function sourceOf(regions: Readonly<Record<string, DescribeUser>>) {
  const clock = createTestClock();
  const random = () => 0;
  const warnings: string[] = [];
  const source = createIdentityStore({
    regions: Object.entries(regions).map(([region, describeUser]) => ({
      region,
      describeUser,
      pacer: createPacer({ ratePerSecond: 20, clock, random }),
    })),
    accountId: '111122223333',
    clock,
    random,
    warn: (message) => warnings.push(message),
  });
  const find = async (...users: string[]) => {
    const answers: [string, string | null][] = [];
    for await (const { user, name } of source.find(users)) answers.push([user, name]);
    return answers;
  };
  return { source, warnings, find, clock };
}

test('names a user of the simulated store with the real SDK, and says when there is none', async () => {
  const { identityStore, world, close } = await startTestSimulator({ seed: 3, company: { days: 1 } });
  const [person] = world.company.people;
  const storeArn = world.company.identityStoreArn;
  const { find, source } = sourceOf({ 'us-east-1': createDescribeUser(identityStore) });
  expect(await find(`${storeArn}#${person?.storeUserId}`, `${storeArn}#11111111-2222-3333-4444-555555555555`)).toEqual([
    [`${storeArn}#${person?.storeUserId}`, person?.id],
    [`${storeArn}#11111111-2222-3333-4444-555555555555`, null],
  ]);
  expect(source.account().counts).toMatchObject({ calls: 2, named: 1, notFound: 1, denied: 0 });
  await close();
});

test('warns once where it may not ask, is not stopped by it, and calls nobody unknown whom it could not ask for', async () => {
  const denied: DescribeUser = async () => {
    throw awsError('AccessDeniedException');
  };
  const { find, source, warnings } = sourceOf({ 'us-east-1': denied });
  expect(await find(`${STORE}#u-1`, `${STORE}#u-2`, `${STORE}#u-3`)).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('identitystore:DescribeUser is not permitted in us-east-1')]);
  expect(source.account().counts).toMatchObject({ calls: 1, denied: 1 });
});

test('finds the Region in which the store lives, and asks there first from then on', async () => {
  const asked: string[] = [];
  const regionOf =
    (region: string, name: string | null): DescribeUser =>
    async ({ userId }) => {
      asked.push(`${region} ${userId}`);
      if (name === null) throw awsError('ResourceNotFoundException');
      return `${name}-${userId}`;
    };
  const { find } = sourceOf({ 'us-east-1': regionOf('us-east-1', null), 'eu-west-1': regionOf('eu-west-1', 'ana') });
  expect(await find(`${STORE}#1`, `${STORE}#2`)).toEqual([
    [`${STORE}#1`, 'ana-1'],
    [`${STORE}#2`, 'ana-2'],
  ]);
  expect(asked).toEqual(['us-east-1 1', 'eu-west-1 1', 'eu-west-1 2']);
});

test('keeps the pace of the quota', async () => {
  const { find, clock } = sourceOf({ 'us-east-1': async () => 'ana' });
  const began = clock.now();
  await find(...Array.from({ length: 41 }, (_, number) => `${STORE}#${number}`));
  expect(clock.now() - began).toBeGreaterThanOrEqual(2000);
});
