import { describe, expect, it } from 'vitest';
import type { DailyFacts } from '../findings/facts.js';
import { REPORT_CODEC } from '../storage/report-codec.js';
import { closedDay, DATE, NOTE, ROWS, SUMS } from '../tree/daily/closed-day.fixture.js';
import { manifestKey } from '../tree/layout.js';
import type { TreeFault, VerifyRequest } from './checked.js';
import { verify } from './verify.js';

/** A day with its file, and what is told of the file. */
async function compacted() {
  const day = await closedDay();
  await day.compact();
  const { store } = day;
  const told = async (request: Partial<VerifyRequest> = {}) => {
    const found: { daily: readonly DailyFacts[]; faults: readonly TreeFault[] }[] = [];
    const trees = { onTree: (tree: (typeof found)[number]) => void found.push(tree) };
    for await (const _ of verify({ store, from: null, to: null, codec: REPORT_CODEC, ...trees, ...request }));
    return found.flatMap(({ daily, faults }) => [
      ...daily.map((one) =>
        one.fault === 'stale' ? `${one.changed} changed` : one.why + (one.file === 'sums' ? ' (sums)' : ''),
      ),
      ...faults.map(({ text }) => text),
    ]);
  };
  return { ...day, told };
}

describe('the file of a day', () => {
  it('is in order as it was made, also for a part of the tree', async () => {
    const { told } = await compacted();
    expect(await told()).toEqual([]);
    expect(await told({ from: DATE, to: DATE })).toEqual([]);
    expect(await told({ recompute: async (_, { report }) => ({ ...report, lacksDefinitions: false }) })).toEqual([]);
  });

  it('is told as old when hours were written since, or are gone, until it is made anew', async () => {
    const { store, collect, compact, told } = await compacted();
    await collect([1, 5, 7, 9, 23], 'b');
    expect(await told()).toEqual(['2 changed']);
    expect(await told({ from: '2026-09-03', to: '2026-09-03' })).toEqual([]);
    await compact();
    expect(await told()).toEqual([]);
    store.files.delete(manifestKey({ reportDate: DATE, hour: 7 }));
    expect(await told()).toContain('1 changed');
  });

  it('is in order when its reports have another format, and the same rows', async () => {
    const { store, noted, compact, told } = await compacted();
    const [other, before] = [await closedDay('json'), noted()];
    for (const [key, bytes] of other.store.files) store.files.set(key, bytes);
    for (const key of store.files.keys()) if (key.endsWith('.csv')) store.files.delete(key);
    expect(await told()).toEqual([]);
    expect((await compact()).kind).toBe('written');
    expect(noted().report).toEqual(before.report);
    expect(noted().rollup).toEqual(before.rollup);
    expect(noted().hours).not.toEqual(before.hours);
    expect(await told()).toEqual([]);
  });

  it.each<[string, (files: Map<string, Uint8Array>) => void, string]>([
    [
      'has another byte',
      (files) => void (files.get(ROWS) ?? new Uint8Array()).fill(1, 99, 100),
      'its bytes are not those of its note',
    ],
    [
      'has a note with another number of bytes',
      (files) =>
        void files.set(
          NOTE,
          Buffer.from(String(Buffer.from(files.get(NOTE) ?? '')).replace('"bytes": ', '"bytes": 9')),
        ),
      'its bytes are not those of its note',
    ],
    ['is gone', (files) => void files.delete(ROWS), 'it is gone, and its note is there'],
    ['has no sums any more', (files) => void files.delete(SUMS), 'it is gone, and its note is there (sums)'],
    [
      'has sums with another byte',
      (files) => void (files.get(SUMS) ?? new Uint8Array()).fill(1, 99, 100),
      'its bytes are not those of its note (sums)',
    ],
    [
      'has a file beside its sums, which Athena would read',
      (files) => void files.set(`rollups/date=${DATE}/x.parquet`, Buffer.from('x')),
      `rollups/date=${DATE}/x.parquet: there is a file that does not belong`,
    ],
    [
      'has nothing but sums',
      (files) => void [ROWS, NOTE].map((key) => files.delete(key)),
      'it has no note that can be read, of what it was made of',
    ],
    ['has no note', (files) => void files.delete(NOTE), 'it has no note that can be read, of what it was made of'],
    [
      'has a note of nothing',
      (files) => void files.set(NOTE, Buffer.from('[]')),
      'it has no note that can be read, of what it was made of',
    ],
    [
      'has a file beside it, which Athena would read',
      (files) => void files.set(`daily/date=${DATE}/x.parquet`, Buffer.from('x')),
      `daily/date=${DATE}/x.parquet: there is a file that does not belong`,
    ],
  ])('is told when it %s', async (_, change, sentence) => {
    const { store, told } = await compacted();
    change(store.files);
    expect(await told()).toEqual([sentence]);
  });

  it('is told when it and its note were both changed, by its rows or by making it again', async () => {
    const [one, other] = [await compacted(), await compacted()];
    await other.collect([1, 5, 7, 23], 'b');
    await other.compact();
    const forge = (rows: number) => {
      const note = { ...one.noted(), report: { ...other.noted().report, rows } };
      one.store.files.set(ROWS, other.store.files.get(ROWS) ?? new Uint8Array());
      one.store.files.set(NOTE, Buffer.from(JSON.stringify(note)));
    };
    forge(4);
    expect(await one.told()).toEqual(['its note tells 4 rows, its hours 3']);
    forge(3);
    expect(await one.told()).toEqual([]);
    expect(await one.told({ recompute: async (_, { report }) => ({ ...report, lacksDefinitions: false }) })).toEqual([
      'made again from its hours it is another: remove it first',
    ]);
  });

  it('is told when its sums and what the note says of them were both changed, by making them again', async () => {
    const [one, other] = [await compacted(), await compacted()];
    await other.collect([1, 5, 7, 23], 'b');
    await other.compact();
    one.store.files.set(SUMS, other.store.files.get(SUMS) ?? new Uint8Array());
    one.store.files.set(NOTE, Buffer.from(JSON.stringify({ ...one.noted(), rollup: other.noted().rollup })));
    expect(await one.told()).toEqual([]);
    expect(await one.told({ recompute: async (_, { report }) => ({ ...report, lacksDefinitions: false }) })).toEqual([
      'made again from its hours it is another: remove it first (sums)',
    ]);
  });
});
