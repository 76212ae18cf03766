import { expect, it } from 'vitest';
import { createMemoryStore } from '../memory-store.fixture.js';
import { keepDeliveries, readDeliveries } from './deliveries.js';

const DATE = '2026-11-10';
const at = (time: string) => Date.parse(`2026-11-${time}:00Z`);
const day = (listed: number, read: number, place = 's3://logs') => ({ place, date: DATE, listed, read });

it('says of each place what the last list showed, and when one showed it first after the day was over', async () => {
  const store = createMemoryStore();
  const known = async () =>
    (await readDeliveries(store, { tree: '', from: null, to: null })).map(({ place, listed, read, listedAt }) => {
      return [place, listed, read, listedAt.slice(8, 13)];
    });
  await keepDeliveries(store, [day(3, 2)], { now: at('10T20:00') });
  await keepDeliveries(store, [day(3, 2)], { now: at('10T22:00') });
  expect(await known()).toEqual([['s3://logs', 3, 2, '10T22']]);
  await keepDeliveries(store, [day(4, 4), day(1, 1, 's3://a')], { now: at('11T02:00') });
  await keepDeliveries(store, [day(4, 4)], { now: at('12T02:00') });
  const last = [
    ['s3://a', 1, 1, '11T02'],
    ['s3://logs', 4, 4, '11T02'],
  ];
  expect(await known()).toEqual(last);
  // A run that listed before and ends after says nothing new.
  await keepDeliveries(store, [day(2, 2)], { now: at('11T01:00') });
  expect(await known()).toEqual(last);
  await keepDeliveries(store, [day(5, 4)], { now: at('13T02:00') });
  expect((await known())[1]).toEqual(['s3://logs', 5, 4, '13T02']);
  expect(await readDeliveries(store, { tree: '', from: '2026-11-11', to: null })).toEqual([]);
  expect(await readDeliveries(store, { tree: '', from: null, to: '2026-11-09' })).toEqual([]);
});

it('says nothing where it is damaged, and is written anew', async () => {
  const store = createMemoryStore();
  await keepDeliveries(store, [day(3, 3)], { now: at('11T02:00') });
  const [key = ''] = store.files.keys();
  for (const damaged of ['', 'null', '[]', '{"schema":1,"places":{"x":{"listed":-1}}}', '{"schema":2,"places":{}}']) {
    store.files.set(key, Buffer.from(damaged));
    expect(await readDeliveries(store, { tree: '', from: null, to: null })).toEqual([]);
  }
  await keepDeliveries(store, [day(3, 3)], { now: at('12T02:00') });
  expect(await readDeliveries(store, { tree: '', from: null, to: null })).toHaveLength(1);
});
