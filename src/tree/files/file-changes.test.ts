import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../cloudtrail/file-change.js';
import { createMemoryStore } from '../memory-store.fixture.js';
import { fileChangesFacts, keepFileChanges, readFileChanges } from './file-changes.js';

const NOW = Date.parse('2026-11-12T00:00:00Z');
const change = (name: string, over: Partial<FileChange> = {}): FileChange => ({
  ...{ folder: 's3://logs/AWSLogs/1/CloudTrail/eu-west-1/', date: '2026-11-10', name },
  ...{ was: { size: 10, version: 'ETag "a"' }, now: { size: 11, version: 'ETag "b"' }, reportDates: ['2026-11-09'] },
  ...over,
});

describe('what was noticed of log files', () => {
  it('is kept once, as it was noticed first, whoever notices it again and in whatever order', async () => {
    const [store, other] = [createMemoryStore(), createMemoryStore()];
    await keepFileChanges(store, [change('b'), change('a')], { now: NOW });
    await keepFileChanges(other, [change('a'), change('b')], { now: NOW });
    expect([...store.files]).toEqual([...other.files]);
    await keepFileChanges(store, [change('a'), change('c', { now: null })], { now: NOW + 1000 });
    const { changes, damaged } = await readFileChanges(store);
    expect(damaged).toEqual([]);
    expect(changes.map(({ name, seenAt }) => `${name} ${seenAt}`)).toEqual([
      'a 2026-11-12T00:00:00.000Z',
      'b 2026-11-12T00:00:00.000Z',
      'c 2026-11-12T00:00:01.000Z',
    ]);
  });

  it('is damaged where any of it was changed', async () => {
    const store = createMemoryStore();
    await keepFileChanges(store, [change('a')], { now: NOW });
    const [[key, bytes] = ['', Buffer.alloc(0)]] = store.files;
    const text = gunzipSync(bytes).toString('utf8');
    for (const changed of [gzipSync(text.replace('"size":10', '"size":11')), gzipSync('{}'), Buffer.from('x')]) {
      store.files.set(key, changed);
      expect(await readFileChanges(store)).toEqual({ changes: [], damaged: [key] });
    }
  });

  it('is a finding of each day, of those that changed apart from those that are gone, which one more makes another', async () => {
    const facts = async (...changes: FileChange[]) => {
      const store = createMemoryStore();
      await keepFileChanges(store, changes, { now: NOW });
      return fileChangesFacts((await readFileChanges(store)).changes, { from: null, to: null });
    };
    const [changed, gone] = await facts(change('a'), change('b', { now: null }));
    expect([changed?.isGone, changed?.count, gone?.isGone, gone?.count]).toEqual([false, 1, true, 1]);
    expect(changed?.days).toEqual({ from: '2026-11-09', to: '2026-11-10' });
    expect((await facts(change('a')))[0]?.hash).toBe(changed?.hash);
    expect((await facts(change('a'), change('c')))[0]?.hash).not.toBe(changed?.hash);
    expect((await facts(change('a', { now: { size: 12, version: 'c' } })))[0]?.hash).not.toBe(changed?.hash);
  });

  it('is told of dates that it may concern', async () => {
    const store = createMemoryStore();
    await keepFileChanges(store, [change('a', { reportDates: ['2026-11-01'] })], { now: NOW });
    const { changes } = await readFileChanges(store);
    const told = (from: string, to: string) => fileChangesFacts(changes, { from, to }).length;
    expect([told('2026-11-01', '2026-11-01'), told('2026-11-10', '2026-11-12')]).toEqual([1, 1]);
    expect([told('2026-10-01', '2026-10-31'), told('2026-11-11', '2026-11-12')]).toEqual([0, 0]);
  });
});
