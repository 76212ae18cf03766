import { beforeEach, describe, expect, it } from 'vitest';
import { workFolder, workKey } from '../layout.js';
import { createMemoryStore } from '../memory-store.fixture.js';
import { sealDay } from '../seals.js';
import { readChain } from './chain.js';
import { readKnownChain } from './known-chain.js';

const NOW = Date.parse('2026-11-02T06:00:00Z');
let store: ReturnType<typeof createMemoryStore>;
let reads: string[];

/** Seals a closing that says something new. */
async function seal(number: number): Promise<string | null> {
  const key = workKey.closing('2026-11-01');
  await store.write(key, Buffer.from(String(number)), 'any');
  return sealDay({ store, day: null, written: [key], now: NOW + number });
}

beforeEach(async () => {
  reads = [];
  const memory = createMemoryStore();
  store = {
    ...memory,
    read: (key) => {
      if (key.startsWith(workFolder.seals)) reads.push(key);
      return memory.read(key);
    },
  };
  for (let number = 1; number <= 100; number++) await seal(number);
  reads.length = 0;
});

describe('the chain, for whoever adds to it', () => {
  it('is read from where it was kept on, and says the same as the whole', async () => {
    const whole = await readChain(store, '');
    expect(reads).toHaveLength(100);
    reads.length = 0;
    const known = await readKnownChain(store);
    expect(reads.length).toBeLessThan(34);
    const { length, last, head, manifests, documents, faults } = whole;
    expect(known).toMatchObject({ length, last, head, manifests, documents, faults });
    expect(length).toBe(100);
  });

  it('goes on link by link: a chain of any length is whole for whoever reads all of it', async () => {
    await seal(101);
    expect(await readChain(store, '')).toMatchObject({ length: 101, faults: [] });
  });

  it.each([
    ['was changed by hand', () => store.write(workKey.knownChain, Buffer.from('{"schema":1}'), 'any')],
    ['speaks of a seal that was changed', () => store.write(workKey.seal(96), Buffer.from('{}'), 'any')],
    ['speaks of a seal that is gone', () => store.remove(workKey.seal(7))],
  ])('is read whole when what was kept %s', async (_, spoil) => {
    for (const number of [97, 98, 99, 100]) await store.remove(workKey.seal(number));
    await spoil();
    const [known, whole] = [await readKnownChain(store), await readChain(store, '')];
    expect(known).toMatchObject({ ...whole, keptAt: 0 });
    expect(known.seals).toHaveLength(whole.length);
  });
});
