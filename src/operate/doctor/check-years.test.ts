import { expect, it } from 'vitest';
import { checkYears } from './check-stack.js';

it('the last year of the table is told of three years before', () => {
  const now = Date.UTC(2033, 5, 1);
  const years = (LastYear: string) => checkYears({ outputs: {}, parameters: { LastYear } }, now);
  expect(years('2036')).toEqual([]);
  expect(years('2035')[0]).toMatchObject({ status: 'warn', fix: 'aqt deploy --parameter LastYear=2043' });
  expect(checkYears({ outputs: {}, parameters: {} }, now)).toEqual([]);
});
