import { expect, it } from 'vitest';
import type { StartSource } from '../../ports/start-source.js';
import { mergeSources } from './merge-sources.js';

const WINDOW = { start: 0, end: 100 };

/** Covers a tenth of the window with each batch, newest first, until it fails. */
function sourceOf(region: string, failsAfter = Number.POSITIVE_INFINITY): StartSource {
  return {
    async *scan() {
      for (let part = 9; part >= 0; part--) {
        if (9 - part >= failsAfter) throw new Error('AccessDenied');
        yield { items: [], covered: [{ start: part * 10, end: part * 10 + 10 }], cursor: part };
      }
    },
    account: () => ({ kind: 'lookup-events', accountId: '111122223333', region, counts: {} }),
  };
}

it('tells how far all of them are, also when one has failed and none of its window is covered', async () => {
  const source = mergeSources([sourceOf('eu-west-1'), sourceOf('us-east-1', 0)]);
  const shares: number[] = [];
  for await (const { share = -1, covered } of source.scan(WINDOW, {})) {
    shares.push(share);
    expect(covered).toEqual([]);
  }
  expect(shares.at(-1)).toBe(1);
  expect(shares.length).toBeGreaterThan(9);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
});
