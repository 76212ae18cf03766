import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assumeRoleRecord, otherRecord, startRecord } from '../record.fixture.js';
import { scanCompactLog } from './scan-compact-log.js';

const NAMES = new Set(['StartQueryExecution', 'AssumeRole']);
const STARTS = new Set(['StartQueryExecution']);
const scan = (text: string, names = NAMES) => {
  const bytes = Buffer.from(text);
  return scanCompactLog(bytes, names)?.map(({ start, end }) => bytes.toString('utf8', start, end)) ?? null;
};
const file = (...records: unknown[]) => JSON.stringify({ Records: records });
const fake = startRecord({ eventID: 'forged' });

describe('scanCompactLog', () => {
  it('finds the wanted records wherever they stand, and nothing else', () => {
    const found = scan(
      file(
        startRecord({ eventID: 'a' }),
        otherRecord(),
        assumeRoleRecord({ eventID: 'b' }),
        startRecord({ eventID: 'c' }),
      ),
    );
    expect(found?.map((text) => JSON.parse(text).eventID)).toEqual(['a', 'b', 'c']);
    expect(scan(file(otherRecord(), otherRecord()))).toEqual([]);
  });

  it('takes a name with blanks around its colon, and only as the value of its key', () => {
    const text = file(startRecord({ eventID: 'a' })).replace('"eventName":', '"eventName" : ');
    const other = otherRecord({ requestParameters: { apiName: 'StartQueryExecution', StartQueryExecution: 'x' } });
    for (const names of [NAMES, STARTS]) {
      expect(scan(text, names)).toHaveLength(1);
      expect(scan(file(other), names)).toEqual([]);
    }
  });

  it.each([
    [
      'a name in a string',
      otherRecord({ requestParameters: { policy: JSON.stringify({ eventName: 'StartQueryExecution' }) } }),
    ],
    ['a whole file in a string', otherRecord({ requestParameters: { body: file(fake, fake) } })],
    ['a border in a string', otherRecord({ userAgent: 'x},{"eventVersion":"1.0","eventName":"StartQueryExecution"}' })],
    ['brackets in strings', otherRecord({ userAgent: '[[S3Console/0.4]]', x: 'a":[', z: '\\":[{"eventVersion"' })],
  ])('is not fooled by %s', (_, record) => {
    expect(scan(file(record, startRecord({ eventID: 'real' })))?.map((text) => JSON.parse(text).eventID)).toEqual([
      'real',
    ]);
  });

  it.each([
    ['alone in a list', { list: [fake] }],
    ['between others in a list', { list: [fake, fake, fake] }],
    ['after something else in a list', { list: [{ a: 1 }, fake, fake] }],
    ['in a list in a list', { list: [[1, [{ b: [fake, fake] }]]] }],
  ])('leaves the file to the exact reader when a look-alike stands %s', (_, requestParameters) => {
    expect(scan(file(startRecord(), otherRecord({ requestParameters }), startRecord()))).toBeNull();
  });

  it('takes the real record and not the look-alike that is an object inside it', () => {
    const found = scan(file(otherRecord({ requestParameters: { inner: fake } })));
    expect(found?.map((text) => JSON.parse(text).eventName)).toEqual(['PutObject']);
  });

  it.each([
    ['an escaped letter', file(otherRecord()).replace('PutObject', '\\u0053tartQueryExecution')],
    ['a list after the records', `${file(startRecord()).slice(0, -1)},"more":[{"a":1},${JSON.stringify(fake)}]}`],
    [
      'a list among the records',
      `{"Records":[${JSON.stringify(startRecord())},[{"a":1},${JSON.stringify(fake)},${JSON.stringify(fake)}]]}`,
    ],
    ['a cut end', file(startRecord(), startRecord()).slice(0, -2)],
    [
      'another order of members',
      JSON.stringify({ Records: [{ eventName: 'StartQueryExecution', eventVersion: '1.11' }] }),
    ],
    ['pretty print', JSON.stringify({ Records: [startRecord()] }, null, 2)],
    ['a string that begins like a list', file(otherRecord({ y: ':[' }), startRecord())],
    ['no byte', ''],
  ])('declines a file with %s', (_, text) => {
    expect(scan(text)).toBeNull();
  });

  it('accepts the escaped signs that CloudTrail writes', () => {
    expect(scan(file(startRecord()).replace('ana', 'a\\u003dna'))).toHaveLength(1);
  });

  it('gives what a full parse gives, or declines, whatever the records hold', () => {
    const word = fc.constantFrom(
      'eventName',
      'eventVersion',
      'x',
      'Records',
      '":[',
      '},{"eventVersion":',
      'a\\',
      '"',
      ',[',
      ', [',
      '\\":[',
    );
    const value: fc.Memo<unknown> = fc.memo((depth) =>
      depth <= 1
        ? fc.oneof(word, fc.constantFrom('StartQueryExecution', 'AssumeRole', 1, null, true))
        : fc.oneof<fc.Arbitrary<unknown>[]>(
            { depthSize: 'small' },
            word,
            fc.constantFrom('StartQueryExecution', 'AssumeRole', 'S3'),
            fc.array(value(depth - 1), { maxLength: 4 }),
            fc.dictionary(word, value(depth - 1), { maxKeys: 4 }),
            fc.record({
              eventVersion: fc.constant('1.1'),
              eventName: fc.constantFrom('StartQueryExecution', 'Other'),
              more: value(depth - 1),
            }),
          ),
    );
    const record = fc.record({
      eventVersion: fc.constant('1.1'),
      before: value(4),
      eventName: fc.constantFrom('StartQueryExecution', 'AssumeRole', 'Other'),
      after: value(4),
    });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 6 }), fc.boolean(), (records, isStartsOnly) => {
        const names = isStartsOnly ? STARTS : NAMES;
        const wanted = records.filter(({ eventName }) => names.has(eventName)).map((each) => JSON.stringify(each));
        const found = scan(file(...records), names)?.filter((text) => names.has(JSON.parse(text).eventName));
        if (found) expect(found).toEqual(wanted);
      }),
      { numRuns: 2000 },
    );
  });
});
