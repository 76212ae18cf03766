import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from './json-access.js';
import { LINK_EVENT_NAMES, readCredentialLink } from './read-credential-link.js';

const ASSUME_ROLE: JsonObject = {
  eventVersion: '1.08',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  eventID: 'e1',
  eventTime: '2026-11-02T10:00:00Z',
  awsRegion: 'eu-west-1',
  recipientAccountId: '111122223333',
  sharedEventID: 's1',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ana', accessKeyId: 'AKIA1', userName: 'ana' },
  requestParameters: {
    roleArn: 'arn:aws:iam::111122223333:role/Lake',
    roleSessionName: 'ana',
    tags: [{ key: 'Team', value: 'b' }, { key: 'Cost' }, 'junk'],
    incomingTransitiveTags: { A: '1' },
  },
  responseElements: {
    credentials: { accessKeyId: 'ASIA1', expiration: 'Nov 2, 2026, 11:00:00\u202fAM' },
    assumedRoleUser: { assumedRoleId: 'AROA1:ana', arn: 'arn:aws:sts::111122223333:assumed-role/Lake/ana' },
    sourceIdentity: 'ana',
  },
};

describe('events that issue credentials', () => {
  it('reads who asked, and what was issued', () => {
    expect(readCredentialLink(ASSUME_ROLE)).toMatchObject({
      kind: 'link',
      eventId: 'e1',
      eventTime: Date.UTC(2026, 10, 2, 10),
      accountId: '111122223333',
      sharedEventId: 's1',
      caller: { type: 'IAMUser', userName: 'ana' },
      issuedAccessKeyId: 'ASIA1',
      issuedPrincipalId: 'AROA1:ana',
      roleArn: 'arn:aws:iam::111122223333:role/Lake',
      roleSessionName: 'ana',
      sourceIdentity: 'ana',
      tags: ['A=1', 'Cost=', 'Team=b'],
    });
  });

  it.each([
    [
      'AssumeRoleWithSAML',
      'sts',
      { subject: 'ana@x', subjectType: 'persistent', issuer: 'idp', credentials: { accessKeyId: 'ASIA1' } },
      { subject: 'ana@x', subjectType: 'persistent', issuer: 'idp' },
    ],
    [
      'AssumeRoleWithWebIdentity',
      'sts',
      { subjectFromWebIdentityToken: 'sub', provider: 'google', credentials: { accessKeyId: 'ASIA1' } },
      { subject: 'sub', issuer: 'google' },
    ],
    ['AssumeRoot', 'sts', { credentials: { accessKeyId: 'ASIA1' } }, { issuedAccessKeyId: 'ASIA1' }],
    ['GetSessionToken', 'sts', { credentials: { accessKeyId: 'ASIA1' } }, { issuedAccessKeyId: 'ASIA1' }],
    [
      'GetFederationToken',
      'sts',
      { credentials: { accessKeyId: 'ASIA1' }, federatedUser: { federatedUserId: '1:x', arn: 'arn:x' } },
      { issuedPrincipalId: '1:x' },
    ],
    [
      'CreateOAuth2Token',
      'signin',
      { tokenOutput: { accessToken: { accessKeyId: 'ASIA1' } } },
      { issuedAccessKeyId: 'ASIA1' },
    ],
    ['CreateOAuth2Token', 'signin', { accessToken: { accessKeyId: 'ASIA1' } }, { issuedAccessKeyId: 'ASIA1' }],
    ['GetSigninToken', 'signin', { credentials: { accessKeyId: 'ASIA1' } }, { issuedAccessKeyId: 'ASIA1' }],
    ['StartSession', 'athena', { sessionId: 'spark-1', state: 'CREATED' }, { sparkSessionId: 'spark-1' }],
  ])('reads %s of %s', (eventName, service, responseElements, expected) => {
    expect(LINK_EVENT_NAMES).toContain(eventName);
    const record = {
      ...ASSUME_ROLE,
      eventName,
      eventSource: `${service}.amazonaws.com`,
      sharedEventID: undefined,
      responseElements,
    };
    expect(readCredentialLink(record)).toMatchObject(expected);
  });

  it('takes the sign-in session and what a token is for', () => {
    const record = {
      ...ASSUME_ROLE,
      eventName: 'CreateOAuth2Token',
      eventSource: 'signin.amazonaws.com',
      requestParameters: { resource: 'https://aws-mcp.us-east-1.api.aws/mcp' },
      responseElements: null,
      additionalEventData: { signInSessionArn: 'arn:aws:signin:us-east-1:1:session/s' },
    };
    expect(readCredentialLink(record)).toMatchObject({
      signInSessionArn: 'arn:aws:signin:us-east-1:1:session/s',
      resource: 'https://aws-mcp.us-east-1.api.aws/mcp',
      issuedAccessKeyId: null,
    });
  });

  it.each([
    ['another event', { eventName: 'GetCallerIdentity' }],
    ['an event of that name of another service', { eventSource: 'signin.amazonaws.com' }],
    ['a session of Systems Manager', { eventName: 'StartSession', eventSource: 'ssm.amazonaws.com' }],
    ['a refused call', { errorCode: 'AccessDenied', responseElements: null }],
    ['a record without a time', { eventTime: 'yesterday' }],
    ['a record without an id', { eventID: undefined }],
    ['an unknown version', { eventVersion: '2.0' }],
    ['an event that issues nothing', { responseElements: null, sharedEventID: undefined }],
  ])('does not read %s', (_, change) => {
    expect(readCredentialLink({ ...ASSUME_ROLE, ...change })).toBeNull();
  });

  it('answers any JSON without throwing', () => {
    const mutated = fc
      .tuple(fc.constantFrom(...Object.keys(ASSUME_ROLE)), fc.jsonValue())
      .map(([key, value]) => ({ ...ASSUME_ROLE, [key]: value }));
    fc.assert(
      fc.property(
        fc.oneof(mutated, fc.dictionary(fc.constantFrom(...Object.keys(ASSUME_ROLE)), fc.jsonValue())),
        (record) => {
          const link = readCredentialLink(record as JsonObject);
          expect(link === null || (link.eventId !== '' && Number.isFinite(link.eventTime))).toBe(true);
        },
      ),
    );
  });
});
