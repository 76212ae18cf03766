import { describe, expect, it } from 'vitest';
import { createMemoryScratch } from './memory-scratch.fixture.js';
import { createRowIds } from './row-ids.js';

/** Reports by their key. */
type Reports = Readonly<Record<string, readonly string[]>>;

async function repeatedIn(reports: Reports, heldEntries?: number) {
  const scratch = createMemoryScratch();
  const rowIds = createRowIds(scratch, heldEntries === undefined ? {} : { heldEntries });
  for (const [key, ids] of Object.entries(reports)) {
    const note = rowIds.of(`hour ${key}`, key, 'json');
    for (const id of ids) note(id);
  }
  const read: string[] = [];
  const repeated = await rowIds.repeated(async function* ({ key }) {
    read.push(key);
    yield* reports[key] ?? [];
  });
  return { repeated, read, spilled: scratch.files.size };
}

const many = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `id-${from + index}`);

describe('ids of rows', () => {
  it('that stand in one hour each are nothing to tell, and no report is read again', async () => {
    expect(await repeatedIn({ a: many(0, 5000), b: many(5000, 9000) })).toEqual({ repeated: [], read: [], spilled: 0 });
  });

  it('that stand in several are told by the hours that share them', async () => {
    const { repeated, read } = await repeatedIn({
      a: [...many(0, 100), 'x', 'y'],
      b: [...many(100, 200), 'y', 'z', 'x'],
      c: [...many(200, 300), 'z'],
      d: many(300, 400),
    });
    expect(repeated.map(({ hours, count, ids }) => ({ hours, count, ids }))).toEqual([
      { hours: ['hour a', 'hour b'], count: 2, ids: ['x', 'y'] },
      { hours: ['hour b', 'hour c'], count: 1, ids: ['z'] },
    ]);
    expect(read).toEqual(['a', 'b', 'c']);
  });

  it('are found again when memory did not hold them', async () => {
    const reports = { a: many(0, 3000), b: many(2995, 6000), c: many(6000, 6500) };
    const held = await repeatedIn(reports);
    const spilled = await repeatedIn(reports, 1000);
    expect(spilled.spilled).toBeGreaterThan(0);
    expect(spilled.repeated).toEqual(held.repeated);
    expect(held.repeated).toMatchObject([{ count: 5, ids: many(2995, 3000) }]);
  });
});
