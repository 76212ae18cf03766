/** Items that one reader may be ahead of the other. */
const AHEAD = 512;

/**
 * Gives the same items to two readers that take them side by side, so that rows are decoded once for two files. Whoever is faster waits.
 * When one gives up, the other is not given the rest: it gets an error. Memory: some hundred items.
 */
export function teeRows<T>(source: AsyncIterable<T>): readonly [AsyncGenerator<T>, AsyncGenerator<T>] {
  const items = source[Symbol.asyncIterator]();
  const waiting: [T[], T[]] = [[], []];
  let hasEnded = false;
  let isAbandoned = false;
  let pulling: Promise<void> | null = null;
  let wakers: (() => void)[] = [];
  const wake = () => {
    for (const waker of wakers) waker();
    wakers = [];
  };
  const pull = async () => {
    for (let pulled = 0; pulled < AHEAD; pulled++) {
      const { done, value } = await items.next();
      if (done) {
        hasEnded = true;
        return;
      }
      waiting[0].push(value);
      waiting[1].push(value);
    }
  };
  async function* read(own: 0 | 1): AsyncGenerator<T> {
    let isWhole = false;
    try {
      while (!isAbandoned) {
        const batch = waiting[own].splice(0);
        if (batch.length > 0) {
          wake();
          yield* batch;
        } else if (hasEnded) {
          isWhole = true;
          return;
        } else if (waiting[own === 0 ? 1 : 0].length > 0) {
          await new Promise<void>((resolve) => void wakers.push(resolve));
        } else {
          pulling ??= pull().finally(() => {
            pulling = null;
          });
          await pulling;
        }
      }
      throw new Error('the other reader of these rows gave up');
    } finally {
      if (!isWhole && !isAbandoned) {
        isAbandoned = true;
        wake();
        await items.return?.();
      }
    }
  }
  return [read(0), read(1)];
}
