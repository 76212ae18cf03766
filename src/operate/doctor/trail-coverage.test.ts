import { expect, it } from 'vitest';
import { coverageOf } from './trail-coverage.js';

const management = (readOnly?: string) => ({
  FieldSelectors: [
    { Field: 'eventCategory', Equals: ['Management'] },
    ...(readOnly === undefined ? [] : [{ Field: 'readOnly', Equals: [readOnly] }]),
  ],
});

it.each([
  ['a default trail', { EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }] }, 'all'],
  ['write events', { EventSelectors: [{ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }] }, 'write-only'],
  ['read events', { EventSelectors: [{ ReadWriteType: 'ReadOnly', IncludeManagementEvents: true }] }, 'read-only'],
  ['data events', { EventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: false }] }, 'none'],
  ['advanced, all', { AdvancedEventSelectors: [management()] }, 'all'],
  ['advanced, write events', { AdvancedEventSelectors: [management('false')] }, 'write-only'],
  ['advanced, both in two', { AdvancedEventSelectors: [management('false'), management('true')] }, 'all'],
  [
    'advanced, data events',
    { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] }] },
    'none',
  ],
  ['nothing', {}, 'none'],
] as const)('says what %s record', (_, selectors, coverage) => {
  expect(coverageOf(selectors as unknown as Parameters<typeof coverageOf>[0])).toBe(coverage);
});
