import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadingDesk } from './reading-desk.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aqt-desk-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('ReadingDesk', () => {
  it('reads files whole, one after another, in one piece of memory; large ones in their own', async () => {
    const desk = new ReadingDesk();
    const sizes = [0, 1, 100_000, 2 ** 21 - 1, 2 ** 21, 3_000_000, 5];
    const read: (Uint8Array | null)[] = [];
    for (const [index, size] of sizes.entries()) {
      const path = join(folder, String(index));
      await writeFile(path, Buffer.alloc(size, index + 1));
      const bytes = desk.bytesAt(path);
      expect(bytes && Buffer.compare(bytes, Buffer.alloc(size, index + 1))).toBe(0);
      read.push(bytes);
    }
    expect(read.map((bytes) => bytes?.buffer === read[0]?.buffer)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it('gives nothing of what cannot be read', async () => {
    const desk = new ReadingDesk();
    expect(desk.bytesAt(join(folder, 'nowhere'))).toBeNull();
    expect(desk.bytesAt(folder)).toBeNull();
    const long = join(folder, 'long');
    await writeFile(long, '');
    await truncate(long, 2 ** 22);
    expect(desk.bytesAt(long)?.length).toBe(2 ** 22);
  });
});
