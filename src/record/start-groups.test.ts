import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { principalOf, startOf } from './evidence.fixture.js';
import { groupStarts, joinCopies, uniqueStarts } from './start-groups.js';

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

  it('are a conflict when a user of the same ARN has another id, and not when one record lacks it', () => {
    const anew = startOf({ eventId: 'event-2', principal: principalOf({ principalId: 'AIDAANEW' }) });
    const bare = startOf({ eventId: 'event-3', principal: principalOf({ principalId: null }) });
    expect(groupStarts([startOf(), anew]).executions[0]?.isConflict).toBe(true);
    expect(groupStarts([startOf(), bare]).executions[0]?.isConflict).toBe(false);
  });

  it('are a conflict when copies of one event name different principals: what they agree in is left', () => {
    const other = startOf({
      principal: principalOf({ arn: 'arn:aws:iam::111122223333:user/eva', principalId: 'AIDAEVA', userName: 'eva' }),
      queryString: 'SELECT 1',
    });
    for (const copies of [
      [startOf(), other],
      [other, startOf(), startOf()],
    ]) {
      const joined = joinCopies(copies);
      expect(joined.copies).toBe(1);
      expect(joined.starts).toMatchObject([
        { queryString: 'SELECT 1', principal: { arn: null, userName: null, principalId: null, type: 'IAMUser' } },
      ]);
      expect(joined.starts[0]?.contradiction).toHaveLength(2);
      expect(groupStarts(joined.starts).executions).toMatchObject([{ isConflict: true }]);
    }
  });

  it('are no conflict when a correction names another principal: it replaces what it corrects', () => {
    const corrected = startOf({
      eventId: 'event-9',
      replacesEventId: 'event-1',
      principal: principalOf({ arn: 'arn:aws:iam::111122223333:user/eva', principalId: 'AIDAEVA' }),
    });
    const { starts } = joinCopies([startOf(), corrected]);
    expect(starts).toEqual([corrected]);
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
