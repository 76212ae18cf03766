import { readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PackedTestTree, packedTree, QUERIES, unpacked } from './packed-tree.js';

let tree: PackedTestTree;
let whole: Buffer;
beforeAll(async () => {
  tree = await packedTree();
  whole = (await tree.pack()).bytes;
});
afterAll(() => tree.remove());

describe('a pack', () => {
  it('is found with any byte flipped, and the place named', async () => {
    // Every byte of the proof and of the archive's frame around each file, and some of the inside.
    const places: number[] = [];
    let at = 0;
    for (const [path, bytes] of unpacked(whole)) {
      const start = at + 30 + path.length;
      places.push(at, at + 10, at + 14, at + 18, at + 26, at + 30, start, start + Math.floor(bytes.length / 2));
      at = start + bytes.length;
    }
    for (let directory = at; directory < whole.length; directory += 97) places.push(directory);
    places.push(whole.length - 1);
    const missed: number[] = [];
    for (const place of places) {
      const changed = Buffer.from(whole);
      changed[place] = (changed[place] ?? 0) ^ 0x20;
      const { exit, faults } = await tree.verifyBytes(changed);
      if (exit !== 3 || faults.length === 0) missed.push(place);
    }
    expect(missed).toEqual([]);
  });

  it('keeps only the rows that the filters choose, and says how many of each hour', async () => {
    const { bytes } = await tree.pack({ q: ['4111-3'], not: ['state=FAILED'] });
    const { exit, rows, faults } = await tree.verifyBytes(bytes);
    expect({ exit, rows, faults }).toEqual({ exit: 0, rows: 1, faults: [] });
    const page = unpacked(bytes).get('index.html')?.toString() ?? '';
    expect(page).toContain('--q 4111-3 --not state=FAILED');
  });

  it('masks rows, sample and index alike, and still proves what is left', async () => {
    const { bytes } = await tree.pack({ mask: true, sample: 20 });
    const { exit, faults, sample_same } = await tree.verifyBytes(bytes);
    expect({ exit, faults, sample_same }).toEqual({ exit: 0, faults: [], sample_same: QUERIES.length });
    for (const secret of ['4111-', '5551234', 'a@b.example', 'secret 4711', '900000001', "it''s", 'alert(1)'])
      expect(bytes.includes(secret), secret).toBe(false);
  });

  it('leaves no half pack behind when it cannot be made', async () => {
    rmSync(tree.path('pack.zip'), { force: true });
    await expect(tree.pack({ 'min-bytes': 'much', minBytes: 'much' } as never)).rejects.toThrow('is no amount');
    await expect(tree.pack({ mask: 'tokens' })).rejects.toThrow('--mask tokens needs --mask-key');
    expect(readdirSync(tree.path('.')).filter((name) => name.startsWith('pack.zip'))).toEqual([]);
  });
});
