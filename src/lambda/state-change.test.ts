import { describe, expect, it } from 'vitest';
import { parseStateChange } from './state-change.js';

const EVENT = {
  version: '0',
  id: 'abcdef00-1234-5678-9abc-def012345678',
  'detail-type': 'Athena Query State Change',
  source: 'aws.athena',
  account: '123456789012',
  time: '2026-10-06T09:30:10Z',
  region: 'eu-west-1',
  resources: [],
  detail: {
    ...{ versionId: '0', currentState: 'FAILED', previousState: 'RUNNING', statementType: 'DML', sequenceNumber: '3' },
    ...{ queryExecutionId: '01234567-0123-0123-0123-012345678901', workgroupName: 'primary' },
    athenaError: { errorCategory: 2.0, errorType: 1306.0, errorMessage: 'Amazon Athena experienced an error' },
  },
};

describe('an event of Athena', () => {
  it('names the execution, its place and the time', () => {
    expect(parseStateChange(JSON.stringify(EVENT))).toEqual({
      queryExecutionId: '01234567-0123-0123-0123-012345678901',
      accountId: '123456789012',
      region: 'eu-west-1',
      at: Date.parse('2026-10-06T09:30:10Z'),
    });
  });

  it.each([
    ['not JSON', '{'],
    ['not an "Athena', '"text"'],
    ['not an "Athena', JSON.stringify({ ...EVENT, 'detail-type': 'AWS API Call via CloudTrail' })],
    ['it names no execution', JSON.stringify({ ...EVENT, detail: { queryExecutionId: 7 } })],
    ['names no account, Region or time', JSON.stringify({ ...EVENT, time: 'soon' })],
    ['names no account, Region or time', JSON.stringify({ ...EVENT, account: undefined })],
  ])('that is none is told: %s', (reason, body) => {
    expect(parseStateChange(body)).toContain(reason);
  });
});
