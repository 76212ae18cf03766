import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRecords } from './find-records.js';
import { readEvidence } from './read-evidence.js';

const record = {
  eventVersion: '1.11',
  userIdentity: { accountId: '111122223333' },
  eventTime: '2021-10-19 04:50:27',
  eventSource: 'athena.amazonaws.com',
  eventName: 'StartQueryExecution',
  awsRegion: 'eu-west-1',
  requestParameters: 'null',
  responseElements: { queryExecutionId: 'q-0' },
  eventID: 'e-1',
};
/** Opens texts that are JSON. */
function jsonIn(text: string): unknown[] | null {
  try {
    return [JSON.parse(text)];
  } catch {
    return null;
  }
}

const unwrap = (document: unknown) => [...findRecords(document, { open: jsonIn })];

describe('readEvidence', () => {
  it('reads a start that an export has masked, and whose time lacks a zone', () => {
    expect(readEvidence(record)).toMatchObject({
      kind: 'start',
      eventTime: Date.UTC(2021, 9, 19, 4, 50, 27),
      workGroup: null,
    });
  });

  it('reads parameters that an export has kept as JSON text', () => {
    const flat = {
      ...record,
      requestParameters: JSON.stringify({ workGroup: 'bi', queryExecutionContext: { database: 'sales' } }),
      responseElements: JSON.stringify({ queryExecutionId: 'q-1' }),
    };
    expect(readEvidence(flat)).toMatchObject({ workGroup: 'bi', database: 'sales', queryExecutionId: 'q-1' });
    expect(readEvidence({ ...flat, requestParameters: '{workGroup=bi}' })).toMatchObject({ workGroup: null });
  });

  it('takes no start without an execution for refused: AWS refuses with an error', () => {
    expect(readEvidence({ ...record, responseElements: null })).toMatchObject({
      kind: 'reject',
      eventTime: Date.UTC(2021, 9, 19, 4, 50, 27),
      reason: 'responseElements.queryExecutionId is missing, and so is errorCode: null',
    });
    expect(readEvidence({ ...record, responseElements: null, errorCode: 'AccessDenied' })).toMatchObject({
      kind: 'start',
      queryExecutionId: null,
    });
  });

  it('reads a network activity record only where the endpoint refused, and of the caller’s account', () => {
    const network = {
      ...record,
      responseElements: null,
      eventCategory: 'NetworkActivity',
      eventType: 'AwsVpceEvents',
      recipientAccountId: '444455556666',
    };
    expect(readEvidence(network)).toBeNull();
    expect(readEvidence({ ...network, errorCode: 'AccessDenied' })).toBeNull();
    expect(readEvidence({ ...network, errorCode: 'VpceAccessDenied' })).toMatchObject({
      kind: 'start',
      accountId: '111122223333',
      errorCode: 'VpceAccessDenied',
    });
  });

  it('takes an identity that an export has made unreadable for malformed, not for nobody', () => {
    const text = '{type=AssumedRole, principalid=AROAEXAMPLE:ana}';
    expect(readEvidence({ ...record, userIdentity: text })).toMatchObject({
      kind: 'reject',
      reason: expect.stringContaining('userIdentity is text that is not JSON'),
    });
  });

  it('tells what is not ours from what cannot be used', () => {
    expect(readEvidence({ ...record, eventName: 'GetQueryExecution' })).toBeNull();
    expect(readEvidence({ ...record, eventSource: 'cloudtrail.amazonaws.com' })).toBeNull();
    for (const eventSource of ['athena.amazonaws.com.cn', 'athena.amazonaws.eu', 'Athena.amazonaws.com', 'athena'])
      expect([eventSource, readEvidence({ ...record, eventSource })]).toMatchObject([eventSource, { kind: 'start' }]);
    expect(readEvidence({ ...record, eventSource: undefined })).toMatchObject({
      kind: 'reject',
      reason: 'eventSource is missing',
    });
    expect(readEvidence({ ...record, eventTime: '2021-02-31T00:00:00Z' })).toMatchObject({
      kind: 'reject',
      eventTime: null,
    });
    for (const value of [null, 1, 'x', [], {}]) expect(readEvidence(value)).toBeNull();
  });
});

describe('findRecords', () => {
  it.each<[string, unknown]>([
    ['an array in an array', [[record]]],
    [
      'a queue message that wraps a notification',
      { Records: [{ body: JSON.stringify({ Message: JSON.stringify({ detail: record }) }) }] },
    ],
    ['a search index', { _source: record }],
    ['a log search', { _raw: JSON.stringify(record) }],
  ])('finds the record in %s', (_, document) => {
    expect(unwrap(document)).toEqual([{ record }]);
  });

  it('never looks into a record', () => {
    const outer = {
      ...record,
      eventName: 'PutObject',
      detail: record,
      Records: [record],
      message: JSON.stringify(record),
    };
    expect(unwrap(outer)).toEqual([{ record: outer }]);
  });

  it('keeps a record that LookupEvents prints and that is not JSON, with its time', () => {
    const found = unwrap({ Events: [{ EventTime: 1_793_500_000.9, CloudTrailEvent: '{"a":' }] });
    expect(found).toEqual([{ fault: 'CloudTrailEvent is not JSON', text: '{"a":', eventTime: 1_793_500_000_900 }]);
  });

  it('ends on any document, however deep', () => {
    let deep: unknown = record;
    for (let layer = 0; layer < 500; layer++) deep = { detail: deep };
    expect(unwrap(deep)).toEqual([
      { fault: 'not all of it was looked through: it is nested too deep', text: '', eventTime: null },
    ]);
    fc.assert(fc.property(fc.jsonValue(), (document) => void unwrap(document)));
  });
});
