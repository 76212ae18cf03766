import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DamagedWorkingFile } from '../json-lines.js';
import { createMemoryStore } from '../memory-store.fixture.js';
import { appendPart, idsIn, listParts, mergeParts, partName, readPart } from './evidence-log.js';
import { EvidenceGone, liveEvidence, missingParts, pinnedEvidence, untoldParts } from './evidence-view.js';

const FOLDER = '2026-11-02/h05';
type Store = ReturnType<typeof createMemoryStore>;

async function all(lines: AsyncIterable<readonly string[]>): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of lines) found.push(...batch);
  return found.sort();
}

async function linesOf(view: ReturnType<typeof liveEvidence>): Promise<string[]> {
  const found: string[] = [];
  for (const part of await view.parts(FOLDER)) found.push(...(await all(view.lines(part))));
  return [...new Set(found)].sort();
}

/** Thirty parts, of which each says one thing. */
async function manyParts(store: Store): Promise<string[]> {
  const names: string[] = [];
  for (let n = 0; n < 30; n++) names.push(await appendPart(store, FOLDER, { lines: [`{"n":${n}}`], ids: [`q${n}`] }));
  return names;
}

function keyOf(store: Store, name: string): string {
  const hash = name.slice(name.lastIndexOf('/') + 1);
  return [...store.files.keys()].find((key) => key.includes(hash)) ?? '';
}

describe('a part', () => {
  it('is named by what it says, in whatever order it was said', async () => {
    const store = createMemoryStore();
    const name = await appendPart(store, FOLDER, { lines: ['{"b":1}', '{"a":2}'] });
    expect(await appendPart(store, FOLDER, { lines: ['{"a":2}', '{"b":1}'] })).toBe(name);
    expect(await listParts(store, FOLDER)).toHaveLength(1);
  });

  it('tells its ids without being read whole', async () => {
    const store = createMemoryStore();
    await appendPart(store, FOLDER, { lines: ['{"a":2}'], ids: ['q1', 'q2'] });
    const [part] = await listParts(store, FOLDER);
    expect(part && (await idsIn(store, part))).toEqual(['q1', 'q2']);
    expect(part && (await all(readPart(store, part)))).toEqual(['{"a":2}']);
  });

  it('that was edited is damage, not evidence', async () => {
    const store = createMemoryStore();
    const name = await appendPart(store, FOLDER, { lines: ['{"user":"ana"}'] });
    store.files.set(keyOf(store, name), gzipSync('{"user":"eva"}'));
    await expect(linesOf(liveEvidence(store))).rejects.toThrow(DamagedWorkingFile);
    store.files.set(keyOf(store, name), Buffer.from('no gzip'));
    await expect(linesOf(liveEvidence(store))).rejects.toThrow(DamagedWorkingFile);
  });
});

/** Hardly compressible, so that a part of it is read in many pieces; none of ASCII alone, so that pieces end inside a sign. */
const longLines = (from: number) =>
  Array.from({ length: 4000 }, (_, at) => `{"n":${from + at},"ü":"€${Math.sin(from + at)}${Math.cos(from + at)}"}`);

it('long parts come back whole, by themselves and merged', async () => {
  const store = createMemoryStore();
  for (let n = 0; n < 30; n++) {
    const lines = n % 10 === 0 ? longLines(n * 10_000) : [`{"n":${n}}`];
    await appendPart(store, FOLDER, { lines, ids: [`q${n}`] });
  }
  const before = await linesOf(liveEvidence(store));
  expect(before).toHaveLength(3 * 4000 + 27);
  expect(before).toEqual(expect.arrayContaining(longLines(200_000).slice(-3)));
  await mergeParts(store, FOLDER);
  expect(await listParts(store, FOLDER)).toHaveLength(1);
  expect(await linesOf(liveEvidence(store))).toEqual(before);
});

describe('merged parts', () => {
  it('say what they said, and are found by their names', async () => {
    const store = createMemoryStore();
    const names = await manyParts(store);
    const before = await linesOf(liveEvidence(store));
    await mergeParts(store, FOLDER);
    const parts = await listParts(store, FOLDER);
    expect(parts).toHaveLength(1);
    expect(parts[0] && (await idsIn(store, parts[0]))).toHaveLength(30);
    expect(await linesOf(liveEvidence(store))).toEqual(before);
    expect(await missingParts(store, names)).toEqual([]);
    expect(await linesOf(pinnedEvidence(store, names.slice(3, 5)))).toEqual(['{"n":3}', '{"n":4}']);
    expect(await linesOf(pinnedEvidence(store, parts.map(partName)))).toEqual(before);
    expect(await untoldParts(store, parts, new Set(names))).toEqual([]);
    expect(await untoldParts(store, parts, new Set(names.slice(1)))).toEqual(parts);
  });

  it('lose nothing when the run dies at any write or removal', async () => {
    for (let death = 0; death < 31; death++) {
      let steps = 0;
      const step = () => {
        if (steps++ === 30 + death) throw new Error('killed');
      };
      const store = createMemoryStore({ beforeWrite: step, beforeRemove: step });
      const names = await manyParts(store);
      await mergeParts(store, FOLDER).catch(() => {});
      expect(await missingParts(store, names)).toEqual([]);
      expect(await linesOf(liveEvidence(store))).toHaveLength(30);
      expect(await untoldParts(store, await listParts(store, FOLDER), new Set(names))).toEqual([]);
    }
  });

  it('are damage when one of them was edited inside, whatever the file is called', async () => {
    const store = createMemoryStore();
    await manyParts(store);
    await mergeParts(store, FOLDER);
    const [key = ''] = store.files.keys();
    const text = gunzipSync(store.files.get(key) ?? new Uint8Array()).toString();
    store.files.set(key, gzipSync(text.replace('{"n":7}', '{"n":8}')));
    await expect(linesOf(liveEvidence(store))).rejects.toThrow(DamagedWorkingFile);
  });
});

describe('the evidence that a manifest names', () => {
  it('is exactly that, and its loss is told by name', async () => {
    const store = createMemoryStore();
    const kept = await appendPart(store, FOLDER, { lines: ['{"a":1}'] });
    const lost = await appendPart(store, FOLDER, { lines: ['{"b":1}'] });
    expect(await linesOf(pinnedEvidence(store, [kept]))).toEqual(['{"a":1}']);
    expect(await untoldParts(store, await listParts(store, FOLDER), new Set([kept]))).toHaveLength(1);
    store.files.delete(keyOf(store, lost));
    expect(await missingParts(store, [kept, lost])).toEqual([lost]);
    await expect(linesOf(pinnedEvidence(store, [kept, lost]))).rejects.toThrow(EvidenceGone);
  });
});
