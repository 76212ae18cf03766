import { expect, it } from 'vitest';
import { WriteConflict } from '../ports/report-store.js';
import { DamagedWorkingFile } from './json-lines.js';
import { createMemoryStore } from './memory-store.fixture.js';
import { readDocument, type TreeDocument, update, updateDocument } from './update.js';

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('utf8');

it('changes what another run changed meanwhile, and loses neither', async () => {
  const store = createMemoryStore();
  let isFirst = true;
  await update(store, 'k', (stored) => {
    if (isFirst) store.files.set('k', Buffer.from('theirs'));
    isFirst = false;
    return Buffer.from(`${text(stored?.bytes)} and mine`);
  });
  expect(text(store.files.get('k'))).toBe('theirs and mine');
});

it('gives up, and says so, when others are always faster', async () => {
  const store = createMemoryStore();
  let count = 0;
  const change = update(store, 'k', () => {
    store.files.set('k', Buffer.from(String(count++)));
    return Buffer.from('mine');
  });
  await expect(change).rejects.toThrow(WriteConflict);
  expect(count).toBe(10);
});

it('writes nothing where nothing changes', async () => {
  const store = createMemoryStore({
    beforeWrite: () => {
      throw new Error('written');
    },
  });
  await update(store, 'k', () => null);
  await updateDocument(store, documentOf('absent'), (value) => value);
});

function documentOf(whenDamaged: 'absent' | 'throw'): TreeDocument<{ readonly count: number }> {
  return {
    key: '_work/x.json',
    absent: { count: 0 },
    parse: (value) => (typeof (value as { count?: unknown })?.count === 'number' ? (value as { count: number }) : null),
    whenDamaged,
  };
}

it('takes a damaged document for none where it only saves time, and stops where it is irreplaceable', async () => {
  for (const bytes of ['{"count":', '[]', 'null']) {
    const store = createMemoryStore();
    store.files.set('_work/x.json', Buffer.from(bytes));
    expect(await readDocument(store, documentOf('absent'))).toEqual({ count: 0 });
    await expect(readDocument(store, documentOf('throw'))).rejects.toThrow(DamagedWorkingFile);
    await expect(updateDocument(store, documentOf('throw'), () => ({ count: 1 }))).rejects.toThrow('_work/x.json');
    expect(text(store.files.get('_work/x.json'))).toBe(bytes);
    await updateDocument(store, documentOf('absent'), ({ count }) => ({ count: count + 1 }));
    expect(await readDocument(store, documentOf('throw'))).toEqual({ count: 1 });
  }
});
