import { describe, expect, it } from 'vitest';
import { readExecution } from './read-execution.js';

const SUBMITTED = Date.parse('2026-11-03T15:00:00.250Z');
const read = (SubmissionDateTime: unknown) =>
  readExecution({ QueryExecutionId: 'a', Status: { State: 'SUCCEEDED', SubmissionDateTime } });

describe('the times of an execution', () => {
  it.each([
    ['seconds', SUBMITTED / 1000],
    ['milliseconds', SUBMITTED],
    ['microseconds', SUBMITTED * 1000],
    ['nanoseconds as text', `${SUBMITTED}000000`],
    ['seconds as text', String(SUBMITTED / 1000)],
    ['ISO 8601', '2026-11-03T15:00:00.250Z'],
    ['an offset', '2026-11-03 10:00:00.250-05:00'],
    ['no zone', '2026-11-03 15:00:00.250'],
    ['a date of a document store', { $date: '2026-11-03T15:00:00.250Z' }],
    ['its milliseconds', { $date: SUBMITTED }],
    ['a Date', new Date(SUBMITTED)],
  ])('may be %s', (_, value) => expect(read(value)).toMatchObject({ submittedAt: SUBMITTED }));

  it('may be as Java and HTTP print them', () => {
    for (const text of ['Tue Nov 03 15:00:00 UTC 2026', 'Tue, 03 Nov 2026 15:00:00 GMT'])
      expect(read(text)).toMatchObject({ submittedAt: SUBMITTED - 250 });
  });

  it('may be missing, but never misread', () => {
    for (const nothing of [undefined, null, '']) expect(read(nothing)).toMatchObject({ submittedAt: null });
    for (const other of [
      'yesterday',
      'Tue Nov 03 15:00:00 CET 2026',
      true,
      {},
      ['2026'],
      '03/11/2026',
      '3.11.2026',
      '12',
    ])
      expect(read(other)).toMatch(/^SubmissionDateTime .* is no time/);
    for (const other of ['2026-02-30T00:00:00Z', '2026-11-03T25:00:00Z', '2026-11-03 15:00:00 America/New_York'])
      expect(read(other)).toMatch(/^SubmissionDateTime .* is no time/);
  });
});

describe('the statistics of an execution', () => {
  const scanned = (DataScannedInBytes: unknown) => {
    const read = readExecution({ QueryExecutionId: 'a', Statistics: { DataScannedInBytes } });
    return typeof read === 'string' ? read : read.dataScannedBytes;
  };

  it('may be numbers or text', () => expect([scanned(5), scanned('5'), scanned(0)]).toEqual([5, 5, 0]));

  it('are not known where they are no number of bytes', () => {
    const others = [-5, '-5', 1e16, '10000000000000000', 5.5, Number.POSITIVE_INFINITY, '5 GB', '1,000', true, null];
    expect(others.map(scanned)).toEqual(others.map(() => null));
  });

  it('say as text, too, whether a result was used again', () => {
    const reused = (ReusedPreviousResult: unknown) =>
      readExecution({ QueryExecutionId: 'a', Statistics: { ResultReuseInformation: { ReusedPreviousResult } } });
    expect(reused('true')).toMatchObject({ resultReused: true });
    expect(reused('false')).toMatchObject({ resultReused: false });
    expect(reused('perhaps')).toMatchObject({ resultReused: null });
  });
});

it('has a text only where no mask stands for it', () => {
  const query = (Query: unknown) => readExecution({ QueryExecutionId: 'a', Query });
  expect(query('***OMITTED***')).toMatchObject({ query: null });
  expect(query('')).toMatchObject({ query: '' });
  expect(query("SELECT '***OMITTED***'")).toMatchObject({ query: "SELECT '***OMITTED***'" });
});
