import { describe, expect, it } from 'vitest';
import { teeRows } from './tee-rows.js';

async function* numbers(count: number, onEnd = () => {}): AsyncGenerator<number> {
  try {
    for (let number = 0; number < count; number++) yield number;
  } finally {
    onEnd();
  }
}

async function take(stream: AsyncIterable<number>, pause = 0): Promise<number[]> {
  const taken: number[] = [];
  for await (const number of stream) {
    taken.push(number);
    if (pause > 0 && number % pause === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return taken;
}

describe('rows for two readers', () => {
  it.each([0, 1, 511, 512, 513, 5000])('are all there for both, in order, whoever is slower: %d', async (count) => {
    const all = Array.from({ length: count }, (_, at) => at);
    for (const pauses of [
      [0, 0],
      [7, 0],
      [0, 100],
    ]) {
      const [a, b] = teeRows(numbers(count));
      expect(await Promise.all([take(a, pauses[0]), take(b, pauses[1])])).toEqual([all, all]);
    }
  });

  it('are read once, and at most some hundred ahead of the slower one', async () => {
    let read = 0;
    async function* counted() {
      for await (const number of numbers(5000)) {
        read++;
        yield number;
      }
    }
    const [a, b] = teeRows(counted());
    await b.next();
    const fast = take(a);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(read).toBeLessThan(1100);
    await Promise.all([fast, take(b)]);
    expect(read).toBe(5000);
  });

  it('fail for both when their source fails', async () => {
    async function* failing() {
      yield* numbers(700);
      throw new Error('rewritten meanwhile');
    }
    const [a, b] = teeRows(failing());
    const [first, second] = await Promise.allSettled([take(a), take(b, 3)]);
    expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
    expect([first, second].map((one) => String((one as PromiseRejectedResult).reason))).toContain(
      'Error: rewritten meanwhile',
    );
  });

  it('end for the other when one gives up, and the source is let go', async () => {
    let isLetGo = false;
    const [a, b] = teeRows(
      numbers(5000, () => {
        isLetGo = true;
      }),
    );
    const other = take(b);
    for await (const number of a) if (number === 600) break;
    await expect(other).rejects.toThrow('the other reader of these rows gave up');
    expect(isLetGo).toBe(true);
  });
});
