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
    for (const other of ['yesterday', 'Tue Nov 03 15:00:00 CET 2026', true, {}, ['2026']])
      expect(read(other)).toMatch(/^SubmissionDateTime .* is no time/);
  });
});

describe('what an execution does not tell', () => {
  it.each([-5, 0.5, 2 ** 60, '-1', '1152921504606846976'])('bytes of %s are not known', (DataScannedInBytes) => {
    const execution = readExecution({ QueryExecutionId: 'a', Statistics: { DataScannedInBytes } });
    expect(execution).toMatchObject({ dataScannedBytes: null });
  });

  it('has a text only where no mask stands for it', () => {
    const query = (Query: unknown) => readExecution({ QueryExecutionId: 'a', Query });
    expect(query('***OMITTED***')).toMatchObject({ query: null });
    expect(query('')).toMatchObject({ query: '' });
    expect(query("SELECT '***OMITTED***'")).toMatchObject({ query: "SELECT '***OMITTED***'" });
  });
});
