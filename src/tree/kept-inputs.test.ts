import { expect, it } from 'vitest';
import { inputHash, inputKeys, keepInputs, readInputHashes, readInputs } from './kept-inputs.js';
import { createMemoryStore } from './memory-store.fixture.js';

const FIRST = 'people: { ana: { team: Finance } }\n';
const SECOND = 'people: { ana: { team: Growth } }\n';

it('keeps every text that rows were made with, and says which they are made with now', async () => {
  const store = createMemoryStore();
  await keepInputs(store, { directory: FIRST });
  await keepInputs(store, { directory: SECOND, prices: 'tb: decimal\n' });
  await keepInputs(store, {});
  expect(await readInputHashes(store)).toEqual({
    directory: inputHash(SECOND),
    prices: inputHash('tb: decimal\n'),
  });
  expect(await readInputs(store, { directory: inputHash(FIRST) })).toEqual({ directory: FIRST });
  expect(await inputKeys(store)).toHaveLength(2);
  store.files.delete('_work/inputs.json');
  await expect(readInputHashes(store)).rejects.toThrow('an identity directory and a prices file');
});

it('writes nothing where nothing is given, or the same again', async () => {
  let writes = 0;
  const store = createMemoryStore({ beforeWrite: () => void writes++ });
  await keepInputs(store, {});
  expect(writes).toBe(0);
  await keepInputs(store, { directory: FIRST });
  await keepInputs(store, { directory: FIRST });
  expect(writes).toBe(2);
});

it('says what is gone or edited, and how to give it again', async () => {
  const store = createMemoryStore();
  await keepInputs(store, { directory: FIRST, prices: 'tb: decimal\n' });
  const hashes = await readInputHashes(store);
  store.files.set(`_work/inputs/prices-${hashes.prices}.yaml`, Buffer.from('tb: binary\n'));
  await expect(readInputs(store, hashes)).rejects.toThrow(/a prices file that is not kept.*--prices again/s);
  store.files.delete(`_work/inputs/directory-${hashes.directory}.yaml`);
  await expect(readInputs(store, hashes)).rejects.toThrow('--directory and --prices');
});
