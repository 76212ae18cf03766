import { expect, it } from 'vitest';
import { closedDay, DATE, SUMS } from './closed-day.fixture.js';
import { readSums } from './read-sums.js';

it('gives the sums of a day where they are those of its hours as they are, else says why there are none', async () => {
  const { store, compact, collect } = await closedDay();
  const why = async () => {
    const read = await readSums(store, DATE);
    return read.kind === 'none' ? read.why : read.bytes.length;
  };
  expect(await why()).toBe('it has no sums yet: aqt compact makes them');
  await compact();
  const bytes = store.files.get(SUMS) ?? new Uint8Array();
  expect(await why()).toBe(bytes.length);
  store.files.set(SUMS, Buffer.from(bytes).fill(1, 99, 100));
  expect(await why()).toBe('the file of its sums is damaged: aqt compact makes it anew');
  store.files.delete(SUMS);
  expect(await why()).toBe('the file of its sums is damaged: aqt compact makes it anew');
  store.files.set(SUMS, bytes);
  await collect([1, 5, 7, 23], 'b');
  expect(await why()).toBe('its sums are older than its hours: aqt compact makes them anew');
  expect(await readSums(store, '2026-09-05')).toMatchObject({ kind: 'none', why: expect.stringContaining('no hours') });
});
