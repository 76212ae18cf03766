import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createMemoryStore } from '../memory-store.fixture.js';
import { appendPart, appendPieces, listParts } from './evidence-log.js';
import { createLinePages } from './line-pages.js';

const FOLDER = '2026-11-01/day';

/** Lines of all lengths, some as long as a page, some beyond ASCII, in no order. */
function someLines(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const id = createHash('sha256').update(String(n)).digest('hex');
    return JSON.stringify({ id, text: (n % 7 === 0 ? 'Zoë ' : 'zoe ').repeat(n % 97 === 96 ? 300_000 : n % 50) });
  });
}

function textOf(lines: readonly string[], places: readonly number[]): string {
  const pages = createLinePages();
  for (const line of lines) pages.add(line);
  return Buffer.concat(Array.from(pages.sorted(places)(), (piece) => Buffer.from(piece))).toString();
}

test('gives the lines that are asked for in the order of their bytes, whatever their length', () => {
  const lines = someLines(400);
  const every = [...lines.keys()];
  expect(textOf(lines, every) === [...lines].sort().join('\n')).toBe(true);
  const some = every.filter((place) => place % 3 === 1);
  expect(
    textOf(lines, some) ===
      some
        .map((place) => lines[place])
        .sort()
        .join('\n'),
  ).toBe(true);
  expect(textOf([], [])).toBe('');
});

test('sorts lines that begin alike by all of their bytes', () => {
  const begin = 'a'.repeat(200);
  const lines = [`${begin}c`, `${begin}a`, begin, `${begin}b`, 'b', 'a'];
  expect(textOf(lines, [...lines.keys()])).toBe([...lines].sort().join('\n'));
});

test('is written as the part that the same lines as texts make', async () => {
  const lines = someLines(300);
  const pages = createLinePages();
  for (const line of lines) pages.add(line);
  const [store, other] = [createMemoryStore(), createMemoryStore()];
  const name = await appendPieces(store, FOLDER, pages.sorted([...lines.keys()]));
  expect(name).toBe(await appendPart(other, FOLDER, { lines }));
  const [part] = await listParts(store, FOLDER);
  const stored = await store.read(part?.key ?? '');
  expect(gunzipSync(stored?.bytes ?? new Uint8Array()).toString() === [...lines].sort().join('\n')).toBe(true);
});
