import { expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.fixture.js';
import { checkTimezone, OtherTimezone, pinTimezone, readTimezone } from './settings.js';

const NOW = Date.UTC(2026, 10, 5);

it('a tree has the time zone of its first collecting, and refuses another before it writes', async () => {
  const store = createMemoryStore();
  expect(await readTimezone(store, NOW)).toBeNull();
  await checkTimezone(store, 'Europe/Berlin', NOW);
  expect(store.files.size).toBe(0);
  await pinTimezone(store, 'Europe/Berlin', NOW);
  await pinTimezone(store, 'Europe/Berlin', NOW);
  const before = [...store.files];
  const refusal = pinTimezone(store, 'UTC', NOW);
  await expect(refusal).rejects.toThrow(OtherTimezone);
  await expect(refusal).rejects.toThrow(/Europe\/Berlin.*UTC.*--timezone/);
  expect([...store.files]).toEqual(before);
});

it('of two first runs at once one gives way', async () => {
  const store = createMemoryStore();
  const runs = await Promise.allSettled(['UTC', 'Asia/Kolkata'].map((zone) => pinTimezone(store, zone, NOW)));
  expect(runs.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

it('goes on with no zone that it cannot read', async () => {
  const store = createMemoryStore();
  store.files.set('_work/settings.json', Buffer.from('{"schema":1,"timezone":'));
  await expect(pinTimezone(store, 'UTC', NOW)).rejects.toThrow('_work/settings.json is damaged');
});
