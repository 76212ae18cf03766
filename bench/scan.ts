/**
 * How fast are CloudTrail log files read, compared with unpacking them and with parsing them whole?
 * Run: npx tsx bench/scan.ts [megabytes]. One core; ratios of CPU time within one round, median of the rounds.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openTrailFolder } from '../src/sources/trail/folder-trail-bucket.js';
import { createTrailFiles } from '../src/sources/trail/trail-files.js';

const MEGABYTES = Number(process.argv[2] ?? 80);
const ROUNDS = 7;
const FILE_BYTES = 1_300_000;
const START = Date.parse('2026-11-01T00:00:00Z');
const WINDOW = { start: START, end: START + 86_400_000 };

for (const { name, athena, assume, links } of [
  { name: 'few Athena events (0.1 %), starts only', athena: 0.001, assume: 0.06, links: false },
  { name: 'few Athena events (0.1 %), and 6 % AssumeRole for the links', athena: 0.001, assume: 0.06, links: true },
  { name: 'many Athena events (5 %), starts only', athena: 0.05, assume: 0.06, links: false },
]) {
  const folder = mkdtempSync(join(tmpdir(), 'aqt-bench-scan-'));
  const { bytes, files, starts } = writeCorpus(folder, { athena, assume });
  console.log(`\n${name}: ${files} files, ${(bytes / 1e6).toFixed(0)} MB unpacked, ${starts} starts`);
  const rounds: { plain: number; scan: number; naive: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const plain = await cpuOf(() => eachFile(folder, () => {}));
    const scan = await cpuOf(() => scanFolder(folder, { links, starts }));
    const naive = await cpuOf(() => eachFile(folder, (text) => void JSON.parse(text.toString('utf8'))));
    // The first round warms up.
    if (round > 0) rounds.push({ plain, scan, naive });
  }
  const speed = (pick: 'plain' | 'scan' | 'naive') =>
    (bytes / 1e6 / median(rounds.map((round) => round[pick]))).toFixed(0);
  console.log(`  plain gunzipSync   ${speed('plain')} MB per CPU second`);
  console.log(`  this scan          ${speed('scan')} MB per CPU second`);
  console.log(`  gunzip, JSON.parse ${speed('naive')} MB per CPU second`);
  console.log(
    `  scan / plain gunzip: ${median(rounds.map(({ plain, scan }) => plain / scan)).toFixed(2)}${athena < 0.01 ? ' (promised: >= 0.70)' : ''}`,
  );
  console.log(`  scan / JSON.parse:   ${median(rounds.map(({ naive, scan }) => naive / scan)).toFixed(2)}`);

  rmSync(folder, { recursive: true });
}

async function scanFolder(folder: string, { links, starts }: { links: boolean; starts: number }): Promise<void> {
  const source = createTrailFiles({ bucket: await openTrailFolder(folder), links });
  let found = 0;
  for await (const { items } of source.scan(WINDOW, {}))
    for (const item of items) if (item.kind === 'start') found += 1;
  if (found !== starts) throw new Error(`the scan found ${found} of ${starts} starts`);
}

async function eachFile(folder: string, use: (text: Buffer) => void): Promise<void> {
  for (const file of readdirSync(folder)) use(gunzipSync(readFileSync(join(folder, file))));
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function writeCorpus(folder: string, { athena, assume }: { athena: number; assume: number }) {
  const random = mulberry(7);
  let bytes = 0;
  let files = 0;
  let starts = 0;
  while (bytes < MEGABYTES * 1e6) {
    const records: string[] = [];
    let size = 0;
    while (size < FILE_BYTES) {
      const dice = random();
      const kind = dice < athena ? 'start' : dice < athena + assume ? 'assume' : 'other';
      if (kind === 'start') starts += 1;
      const text = JSON.stringify(record(kind, random));
      records.push(text);
      size += text.length;
    }
    const text = `{"Records":[${records.join(',')}]}`;
    bytes += text.length;
    writeFileSync(
      join(folder, `111122223333_CloudTrail_us-east-1_${String(files++).padStart(5, '0')}.json.gz`),
      gzipSync(text),
    );
  }
  return { bytes, files, starts };
}

/** A record in the shape, field order and size of real ones (about 1.6 KB, packing about 7 : 1). */
function record(kind: 'start' | 'assume' | 'other', random: () => number): unknown {
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

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
