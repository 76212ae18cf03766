import { describe, expect, it } from 'vitest';
import { stackAdvice } from './stack-advice.js';

describe('the status of a stack', () => {
  it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'])(
    'lets change one that is %s',
    (status) => expect(stackAdvice(status, 's')).toBeNull(),
  );

  it.each(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'REVIEW_IN_PROGRESS'])(
    'takes one that is %s for none',
    (status) => expect(stackAdvice(status, 's')).toMatchObject({ isVoid: true, isBlocked: false }),
  );

  it.each([
    ['UPDATE_ROLLBACK_FAILED', /continue-update-rollback --stack-name s/],
    ['UPDATE_FAILED', /rollback-stack --stack-name s/],
    ['DELETE_FAILED', /aqt destroy --stack s/],
    ['UPDATE_IN_PROGRESS', /wait for the end/],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', /wait for the end/],
    ['DELETE_IN_PROGRESS', /wait/],
  ])('stops at %s and says what to do', (status, message) => {
    const advice = stackAdvice(status, 's');
    expect(advice?.isBlocked).toBe(true);
    expect(advice?.message).toMatch(message);
  });
});
