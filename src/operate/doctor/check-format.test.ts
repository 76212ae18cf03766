import { expect, it } from 'vitest';
import { checkFormat } from './check-format.js';

const tree = { location: 's3://audit', timezone: 'UTC', formats: ['csv'] };
const stack = (OutputType: string) => ({ outputs: {}, parameters: { OutputType } });

it('reports of the format that the table reads are as they should be; of others it says what helps', () => {
  expect(checkFormat(tree, stack('csv'))).toMatchObject({ status: 'pass' });
  expect(checkFormat({ ...tree, formats: ['csv', 'parquet'] }, stack('parquet'))).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('are csv, and the table reads parquet'),
    fix: expect.stringContaining('aqt deploy --format parquet --rewrite'),
  });
});
