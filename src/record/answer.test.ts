import { describe, expect, it } from 'vitest';
import type { ExecutionAnswer } from '../athena/execution.js';
import { ATHENA_RETENTION_MS } from '../athena/limits.js';
import { betterAnswer, isUnsettled, isWorthAsking, type ObservedAnswer, queryOf, REQUEUE_BOUND_MS } from './answer.js';
import { executionOf } from './evidence.fixture.js';

const STARTED = Date.UTC(2026, 10, 1, 12);
const id = { queryExecutionId: 'query-1', origin: 'athena' } as const;
const found = (state: string, observedAt = STARTED + 60_000): ObservedAnswer => ({
  answer: { ...id, outcome: 'found', execution: executionOf({ state }) },
  observedAt,
});
const missing = (outcome: 'not_found' | 'denied' | 'pending', observedAt = STARTED + 60_000): ObservedAnswer => ({
  answer: { ...id, outcome, reason: 'because' },
  observedAt,
});
const unknown: ObservedAnswer = {
  answer: { ...id, origin: 'export', outcome: 'unknown' } satisfies ExecutionAnswer,
  observedAt: STARTED,
};

describe('the better of two answers', () => {
  it.each([
    ['SUCCEEDED', found('SUCCEEDED'), found('FAILED')],
    ['FAILED', found('FAILED'), found('RUNNING')],
    ['RUNNING', found('RUNNING'), found('QUEUED')],
    ['found', found('QUEUED'), missing('denied')],
    ['not_found', missing('not_found'), missing('pending')],
    ['pending', missing('pending'), unknown],
    ['the later', missing('denied', STARTED + 5), missing('not_found', STARTED + 4)],
  ])('is %s, in either order', (_, better, worse) => {
    expect(betterAnswer(better, worse)).toBe(better);
    expect(betterAnswer(worse, better)).toBe(better);
  });
});

describe('asking again is worth while', () => {
  it.each([
    ['no answer', undefined, true],
    ['succeeded', found('SUCCEEDED'), false],
    ['cancelled', found('CANCELLED'), false],
    ['running', found('RUNNING'), true],
    ['failed a moment ago: Athena may take it up again', found('FAILED'), true],
    ['failed long ago', found('FAILED', STARTED + REQUEUE_BOUND_MS + 60_000), false],
    ['not found while Athena would still keep it', missing('not_found'), true],
    ['not found after 45 days', missing('not_found', STARTED + ATHENA_RETENTION_MS + 1), false],
    ['denied', missing('denied'), true],
    [
      'still running after 45 days: nobody will ever know more',
      found('RUNNING', STARTED + ATHENA_RETENTION_MS + 1),
      false,
    ],
  ])('%s', (_, observed, expected) => {
    expect(isWorthAsking(observed, STARTED)).toBe(expected);
  });

  it('and the hour stays open for it only as long as Athena keeps executions', () => {
    expect(isUnsettled(undefined, STARTED, STARTED + ATHENA_RETENTION_MS)).toBe(true);
    expect(isUnsettled(undefined, STARTED, STARTED + ATHENA_RETENTION_MS + 1)).toBe(false);
  });
});

describe('the text', () => {
  const event = { queryString: null, eventTime: STARTED };
  it.each([
    ['comes from Athena', found('SUCCEEDED'), event, { query: 'SELECT 1', status: 'available', source: 'athena' }],
    [
      'comes from an old record',
      unknown,
      { ...event, queryString: 'SELECT 2' },
      { query: 'SELECT 2', status: 'available', source: 'cloudtrail' },
    ],
    ['is masked when only the event is known', undefined, event, { query: null, status: 'masked', source: 'none' }],
    ['is not found', missing('not_found'), event, { query: null, status: 'not_found', source: 'none' }],
    [
      'is expired past 45 days',
      missing('not_found', STARTED + ATHENA_RETENTION_MS + 1),
      event,
      { query: null, status: 'expired', source: 'none' },
    ],
    ['is denied', missing('denied'), event, { query: null, status: 'denied', source: 'none' }],
    ['is pending', missing('pending'), event, { query: null, status: 'pending', source: 'none' }],
  ])('%s', (_, observed, start, expected) => {
    expect(queryOf(observed, start)).toEqual(expected);
  });
});
