import { describe, expect, it } from 'vitest';
import { packLines, unpackLines, unpackPieces } from './json-lines.js';

async function textOf(bytes: Uint8Array, piece = 1000): Promise<string> {
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const read: Buffer[] = [];
  for await (const part of unpackPieces(pieces())) read.push(part);
  return Buffer.concat(read).toString();
}

/** Hardly compressible, so that files of it are large. */
const values = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, text: `ü${Math.sin(index)}${Math.cos(index)}` }));

describe('working files of JSON lines', () => {
  it.each([0, 1, 7, 20_000])('come back as %i values, whole and piece by piece', async (count) => {
    const bytes = packLines(values(count));
    expect(unpackLines(bytes, 'key')).toEqual(values(count));
    expect(await textOf(bytes)).toBe(
      values(count)
        .map((value) => JSON.stringify(value))
        .join('\n'),
    );
  });

  it.each([3, 20_000])('say which file is damaged (%i values)', async (count) => {
    const bytes = packLines(values(count));
    const broken = bytes.subarray(0, bytes.length - 12);
    expect(() => unpackLines(broken, '_work/x')).toThrow('_work/x is damaged');
    await expect(textOf(broken)).rejects.toThrow();
  });
});
