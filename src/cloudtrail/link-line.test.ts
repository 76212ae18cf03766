import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lineOfLink, linkOfLine } from './link-line.js';
import { readCredentialLink } from './read-credential-link.js';

const text = fc.constantFrom('a', 'arn:aws:iam::111122223333:role/r', '', 'é"\\', '"', '\\', '\n\x7f', '\ud800\u2028');
const some = (...names: string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, text])), { requiredKeys: [] });
const context = fc.record(
  {
    sessionIssuer: some('type', 'arn', 'principalId', 'userName', 'accountId'),
    attributes: some('mfaAuthenticated', 'creationDate'),
    webIdFederationData: fc.record({
      attributes: fc.constant({ 'cognito-identity.amazonaws.com:sub': 's', 'x:amr': '["unauthenticated"]' }),
      federatedProvider: text,
    }),
    originIdentity: some('subject', 'issuer'),
    assumedRoot: fc.constant('true'),
  },
  { requiredKeys: [] },
);
const record = fc.record(
  {
    eventName: fc.constantFrom('AssumeRole', 'AssumeRoleWithSAML', 'GetFederationToken'),
    eventSource: fc.constant('sts.amazonaws.com'),
    eventTime: fc.constant('2026-11-01T05:00:00Z'),
    eventID: fc.constant('e'),
    awsRegion: text,
    sourceIPAddress: text,
    userAgent: text,
    recipientAccountId: text,
    sharedEventID: text,
    sessionCredentialFromConsole: fc.constant('true'),
    userIdentity: fc.record(
      {
        type: fc.constantFrom('AWSService', 'AssumedRole', 'SAMLUser'),
        principalId: text,
        arn: text,
        invokedBy: text,
        sessionContext: context,
        onBehalfOf: some('userId', 'identityStoreArn'),
        invokedByDelegate: some('accountId'),
      },
      { requiredKeys: [] },
    ),
    requestParameters: fc.record(
      { roleArn: text, roleSessionName: text, tags: fc.array(fc.record({ key: text, value: text }), { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
    responseElements: fc.constant({ credentials: { accessKeyId: 'ASIAX' } }),
  },
  { requiredKeys: ['eventName', 'eventSource', 'eventTime', 'eventID', 'responseElements'] },
);

it('keeps whatever a link says, in the same order', () => {
  fc.assert(
    fc.property(record, (each) => {
      const link = readCredentialLink(each);
      if (link === null) throw new Error('it is a link');
      const line = lineOfLink(link);
      const parsed = JSON.parse(line) as { link: unknown };
      expect(JSON.stringify(parsed)).toBe(line);
      const back = linkOfLine(parsed);
      expect(JSON.stringify(back)).toBe(JSON.stringify(link));
      expect(back).toStrictEqual(link);
    }),
    { numRuns: 300 },
  );
});

it('keeps a service that took a role in little more than its texts', () => {
  const service = {
    ...{ eventName: 'AssumeRole', eventSource: 'sts.amazonaws.com', eventTime: '2026-11-01T05:00:00Z', eventID: 'e' },
    userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
    responseElements: { credentials: { accessKeyId: 'ASIAX' } },
  };
  const link = readCredentialLink(service);
  expect(link && lineOfLink(link)).toBe(
    '{"link":{"eventId":"e","eventTime":1793509200000,"eventName":"AssumeRole","caller":{"type":"AWSService","invokedBy":"lambda.amazonaws.com"},"issuedAccessKeyId":"ASIAX"}}',
  );
});
