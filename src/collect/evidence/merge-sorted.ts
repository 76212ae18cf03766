/** Merges sorted sequences into one; holds one value of each. Equal values come in the order of their sequences. */
export async function* mergeSorted<T>(
  sequences: readonly AsyncIterable<T>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T> {
  const readers = sequences.map((sequence) => sequence[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(readers.map(async (reader) => ({ reader, head: await reader.next() })));
    for (;;) {
      let least: (typeof heads)[number] | null = null;
      for (const one of heads) {
        if (!one.head.done && (least === null || compare(one.head.value, least.head.value as T) < 0)) least = one;
      }
      if (least === null) return;
      yield least.head.value as T;
      least.head = await least.reader.next();
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.return?.()));
  }
}
