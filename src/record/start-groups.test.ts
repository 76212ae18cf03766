import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { principalOf, startOf } from './evidence.fixture.js';
import { groupStarts, uniqueStarts } from './start-groups.js';

describe('copies of one event', () => {
  it('count once, whichever comes first, and the copy that still shows the text wins', () => {
    const masked = startOf();
    const clear = startOf({ queryString: 'SELECT 1' });
    expect(uniqueStarts([masked, clear, masked])).toEqual([clear]);
    expect(uniqueStarts([clear, masked])).toEqual([clear]);
  });

  it('stay apart when they name different executions, accounts or Regions', () => {
    const starts = [
      startOf(),
      startOf({ queryExecutionId: 'query-2' }),
      startOf({ region: 'eu-west-1' }),
      startOf({ accountId: '444455556666' }),
    ];
    expect(uniqueStarts(starts)).toHaveLength(4);
  });

  it('give way to a corrected record', () => {
    const corrected = startOf({ eventId: 'event-9', replacesEventId: 'event-1', userAgent: 'corrected' });
    expect(uniqueStarts([corrected, startOf()])).toEqual([corrected]);
  });
});

describe('starts of one execution', () => {
  it('make one group led by the earliest', () => {
    const late = startOf({ eventId: 'event-2', eventTime: startOf().eventTime + 1000 });
    const { executions } = groupStarts([late, startOf()]);
    expect(executions).toHaveLength(1);
    expect(executions[0]).toMatchObject({
      queryExecutionId: 'query-1',
      first: { eventId: 'event-1' },
      isConflict: false,
    });
  });

  it('are a conflict when different principals made them, not when a key changed', () => {
    const other = startOf({ eventId: 'event-2', principal: principalOf({ arn: 'arn:aws:iam::111122223333:user/bo' }) });
    const rotated = startOf({ eventId: 'event-3', principal: principalOf({ accessKeyId: 'AKIAOTHER' }) });
    expect(groupStarts([startOf(), other]).executions[0]?.isConflict).toBe(true);
    expect(groupStarts([startOf(), rotated]).executions[0]?.isConflict).toBe(false);
  });

  it('leave refused starts alone', () => {
    const refused = startOf({ eventId: 'event-4', queryExecutionId: null, errorCode: 'AccessDenied' });
    expect(groupStarts([refused]).refused).toEqual([refused]);
  });
});

it('grouping does not depend on the order of the evidence', () => {
  const start = fc
    .record({
      id: fc.integer({ min: 1, max: 5 }),
      query: fc.option(fc.integer({ min: 1, max: 3 })),
      second: fc.integer({ min: 0, max: 3 }),
      text: fc.boolean(),
    })
    .map(({ id, query, second, text }) =>
      startOf({
        eventId: `event-${id}`,
        queryExecutionId: query === null ? null : `query-${query}`,
        eventTime: startOf().eventTime + second * 1000,
        queryString: text ? 'SELECT 1' : null,
      }),
    );
  const shuffled = fc
    .array(start, { maxLength: 12 })
    .chain((starts) => fc.tuple(fc.constant(starts), fc.shuffledSubarray(starts, { minLength: starts.length })));
  fc.assert(
    fc.property(shuffled, ([starts, other]) => {
      expect(uniqueStarts([...other, ...other])).toEqual(uniqueStarts(starts));
      expect(groupStarts(uniqueStarts(other))).toEqual(groupStarts(uniqueStarts(starts)));
    }),
  );
});
