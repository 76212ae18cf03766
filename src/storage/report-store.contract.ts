import { describe, expect, test } from 'vitest';
import { type ReportStore, WriteConflict } from '../ports/report-store.js';

/** The promises of `ReportStore`, checked against an adapter. `open` gives an empty store, `reopen` another view of the same one. */
export function checkReportStore(
  name: string,
  setUp: () => Promise<{ open: ReportStore; reopen: () => ReportStore }>,
): void {
  describe(name, () => {
    test('a key that was never written is absent', async () => {
      const { open } = await setUp();
      expect(await open.read('a/b')).toBeNull();
      expect(await open.stream('a/b')).toBeNull();
      expect(await open.tagOf('a/b')).toBeNull();
      expect(await keysOf(open, '')).toEqual([]);
      expect(await keysOf(open, 'a/')).toEqual([]);
    });

    test('what is written is read, by anyone, whole or in pieces', async () => {
      const { open, reopen } = await setUp();
      const { tag } = await open.write('year=2025/x.csv', bytes('héllo'), 'any');
      for (const store of [open, reopen()]) {
        expect(await store.read('year=2025/x.csv')).toEqual({ bytes: Buffer.from('héllo'), tag });
        expect(await store.tagOf('year=2025/x.csv')).toBe(tag);
        expect(await textOf(store, 'year=2025/x.csv')).toBe('héllo');
      }
    });

    test('an empty object is an object', async () => {
      const { open } = await setUp();
      await open.write('empty', () => pieces([]), { absent: true });
      expect((await open.read('empty'))?.bytes).toHaveLength(0);
      expect(await keysOf(open, '')).toEqual(['empty']);
    });

    test('a tag changes with the content', async () => {
      const { open } = await setUp();
      const first = await open.write('k', bytes('1'), 'any');
      const second = await open.write('k', bytes('2'), 'any');
      expect(second.tag).not.toBe(first.tag);
      expect(await open.tagOf('k')).toBe(second.tag);
    });

    test('a write may ask that the key is absent', async () => {
      const { open } = await setUp();
      await open.write('k', bytes('1'), { absent: true });
      await expect(open.write('k', bytes('2'), { absent: true })).rejects.toThrow(WriteConflict);
      expect(await textOf(open, 'k')).toBe('1');
    });

    test('a write may ask for the tag it has seen', async () => {
      const { open, reopen } = await setUp();
      const seen = await open.write('k', bytes('1'), 'any');
      const next = await reopen().write('k', bytes('2'), seen);
      await expect(open.write('k', bytes('3'), seen)).rejects.toThrow('another run changed k meanwhile');
      await open.write('k', bytes('4'), next);
      expect(await textOf(open, 'k')).toBe('4');
    });

    test('a write that asks for a tag conflicts when the key is gone', async () => {
      const { open } = await setUp();
      const seen = await open.write('k', bytes('1'), 'any');
      await open.remove('k');
      await expect(open.write('k', bytes('2'), seen)).rejects.toThrow(WriteConflict);
      expect(await open.read('k')).toBeNull();
    });

    test.each(['absent', 'tag'] as const)('of many writers at once that ask for the same %s one wins', async (kind) => {
      const { open, reopen } = await setUp();
      const { tag } = await open.write('k', bytes('0'), 'any');
      if (kind === 'absent') await open.remove('k');
      const condition = kind === 'absent' ? ({ absent: true } as const) : { tag };
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) => reopen().write('k', bytes(`writer ${i}`), condition)),
      );
      const winners = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i] : []));
      expect(winners).toHaveLength(1);
      expect(await textOf(open, 'k')).toBe(`writer ${winners[0]}`);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(WriteConflict);
      }
    });

    test('a large object is streamed in, and out again', async () => {
      const { open } = await setUp();
      const piece = bytes('0123456789abcdef'.repeat(65_536));
      const { tag } = await open.write('large', () => pieces(Array.from({ length: 19 }, () => piece)), {
        absent: true,
      });
      expect(await open.tagOf('large')).toBe(tag);
      let length = 0;
      for await (const part of (await open.stream('large')) ?? []) length += part.length;
      expect(length).toBe(19 * piece.length);
      await expect(open.write('large', () => pieces([piece]), { absent: true })).rejects.toThrow(WriteConflict);
      await open.write('large', () => pieces(Array.from({ length: 9 }, () => piece)), { tag });
      await expect(open.write('large', () => pieces(Array.from({ length: 9 }, () => piece)), { tag })).rejects.toThrow(
        WriteConflict,
      );
    });

    test.each([1, 10])('content that fails after %i MB leaves the old object', async (megabytes) => {
      const { open } = await setUp();
      await open.write('k', bytes('old'), 'any');
      const failing = async function* () {
        for (let i = 0; i < megabytes; i++) yield new Uint8Array(1024 * 1024);
        throw new Error('the source broke');
      };
      await expect(open.write('k', failing, 'any')).rejects.toThrow('the source broke');
      expect(await textOf(open, 'k')).toBe('old');
      expect(await keysOf(open, '')).toEqual(['k']);
    });

    test('keys are listed below a folder, in the order of their bytes, with their sizes', async () => {
      const { open } = await setUp();
      const keys = [
        'a',
        'a!x',
        'a/b',
        'a/b.c',
        'a/b/c',
        'a0',
        'b/_manifest.json',
        'b/é',
        'b/\uffee',
        'b/😀',
        '_work/day/x',
      ];
      for (const key of keys) if (key !== 'a' && key !== 'a/b') await open.write(key, bytes(key), 'any');
      const expected = keys.filter((key) => key !== 'a' && key !== 'a/b');
      const sorted = expected
        .map((key) => Buffer.from(key))
        .sort(Buffer.compare)
        .map(String);
      expect(await keysOf(open, '')).toEqual(sorted);
      expect(await keysOf(open, 'a/')).toEqual(['a/b.c', 'a/b/c']);
      expect(await keysOf(open, 'a/b/')).toEqual(['a/b/c']);
      expect(await keysOf(open, 'none/')).toEqual([]);
      for await (const { key, bytes: size } of open.list('b/')) expect(size).toBe(Buffer.byteLength(key));
    });

    test('a removed key is gone, and removing it again is no error', async () => {
      const { open } = await setUp();
      await open.write('a/k', bytes('1'), 'any');
      await open.remove('a/k');
      await open.remove('a/k');
      expect(await keysOf(open, '')).toEqual([]);
      await open.write('a/k', bytes('2'), { absent: true });
      expect(await textOf(open, 'a/k')).toBe('2');
    });

    test.each(['', '/a', 'a//b', 'a/', '../a', 'a/../b', './a', 'a\u0000b', 'a\\b'])(
      'the key %j is refused',
      async (key) => {
        const { open } = await setUp();
        await expect(open.write(key, bytes(''), 'any')).rejects.toThrow('storage key');
        await expect(open.read(key)).rejects.toThrow('storage key');
        await expect(open.remove(key)).rejects.toThrow('storage key');
      },
    );
  });
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

async function* pieces(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function keysOf(store: ReportStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

async function textOf(store: ReportStore, key: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of (await store.stream(key)) ?? []) parts.push(part);
  return Buffer.concat(parts).toString();
}
