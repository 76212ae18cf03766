import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOfLink } from '../../cloudtrail/link-line.js';
import { LINK_EVENT_NAMES } from '../../cloudtrail/read-credential-link.js';
import { readEvidence } from '../../cloudtrail/read-evidence.js';
import { RecordShapes } from './record-shapes.js';

const NAMES = new Set(LINK_EVENT_NAMES);

const issued = {
  credentials: { accessKeyId: 'ASIAISSUED', sessionToken: 'TOKEN', expiration: 'Nov 1, 2026, 6:00:00 AM' },
  assumedRoleUser: { assumedRoleId: 'AROAX:ana', arn: 'arn:aws:sts::111122223333:assumed-role/x/ana' },
};
const assumed = {
  eventVersion: '1.11',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAY:bo',
    arn: 'arn:aws:sts::111122223333:assumed-role/y/bo',
    accountId: '111122223333',
    accessKeyId: 'ASIACALLER',
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: 'AROAY', arn: 'arn:aws:iam::111122223333:role/y', userName: 'y' },
      attributes: { creationDate: '2026-11-01T00:00:11Z', mfaAuthenticated: 'false' },
    },
  },
  eventTime: '2026-11-01T05:06:07Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  awsRegion: 'us-east-1',
  sourceIPAddress: '10.0.0.1',
  userAgent: 'Boto3/1.34',
  requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/x', roleSessionName: 'ana', durationSeconds: 3600 },
  responseElements: issued,
  requestID: 'request',
  eventID: 'event',
  resources: [{ accountId: '111122223333', type: 'AWS::IAM::Role', ARN: 'arn:aws:iam::111122223333:role/x' }],
  eventType: 'AwsApiCall',
  recipientAccountId: '111122223333',
  sharedEventID: 'shared',
  eventCategory: 'Management',
  tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES', clientProvidedHostHeader: 'sts.amazonaws.com' },
};
const service = {
  ...assumed,
  userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
  sourceIPAddress: 'lambda.amazonaws.com',
};
const user = {
  ...assumed,
  userIdentity: { type: 'IAMUser', principalId: 'AIDAX', arn: 'arn:aws:iam::1:user/ana', userName: 'ana' },
};
const saml = {
  ...assumed,
  eventName: 'AssumeRoleWithSAML',
  userIdentity: { type: 'SAMLUser', principalId: 'k:ana', userName: 'ana', identityProvider: 'idp' },
  requestParameters: { roleArn: 'arn:aws:iam::1:role/x', principalArn: 'arn:aws:iam::1:saml-provider/p' },
  responseElements: { ...issued, subject: 'ana', subjectType: 'persistent', issuer: 'https://idp' },
};
const tagged = {
  ...assumed,
  requestParameters: { ...assumed.requestParameters, sourceIdentity: 'ana', tags: [{ key: 'team', value: 'x' }] },
};
const principalOnly = { ...assumed, userIdentity: { type: 'AssumedRole', principalId: 'AROAY:bo' } };
const CALLERS = { assumed, service, user, saml, tagged, principalOnly };
const WORLD: readonly unknown[] = Object.values(CALLERS);

/** What follows from the bytes of a record for shapes that have met others; null where a record is read. */
function lineIn(shapes: RecordShapes, record: unknown, names: ReadonlySet<string> = NAMES) {
  const bytes = Buffer.from(`,${JSON.stringify(record)}]}`);
  return shapes.find(bytes, 1, bytes.length - 2)?.linkLine(names) ?? null;
}

/** As a reader of files does: what is not known is learnt. */
function meet(shapes: RecordShapes, record: unknown): void {
  const text = JSON.stringify(record);
  const shaped = shapes.find(Buffer.from(text), 0, text.length);
  if (!shaped) shapes.learn(text, JSON.parse(text));
  if (!shaped || shaped.linkLine(NAMES) !== null) return;
  const evidence = readEvidence(shaped.record());
  if (evidence?.kind === 'link') shaped.learnLink(evidence);
}

function met(...records: readonly unknown[]): RecordShapes {
  const shapes = new RecordShapes();
  for (const record of [...records, ...records]) meet(shapes, record);
  return shapes;
}

function judged(record: unknown): { readonly text: string; readonly eventTime: number } | null {
  const evidence = readEvidence(JSON.parse(JSON.stringify(record)));
  return evidence?.kind === 'link' ? { text: lineOfLink(evidence), eventTime: evidence.eventTime } : null;
}

type Texts = Readonly<Record<string, unknown>>;

/** The record with the text at a path replaced. */
function withText(value: unknown, path: readonly string[], text: string): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return text;
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === name ? withText(item, rest, text) : item));
  return { ...(value as Texts), [name]: withText((value as Texts)[name], rest, text) };
}

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => pathsIn(inner, [...path, name]));
}

describe('the line of a link from the bytes of its record', () => {
  it.each(Object.entries(CALLERS))('is that of the whole parse: %s', (_, record) => {
    const other = withText(withText(record, ['eventID'], 'other'), ['eventTime'], '2026-12-02T00:00:00Z');
    expect(lineIn(met(record), other)).toEqual({ kind: 'link-line', ...judged(other) });
  });

  it('is not made before a record of the kind was read, and only of names that are wanted', () => {
    const shapes = new RecordShapes();
    meet(shapes, assumed);
    expect(lineIn(shapes, assumed)).toBeNull();
    expect(lineIn(met(assumed), assumed, new Set(['StartQueryExecution']))).toBeNull();
  });

  it.each([
    ['a refusal', { ...assumed, errorCode: 'AccessDenied' }],
    ['an event of another service', { ...assumed, eventSource: 'example.amazonaws.com' }],
    ['a record of a VPC endpoint', { ...assumed, eventCategory: 'NetworkActivity' }],
    ['an unknown version', { ...assumed, eventVersion: '2.0' }],
    ['no id', { ...assumed, eventID: '' }],
    ['no time', { ...assumed, eventTime: '2026-11-31T05:06:07Z' }],
    ['a time of another form', { ...assumed, eventTime: '20261101T050607Z' }],
    [
      'no session',
      { ...assumed, userIdentity: { ...assumed.userIdentity, arn: 'arn:aws:iam::1:user/bo', principalId: 'AIDAX' } },
    ],
  ])('is not made from bytes of %s', (_, record) => {
    expect(lineIn(met(assumed, record), record)?.text ?? null).toBeOneOf([null, judged(record)?.text]);
    expect(lineIn(met(assumed), record)).toBeNull();
  });

  it('is not made of a member whose name only reads like that of one inside another', () => {
    const record = { ...service, 'userIdentity.arn': 'x' };
    const other = { ...record, 'userIdentity.arn': 'arn:aws:sts::1:assumed-role/y/eve' };
    expect(lineIn(met(record), other)).toBeNull();
    expect(lineIn(met(record), { ...record, eventID: 'b' })).toEqual({
      kind: 'link-line',
      ...judged({ ...record, eventID: 'b' }),
    });
  });

  it('is that of the whole parse, or none, whatever the texts of a known record are exchanged for', () => {
    const shapes = met(...WORLD);
    const text = fc.oneof(
      fc.constantFrom('', '{}', '{', 'true', 'True', '0', 'null', 'x', '-', 'AROAX:eve', 'AIDAX', ':x', 'x:', '***'),
      fc.constantFrom('arn:aws:sts::1:assumed-role/r/eve', 'arn:aws:sts::1:federated-user/eve', 'arn:aws:iam::1:root'),
      fc.constantFrom('2026-02-28T23:59:59Z', '2026-02-29T00:00:00Z', '2026-11-01 05:06:07', '0099-01-01T00:00:00Z'),
      fc.constantFrom('2026-00-10T00:00:00Z', '2026-10-00T00:00:00Z', '2026-10-10T24:00:00Z', '2026-10-10T00:00:0aZ'),
      fc.constantFrom('AWSService', 'SAMLUser', 'Root', 'AssumeRoot', 'GetSigninToken', 'sts.amazonaws.com', '1.08'),
      fc.string({ unit: fc.constantFrom('a', ':', '/', '{', '}', '[', '$', '&', ' '), maxLength: 40 }),
    );
    const edits = fc.array(fc.record({ at: fc.nat(), text }), { maxLength: 5 });
    let made = 0;
    fc.assert(
      fc.property(fc.constantFrom(...WORLD), edits, (base, changes) => {
        const paths = pathsIn(base);
        const record = changes.reduce((so, one) => withText(so, paths[one.at % paths.length] ?? [], one.text), base);
        const line = lineIn(shapes, record);
        if (line === null) return;
        made += 1;
        expect({ text: line.text, eventTime: line.eventTime }).toEqual(judged(record));
      }),
      { numRuns: 3000 },
    );
    expect(made).toBeGreaterThan(500);
  });
});
