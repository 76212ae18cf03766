import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvidence } from '../../cloudtrail/read-evidence.js';
import { assumeRoleRecord, startRecord } from '../record.fixture.js';
import { RecordShapes } from './record-shapes.js';

const whole = (shapes: RecordShapes, text: string) => {
  const bytes = Buffer.from(`,${text}}]`);
  return shapes.read(bytes, 1, 1 + Buffer.byteLength(text));
};
function learnt(...records: unknown[]): RecordShapes {
  const shapes = new RecordShapes();
  for (const record of records) shapes.learn(JSON.stringify(record), JSON.parse(JSON.stringify(record)));
  return shapes;
}
const base = { eventVersion: '1.11', a: { b: 'x', c: [1, 'y', { d: null }], e: true }, f: '', g: -1.5, h: 'last' };

describe('RecordShapes', () => {
  it('reads a record like one that was learnt, whatever its texts are', () => {
    const shapes = learnt(base);
    const other = { ...base, eventVersion: '1.08', a: { b: '', c: [1, 'a longer text [{', { d: null }], e: true } };
    expect(whole(shapes, JSON.stringify(other))).toEqual(other);
    expect(whole(shapes, JSON.stringify(base))).toEqual(base);
  });

  it.each([
    ['an escape', JSON.stringify({ ...base, h: 'a"b' })],
    ['a byte beyond ASCII', JSON.stringify({ ...base, h: 'é' })],
    ['a control character, which is no JSON', JSON.stringify(base).replace('last', 'la\tst')],
    ['another number', JSON.stringify({ ...base, g: -1.6 })],
    ['another member', JSON.stringify({ ...base, i: 'more' })],
    ['one member less', JSON.stringify({ ...base, h: undefined })],
    ['another order', JSON.stringify(Object.fromEntries(Object.entries(base).reverse()))],
    ['a blank', JSON.stringify(base).replace(',"f"', ', "f"')],
    ['a name twice', JSON.stringify(base).replace('"f":""', '"f":"","f":"z"')],
    ['a cut end', JSON.stringify(base).slice(0, -2)],
    ['an end inside a text', JSON.stringify(base).slice(0, -4)],
  ])('leaves a record with %s to a parser', (_, text) => {
    expect(whole(learnt(base), text)).toBeNull();
  });

  it.each([
    ['a name twice', '{"a":"1","b":"2","a":"3"}', '{"a":"1","b":"2","a":"4"}'],
    ['an escape in a name', '{"\\u0061":"1"}', '{"\\u0061":"2"}'],
    ['a number in another spelling', '{"a":1.0,"b":"1"}', '{"a":1.0,"b":"2"}'],
  ])('does not learn from %s', (_, text, like) => {
    const shapes = new RecordShapes();
    shapes.learn(text, JSON.parse(text));
    expect(whole(shapes, like)).toBeNull();
  });

  it('keeps a member of the name __proto__ as JSON has it', () => {
    const shapes = new RecordShapes();
    const text = '{"__proto__":"x","a":{"__proto__":{"b":"y"}}}';
    shapes.learn(text, JSON.parse(text));
    expect(JSON.stringify(whole(shapes, text.replace('y', 'z')))).toBe(text.replace('y', 'z'));
  });

  it('goes on reading when more shapes come than it keeps', () => {
    const shapes = learnt(...Array.from({ length: 60 }, (_, count) => ({ [`k${count}`]: 'x' })), base);
    expect(whole(shapes, JSON.stringify({ ...base, h: 'other' }))).toEqual({ ...base, h: 'other' });
  });

  it('gives what the whole parse gives, or nothing, of any bytes near to a known record', () => {
    const known = [startRecord(), assumeRoleRecord({ eventID: 'b' }), base];
    const shapes = learnt(...known);
    const bytesOf = known.map((record) => Buffer.from(JSON.stringify(record)));
    const edit = fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      remove: fc.integer({ min: 0, max: 3 }),
      put: fc.oneof(
        fc.constantFrom('"', '\\', '\\u0041', '{', '}', '[', ']', ',', ':', ' ', '\n', '","x":"'),
        fc.string(),
      ),
    });
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...bytesOf), fc.array(edit, { maxLength: 2 }), (start, edits) => {
        let bytes = start;
        for (const { at, remove, put } of edits) {
          const from = Math.floor(at * bytes.length);
          bytes = Buffer.concat([bytes.subarray(0, from), Buffer.from(put), bytes.subarray(from + remove)]);
        }
        const framed = Buffer.concat([Buffer.from(','), bytes, Buffer.from(']}')]);
        const found = shapes.read(framed, 1, 1 + bytes.length);
        if (found === null) return;
        read += 1;
        const judged: unknown = JSON.parse(bytes.toString('utf8'));
        expect(JSON.stringify(found)).toBe(JSON.stringify(judged));
        expect(readEvidence(found)).toEqual(readEvidence(judged));
      }),
      { numRuns: 2000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});
