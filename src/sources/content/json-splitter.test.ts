import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonSplitter } from './json-splitter.js';
import type { Piece } from './pieces.js';

const OPTIONS = { lists: new Set(['Records', 'Events']), maxValueBytes: 1000 };

/** Feeds a text in chunks of a size. */
function cut(text: string | Buffer, size = 1 << 20, options = OPTIONS): Piece[] {
  const bytes = Buffer.from(text);
  const splitter = createJsonSplitter(options);
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(...splitter.push(bytes.subarray(at, at + size)));
  return [...pieces, ...splitter.end()];
}

const texts = (pieces: readonly Piece[]) => pieces.map(({ kind, bytes }) => [kind, bytes.toString()]);

describe('createJsonSplitter', () => {
  it.each([
    ['a log file', '{"Records":[{"a":1},{"b":[2]}]}', ['{"a":1}', '{"b":[2]}']],
    ['a list that is not the first member', '{"NextToken":"x","Events":[{"a":1}],"z":{"Records":[9]}}', ['{"a":1}']],
    ['two lists', '{"Records":[1],"Events":[2]}', ['1', '2']],
    ['a bare array', ' [ {"a":1} , 5,"x]", null ] ', ['{"a":1}', '5', '"x]"', 'null ']],
    ['arrays in an array', '[[{"a":1}],[]]', ['[{"a":1}]', '[]']],
    ['one record', '{"eventName":"x","Records":"none"}', ['{"eventName":"x","Records":"none"}']],
    ['documents one after the other', '{"a":1}{"b":2}\n[3]', ['{"a":1}', '{"b":2}', '3']],
    ['a nested list of that name', '{"x":{"Records":[1]}}', ['{"x":{"Records":[1]}}']],
    ['signs in strings', '[{"a":"}]\\"{"},{"b":"\\\\"}]', ['{"a":"}]\\"{"}', '{"b":"\\\\"}']],
    ['an empty list', '{"Records":[]}', []],
    ['nothing', ' \n', []],
    ['a byte order mark', '\uFEFF[1]', ['1']],
  ])('cuts %s, in one go or byte by byte', (_, text, expected) => {
    const values = expected.map((value) => ['value', value]);
    expect(texts(cut(text))).toEqual(values);
    expect(texts(cut(text, 1))).toEqual(values);
  });

  it.each([
    ['HTML', '<html>', 'not JSON'],
    ['a cut record', '{"Records":[{"a":1},{"b":', 'the file ends inside a value that began at byte 20'],
    ['a cut list', '{"Records":[{"a":1}', 'the file ends before its list is closed'],
    ['a cut document', '{"Records":[{"a":1}]', 'the file ends before its list is closed'],
  ])('says what is wrong with %s and keeps what came before', (_, text, reason) => {
    for (const size of [1, 1000]) expect(cut(text, size).at(-1)).toMatchObject({ kind: 'broken', reason });
  });

  it.each([
    ['{"Events":[1],"NextToken":"x"}', true],
    ['{"NextToken":"x","Events":[1]}', true],
    ['{"Events":[1],"NextToken":"x"}{"Events":[2]}', false],
    ['{"Events":[1],"NextToken":""}', false],
    ['{"Events":[1],"NextToken":null,"a":"NextToken"}', false],
    ['{"Events":[{"NextToken":"x"}],"a":{"NextToken":"x"}}', false],
    ['{"a":1,"NextToken":"x"}', false],
  ])('says whether %s names a page that follows', (text, isMarked) => {
    for (const size of [1, 1000]) {
      const splitter = createJsonSplitter({ ...OPTIONS, marks: new Set(['NextToken']) });
      for (let at = 0; at < text.length; at += size) splitter.push(Buffer.from(text.slice(at, at + size)));
      splitter.end();
      expect(splitter.isMarked).toBe(isMarked);
    }
  });

  it('gives up a value that is too long, and goes on after it', () => {
    const long = `{"a":"${'x'.repeat(5000)}"}`;
    for (const size of [7, 100_000]) {
      const pieces = cut(`[${long},{"b":1}]`, size);
      expect(pieces).toMatchObject([
        { kind: 'broken', offset: 1, reason: `a value of ${long.length} bytes is longer than the 1000 allowed` },
        { kind: 'value', offset: long.length + 2 },
      ]);
    }
  });

  it('needs no more memory than a value may be long, even for names and envelopes without an end', () => {
    for (const start of ['{"', '{"Records":[],"', '[{"', '{"Records":[],"x":"', 'garbage ']) {
      const splitter = createJsonSplitter(OPTIONS);
      splitter.push(Buffer.from(start));
      const before = process.memoryUsage().arrayBuffers;
      for (let chunk = 0; chunk < 300; chunk++) splitter.push(Buffer.alloc(100_000, 'x'));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(31_000_000);
      expect(splitter.end()[0]?.bytes.length ?? 0).toBeLessThanOrEqual(200_000);
    }
  });

  it('cuts any documents at the same places whatever the size of the chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (values, size, isPretty) => {
          const text = JSON.stringify({ n: 'x', Records: values, m: [{ Records: [1] }] }, null, isPretty ? 1 : 0);
          const pieces = cut(text, size, { ...OPTIONS, maxValueBytes: 10_000_000 });
          expect(pieces.map(({ bytes }) => JSON.parse(bytes.toString()))).toEqual(JSON.parse(text).Records);
          for (const { offset, bytes } of pieces)
            expect(Buffer.from(text).subarray(offset, offset + bytes.length)).toEqual(bytes);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ['brackets without end', '['.repeat(60_000)],
    ['a string without end', `{"Records":["${'x'.repeat(60_000)}`],
    ['a string of escapes', `["${'\\\\'.repeat(30_000)}`],
    ['a name without end', `{"${'n'.repeat(60_000)}`],
    ['one long value', JSON.stringify({ Records: [{ a: 'x'.repeat(60_000) }] })],
    ['many short values', JSON.stringify({ Records: Array.from({ length: 9_000 }, (_, at) => ({ at })) })],
    ['garbage', '}]":,'.repeat(12_000)],
    ['lists that end each other', '{"Records":[1]'.repeat(4_000)],
  ])('takes a bounded number of steps a byte on %s, however small the chunks are', (_, text) => {
    const bytes = Buffer.from(text);
    for (const size of [1, 7, 4096, bytes.length]) {
      const splitter = createJsonSplitter({ ...OPTIONS, maxValueBytes: 10_000_000 });
      for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
      splitter.end();
      expect(splitter.steps).toBeLessThanOrEqual(6 * bytes.length);
    }
  });

  it('never throws and loses no byte of foreign text without saying so', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'R', ' ', '1') }),
        (text) => {
          cut(text, 3);
        },
      ),
    );
  });
});
