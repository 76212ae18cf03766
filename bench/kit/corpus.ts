import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** How large a made-up trail is, and what stands in it. */
export interface CorpusSize {
  /** Unpacked, in all. */
  readonly megabytes: number;
  /** Unpacked bytes of a file. */
  readonly fileBytes: number;
  /** Shares of the records. */
  readonly athena: number;
  readonly assume: number;
}

export interface Corpus {
  readonly folder: string;
  readonly bytes: number;
  readonly packed: number;
  readonly files: number;
  readonly records: number;
  readonly starts: number;
}

/** The day, in UTC, of all events. */
export const CORPUS_DAY = '2026-11-01';
const START = Date.parse(`${CORPUS_DAY}T00:00:00Z`);

/** Writes log files, the same ones for the same numbers. */
export function writeCorpus(folder: string, { megabytes, fileBytes, athena, assume }: CorpusSize): Corpus {
  mkdirSync(folder, { recursive: true });
  const random = mulberry(7);
  let bytes = 0;
  let packed = 0;
  let files = 0;
  let starts = 0;
  let count = 0;
  while (bytes < megabytes * 1e6) {
    const records: string[] = [];
    let size = 0;
    while (size < fileBytes) {
      const dice = random();
      const kind = dice < athena ? 'start' : dice < athena + assume ? 'assume' : 'other';
      if (kind === 'start') starts += 1;
      const text = JSON.stringify(record(kind, random));
      records.push(text);
      size += text.length;
    }
    const text = `{"Records":[${records.join(',')}]}`;
    bytes += text.length;
    count += records.length;
    const gzip = gzipSync(text);
    packed += gzip.length;
    writeFileSync(join(folder, nameOf(files++)), gzip);
  }
  return { folder, bytes, packed, files, records: count, starts };
}

/** The name of a log file of the day. */
export function nameOf(place: number): string {
  return `111122223333_CloudTrail_us-east-1_20261101T1200Z_${String(place).padStart(16, '0')}.json.gz`;
}

/** A record in the shape, field order and size of real ones (about 1.6 KB, packing about 7 : 1). */
export function record(kind: 'start' | 'assume' | 'other', random: () => number): unknown {
  const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  const uuid = () => [8, 4, 4, 4, 12].map(hex).join('-');
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const person = pick(['ana', 'bo', 'chen', 'dara', 'eli', 'fay', 'gus', 'hana']);
  const key = `ASIA${hex(16).toUpperCase()}`;
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: `s${hex(4)}`,
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: [`arn:aws:s3:::b-${hex(6)}/*`],
      },
    ],
  });
  const [eventSource, eventName] =
    kind === 'start'
      ? ['athena.amazonaws.com', 'StartQueryExecution']
      : kind === 'assume'
        ? ['sts.amazonaws.com', 'AssumeRole']
        : pick([
            ['s3.amazonaws.com', 'GetBucketAcl'],
            ['ec2.amazonaws.com', 'DescribeInstances'],
            ['kms.amazonaws.com', 'Decrypt'],
            ['iam.amazonaws.com', 'PutRolePolicy'],
            ['logs.amazonaws.com', 'CreateLogStream'],
            ['athena.amazonaws.com', 'GetQueryExecution'],
          ]);
  const requestParameters =
    kind === 'start'
      ? {
          clientRequestToken: uuid(),
          queryString: '***OMITTED***',
          queryExecutionContext: { database: 'sales' },
          workGroup: 'primary',
        }
      : kind === 'assume'
        ? { roleArn: `arn:aws:iam::111122223333:role/${person}-role`, roleSessionName: person, durationSeconds: 3600 }
        : eventName === 'PutRolePolicy'
          ? { roleName: `r-${hex(6)}`, policyName: 'p', policyDocument: policy }
          : {
              filterSet: { items: [{ name: 'instance-state-name', valueSet: { items: [{ value: 'running' }] } }] },
              id: hex(20),
            };
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROA${hex(17).toUpperCase()}:${person}`,
      arn: `arn:aws:sts::111122223333:assumed-role/${person}-role/${person}`,
      accountId: '111122223333',
      accessKeyId: key,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAEXAMPLEROLE00001',
          arn: `arn:aws:iam::111122223333:role/${person}-role`,
          accountId: '111122223333',
          userName: `${person}-role`,
        },
        webIdFederationData: {},
        attributes: { creationDate: '2026-11-01T00:00:11Z', mfaAuthenticated: 'false' },
      },
    },
    eventTime: new Date(START + Math.floor(random() * 86_400) * 1000).toISOString().replace('.000Z', 'Z'),
    eventSource,
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: `10.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.7`,
    userAgent: pick([
      '[S3Console/0.4, aws-internal/3]',
      'Boto3/1.34.84 md/Botocore#1.34.84 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.11.8',
      'aws-cli/2.15.30 Python/3.11.8 Linux/5.10 exe/x86_64.amzn.2',
    ]),
    requestParameters,
    responseElements:
      kind === 'start'
        ? { queryExecutionId: uuid() }
        : kind === 'assume'
          ? {
              credentials: {
                accessKeyId: `ASIA${hex(16).toUpperCase()}`,
                sessionToken: hex(420),
                expiration: 'Nov 1, 2026, 6:00:00 AM',
              },
              assumedRoleUser: {
                assumedRoleId: `AROA${hex(17).toUpperCase()}:${person}`,
                arn: `arn:aws:sts::111122223333:assumed-role/x/${person}`,
              },
            }
          : null,
    requestID: uuid(),
    eventID: uuid(),
    readOnly: kind !== 'start',
    resources: [
      { accountId: '111122223333', type: 'AWS::IAM::Role', ARN: `arn:aws:iam::111122223333:role/${person}-role` },
    ],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: eventSource },
  };
}

/** Numbers from 0 to 1, the same ones for the same seed. */
export function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
