import { describe, expect, it } from 'vitest';
import type { ExecutionLister, ListedExecutions } from '../../ports/execution-source.js';
import { shareLists } from './share-lists.js';

const DAY_MS = 86_400_000;
const uuid = (n: number) => `0000000${n}-0000-4000-8000-000000000000`;
const PAGES: readonly ListedExecutions[] = [
  { workGroup: 'primary', ids: [uuid(3), uuid(1), uuid(1)], failure: null, cursor: { at: 1 } },
  { workGroup: 'primary', ids: ['q-1', uuid(2)], failure: null, cursor: { at: 2 } },
  { workGroup: 'etl', ids: [], failure: 'denied' },
];

/** A list that is shared, and how often Athena was asked for it. */
function shared() {
  const now = 100 * DAY_MS;
  let asked = 0;
  const lister: ExecutionLister = {
    async *list({ cursor }) {
      asked++;
      yield* cursor === undefined ? PAGES : PAGES.slice(1);
    },
  };
  const clock = { now: () => now, sleep: async () => {} };
  const [placed] = shareLists([{ accountId: '111122223333', region: 'us-east-1', lister }], clock);
  const read = async (since: number, options: { cursor?: unknown; most?: number } = {}) => {
    const pages: ListedExecutions[] = [];
    const { most = Number.POSITIVE_INFINITY, ...rest } = options;
    for await (const page of placed?.lister.list({ since, ...rest }) ?? []) {
      pages.push(page);
      if (pages.length >= most) break;
    }
    return pages;
  };
  return { read, asked: () => asked, now };
}

describe('a shared list', () => {
  it('is read once for days that had ended long before, page by page as Athena gave it', async () => {
    const { read, asked, now } = shared();
    expect(await read(now - 3 * DAY_MS)).toEqual(PAGES);
    expect(await read(now - 5 * DAY_MS)).toEqual(PAGES);
    expect(await read(now - 2 * DAY_MS)).toEqual(PAGES);
    expect(asked()).toBe(1);
  });

  it('is read again for a day that may have gone on since, when it broke off, and to go on with', async () => {
    const { read, asked, now } = shared();
    await read(now - 3 * DAY_MS, { most: 1 });
    expect(await read(now - 3 * DAY_MS)).toEqual(PAGES);
    expect(asked()).toBe(2);
    await read(now - DAY_MS);
    expect(await read(now - 3 * DAY_MS, { cursor: { at: 1 } })).toEqual(PAGES.slice(1));
    expect(asked()).toBe(4);
  });
});
