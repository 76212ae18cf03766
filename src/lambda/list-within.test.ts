import { describe, expect, it } from 'vitest';
import type { ListedExecutions } from '../collect/ports.js';
import { listWithin } from './list-within.js';

/** Two workgroups of three pages each; a page takes a second. */
function listing(until: number) {
  let now = 0;
  const clock = { now: () => now, sleep: async () => {} };
  const lister = {
    async *list(): AsyncGenerator<ListedExecutions> {
      for (const workGroup of ['primary', 'reports']) {
        for (let page = 0; page < 3; page++) {
          now += 1000;
          yield { workGroup, ids: [`${workGroup}-${page}`], failure: null };
        }
      }
    },
  };
  return listWithin([{ accountId: '1', region: 'us-east-1', lister }], { until, clock });
}

async function read(until: number): Promise<ListedExecutions[]> {
  const pages: ListedExecutions[] = [];
  for (const { lister } of listing(until)) for await (const page of lister.list({ since: 0 })) pages.push(page);
  return pages;
}

describe('a list that is read for some time only', () => {
  it('is read to its end when time allows', async () => {
    const pages = await read(60_000);
    expect(pages.flatMap(({ ids }) => ids)).toHaveLength(6);
    expect(pages.every(({ failure }) => failure === null)).toBe(true);
  });

  it('keeps what was read and says what was not', async () => {
    const pages = await read(4_000);
    expect(pages.flatMap(({ ids }) => ids)).toEqual(['primary-0', 'primary-1', 'primary-2', 'reports-0']);
    expect(pages.at(-1)).toMatchObject({
      workGroup: 'reports',
      failure: expect.stringContaining('after 1 executions'),
    });
  });
});
