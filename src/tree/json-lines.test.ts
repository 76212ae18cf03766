import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packLines, streamLines, unpackLines, unpackSome } from './json-lines.js';

async function linesOf(bytes: Uint8Array, piece = 1000): Promise<string[]> {
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const lines = [];
  for await (const line of streamLines(pieces(), 'key')) lines.push(line);
  return lines;
}

/** Hardly compressible, so that files of it are large. */
const values = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, text: `ü${Math.sin(index)}${Math.cos(index)}` }));

describe('working files of JSON lines', () => {
  it.each([0, 1, 7, 20_000])('come back as %i values, whole and line by line', async (count) => {
    const bytes = packLines(values(count));
    expect(unpackLines(bytes, 'key')).toEqual(values(count));
    expect((await linesOf(bytes)).map((line) => JSON.parse(line))).toEqual(values(count));
  });

  it.each([3, 20_000])('take further members, small files and large ones (%i values)', async (count) => {
    const more = gzipSync(`\n${JSON.stringify({ added: true })}`);
    const lines = await linesOf(Buffer.concat([packLines(values(count)), more]));
    expect(lines).toHaveLength(count + 1);
    expect(lines.at(-1)).toBe('{"added":true}');
  });

  it('parse only what is wanted', () => {
    const bytes = packLines([{ a: 1 }, { b: 2 }, { a: 3 }]);
    expect(unpackSome(bytes, 'key', (line) => line.includes('"a"'))).toEqual([{ a: 1 }, { a: 3 }]);
  });

  it.each([3, 20_000])('say which file is damaged (%i values)', async (count) => {
    const bytes = packLines(values(count));
    const broken = bytes.subarray(0, bytes.length - 12);
    expect(() => unpackLines(broken, '_work/x')).toThrow('_work/x is damaged');
    await expect(linesOf(broken)).rejects.toThrow('key is damaged');
  });
});
