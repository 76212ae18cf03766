import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../ports/start-source.js';
import { PermissionDenied } from '../aws/aws-failure.js';
import { awsError } from '../lookup/lookup-history.fixture.js';
import { assumeRoleRecord, logFile, otherRecord, startRecord } from '../record.fixture.js';
import { drain, testStartSource } from '../start-source.contract.js';
import { openTrailFolder } from './folder-trail-bucket.js';
import type { TrailBucket } from './list-trail.js';
import { createTrailFiles, type TrailFilesOptions } from './trail-files.js';

const START = Date.parse('2026-11-01T05:00:00Z');
const WINDOW = { start: START, end: START + 86_400_000 };
const REGION = 'AWSLogs/111122223333/CloudTrail/eu-west-1';
const logName = (index: number) =>
  `111122223333_CloudTrail_eu-west-1_20261101T${String(index).padStart(4, '0')}Z_abcdefghijklmnop.json.gz`;

type Files = Readonly<Record<string, Uint8Array | string>>;

async function folderWith(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aqt-trail-'));
  for (const [key, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), bytes);
  }
  return folder;
}

/** A bucket in memory that notes what was asked of it. */
function bucketWith(files: Files, fail: (key: string, call: number) => Error | null = () => null) {
  const calls = { lists: [] as (string | null)[], gets: [] as string[] };
  const bucket: TrailBucket = {
    location: 's3://logs',
    async *list(prefix, startAfter) {
      calls.lists.push(startAfter);
      const keys = Object.keys(files).filter(
        (key) => key.startsWith(prefix) && (startAfter === null || key > startAfter),
      );
      for (const key of keys.sort()) yield { key, size: Buffer.from(files[key] ?? '').length };
    },
    async *get(key) {
      calls.gets.push(key);
      const error = fail(key, calls.gets.filter((each) => each === key).length);
      if (error) throw error;
      const bytes = Buffer.from(files[key] ?? '');
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    },
  };
  return { bucket, calls };
}

/** Spreads records over files, so that no file is in order. */
function spread(records: readonly unknown[], count: number): Files {
  const groups = Array.from({ length: count }, (_, index) => records.filter((_, at) => (at * 7) % count === index));
  return Object.fromEntries(groups.map((group, index) => [`${REGION}/2026/11/01/${logName(index)}`, logFile(group)]));
}

async function read(files: Files, options: Partial<TrailFilesOptions> = {}) {
  const { bucket } = bucketWith(files);
  const source = createTrailFiles({ bucket, ...options });
  return { ...(await drain(source, WINDOW)), counts: source.account().counts };
}

const summary = (items: readonly Evidence[]) =>
  items.flatMap((item) =>
    item.kind === 'not-read' || item.kind === 'link-line'
      ? []
      : item.kind === 'reject'
        ? `reject ${item.reason}`
        : `${item.kind} ${item.eventId}`,
  );
const unread = (items: readonly Evidence[]) =>
  items.flatMap((item) => (item.kind === 'not-read' ? [[item.name, item.reason]] : []));

testStartSource('A trail in a folder', async (records) =>
  createTrailFiles({ bucket: await openTrailFolder(await folderWith(spread(records, 9))) }),
);
testStartSource('A trail in a bucket', (records) =>
  createTrailFiles({ bucket: bucketWith(spread(records, 4)).bucket }),
);
testStartSource('A file of JSON lines', async (records) => {
  const folder = await folderWith({
    'x.jsonl': records.map((record) => JSON.stringify(record)).join('\n') || '{"eventName":"x"}',
  });
  return createTrailFiles({ bucket: await openTrailFolder(join(folder, 'x.jsonl')) });
});
testStartSource('Long files read in pieces', (records) =>
  createTrailFiles({ bucket: bucketWith(spread(records, 2)).bucket, limits: { wholeBytes: 100 } }),
);

const NAMED = 'it names an event that is looked for, and no CloudTrail record stands in it';

describe('createTrailFiles', () => {
  it.each([
    ['a log file', JSON.stringify({ Records: [startRecord()] })],
    ['a log file with blanks', JSON.stringify({ Records: [startRecord()] }, null, 2)],
    ['a bare array', JSON.stringify([startRecord()])],
    ['one record', JSON.stringify(startRecord(), null, 1)],
    ['JSON lines', `${JSON.stringify(otherRecord())}\n${JSON.stringify(startRecord())}\n`],
    [
      'LookupEvents output',
      JSON.stringify({ NextToken: 'x', Events: [{ EventName: 'x', CloudTrailEvent: JSON.stringify(startRecord()) }] }),
    ],
    ['an EventBridge event', JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail: startRecord() })],
    ['wrapped records', `${JSON.stringify({ path: 'x', event: startRecord() })}\n`],
    ['an SNS message', JSON.stringify({ Type: 'Notification', Message: JSON.stringify(startRecord()) })],
    [
      'a subscription of CloudWatch Logs',
      JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: [{ message: JSON.stringify(startRecord()) }] }),
    ],
    ['a byte order mark', `\uFEFF${JSON.stringify({ Records: [startRecord()] })}`],
    ['UTF-16', Buffer.from(`\uFEFF${JSON.stringify({ Records: [startRecord()] })}`, 'utf16le')],
    ['an escaped name', JSON.stringify({ Records: [startRecord()] }).replace('StartQ', '\\u0053tartQ')],
    [
      'another order of members',
      JSON.stringify({ Records: [Object.fromEntries(Object.entries(startRecord()).reverse())] }),
    ],
  ])('reads %s, gzip or not, whatever the name says, at once or in pieces', async (_, text) => {
    const gzip = gzipSync(text);
    const twice = Buffer.concat([
      gzipSync(Buffer.from(text).subarray(0, 40)),
      gzipSync(Buffer.from(text).subarray(40)),
    ]);
    for (const bytes of [Buffer.from(text), gzip, twice]) {
      for (const name of ['a.json', 'a.json.gz']) {
        for (const limits of [{}, { wholeBytes: 10 }]) {
          const { ids, items } = await read({ [name]: bytes }, { limits });
          expect([ids, summary(items)]).toEqual([['e-1'], ['start e-1']]);
        }
      }
    }
  });

  it('takes no look-alike from inside a record', async () => {
    const forged = startRecord({ eventID: 'forged' });
    const records = [
      otherRecord({ requestParameters: { list: [forged, forged, forged], event: forged, Records: [forged] } }),
      startRecord(),
    ];
    for (const bytes of [
      logFile(records),
      JSON.stringify(records),
      records.map((each) => JSON.stringify(each)).join('\n'),
    ]) {
      expect((await read({ 'a.json': bytes })).ids).toEqual(['e-1']);
    }
  });

  it('keeps what came before the place where a file was cut off, and rejects the rest', async () => {
    const text = JSON.stringify({
      Records: [startRecord({ eventID: 'a' }), startRecord({ eventID: 'b' }), startRecord({ eventID: 'c' })],
    });
    const noise = Array.from({ length: 400 }, (_, index) => otherRecord({ eventID: `n-${(index * 7919) % 1009}` }));
    const long = logFile([startRecord({ eventID: 'a' }), ...noise, startRecord({ eventID: 'z' })]);
    const lines = ['a', 'b'].map((eventID) => JSON.stringify(startRecord({ eventID }))).join('\n');
    for (const limits of [{}, { wholeBytes: 10 }]) {
      const plain = await read({ 'a.json': text.slice(0, -100) }, { limits });
      expect(plain.ids).toEqual(['a', 'b']);
      expect(plain.items.at(-1)).toMatchObject({
        kind: 'reject',
        origin: expect.stringMatching(/^s3:\/\/logs\/a\.json#\d+$/),
      });
      const packed = await read({ 'a.json.gz': long.subarray(0, -60) }, { limits });
      expect(packed.ids).toEqual(['a']);
      expect(summary(packed.items).join()).toMatch(/ends/);
      const cut = await read({ 'a.jsonl': `${lines.slice(0, -10)}\n${lines}` }, { limits });
      expect(cut.ids).toEqual(['a', 'b']);
      expect(summary(cut.items)).toContain('reject the line is not a JSON object');
    }
  });

  it('trusts no byte of gzip data whose checksum is wrong, and says so', async () => {
    const bytes = logFile([startRecord()]);
    bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 1;
    for (const limits of [{}, { wholeBytes: 10 }]) {
      const { items, counts } = await read(
        { 'a.json.gz': bytes, 'b.json.gz': logFile([startRecord({ eventID: 'b' })]) },
        { limits },
      );
      expect(summary(items)).toEqual([expect.stringMatching(/^reject the (checksum|gzip data)/), 'start b']);
      expect(counts.filesDamaged).toBe(1);
    }
  });

  it('keeps the whole members of a gzip file in front of damage', async () => {
    const good = gzipSync(`${JSON.stringify(startRecord())}\n`);
    const { items } = await read({ 'a.jsonl.gz': Buffer.concat([good, Buffer.from('garbage that follows')]) });
    expect(summary(items)).toEqual(['start e-1', `reject byte ${good.length} begins no gzip member`]);
    expect(items[1]).toMatchObject({ raw: expect.any(Uint8Array), origin: 's3://logs/a.jsonl.gz' });
  });

  it.each([
    ['no byte', '', 'the file is empty'],
    ['an empty gzip file', gzipSync(''), 'the file is empty'],
    ['HTML', '<html>StartQueryExecution</html>', NAMED],
    ['something else in JSON', '{"name":"StartQueryExecution"}', NAMED],
    ['a broken gzip header', Buffer.from([0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 'the gzip header is damaged'],
  ])('rejects a file of %s and reads the others', async (_, bytes, reason) => {
    const { items } = await read({ 'a.json': bytes, 'b.json': JSON.stringify([startRecord()]) });
    expect(summary(items)).toEqual([`reject ${reason}`, 'start e-1']);
  });

  it('tells bytes that are of no known kind, and JSON without a record, and reads the others', async () => {
    const { items, counts } = await read({
      'a.json': Buffer.from([0, 1, 2, 255, 254, 3, 4]),
      'b.json': '{"configurationItems":[]}',
      'c.json': JSON.stringify([startRecord()]),
      'notes.txt': 'nothing to see\nhere',
    });
    expect(summary(items)).toEqual(['start e-1']);
    expect(unread(items)).toEqual([
      ['s3://logs/a.json', 'its bytes are no text and of no known kind'],
      ['s3://logs/b.json', 'no CloudTrail record stands in it'],
    ]);
    expect(counts).toMatchObject({ filesNotRead: 2, filesWithoutRecords: 1 });
  });

  it('tells a page that stands where a file was meant to be', async () => {
    const { items } = await read({
      ...{ 'a.json': '<html><body>AccessDenied</body></html>', 'b.json': JSON.stringify([startRecord()]) },
    });
    expect(unread(items)).toEqual([['s3://logs/a.json', 'no CloudTrail record stands in it']]);
  });

  it('reads every record of a text that holds other words between them, and rejects words that name an event', async () => {
    const line = (...records: object[]) => records.map((record) => `<Event>${JSON.stringify(record)}</Event>`).join('');
    const [one, two] = [startRecord(), startRecord({ eventID: 'e-2' })];
    const whole = await read({ 'a.xml': `<Events>${line(one, two)}</Events>` });
    expect(summary(whole.items)).toEqual(['start e-1', 'start e-2']);
    const cut = await read({ 'a.xml': `<Events>${line(one)}<Event>{"eventName":"StartQueryExecution", oops</Event>` });
    expect(summary(cut.items)).toEqual([
      'start e-1',
      'reject words beside its documents name an event that is looked for',
    ]);
  });

  it('reads an empty list of records as nothing', async () => {
    const { items, counts } = await read({ 'a.json': '{"Records":[]}', 'b.json': '[]', 'c.json.gz': logFile([]) });
    expect([summary(items), counts.files]).toEqual([[], 3]);
    expect(unread(items)).toEqual([
      [
        's3://logs from 2026-11-01T05:00Z to 2026-11-02T05:00Z',
        'not one log file was delivered in that time, and no record of it was found',
      ],
    ]);
  });

  it('rejects one damaged record and keeps its neighbours', async () => {
    const damaged = JSON.stringify(startRecord({ eventID: 'bad' })).replace('"readOnly":false', '"readOnly":fal');
    const text = `{"Records":[${JSON.stringify(startRecord({ eventID: 'a' }))},${damaged},${JSON.stringify(startRecord({ eventID: 'b' }))}]}`;
    const { items } = await read({ 'a.json.gz': gzipSync(text) });
    expect(summary(items)).toEqual(['start a', 'reject the record is not JSON', 'start b']);
    expect(items[1]).toMatchObject({ raw: damaged });
  });

  it('gives up a record that is too long, and a file that unpacks to too much', async () => {
    const long = startRecord({ userAgent: 'x'.repeat(5000) });
    const limits = { maxRecordBytes: 4000 };
    const { items } = await read({ 'a.json': JSON.stringify([long, startRecord()]) }, { limits });
    expect(summary(items)).toEqual([expect.stringContaining('is longer than the 4000 allowed'), 'start e-1']);
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    const before = process.memoryUsage().rss;
    const given = await read({ 'bomb.json.gz': bomb }, { limits: { wholeBytes: 1e6, maxFileBytes: 20_000_000 } });
    expect(summary(given.items)).toEqual([expect.stringContaining('unpacks to more than 20000000 bytes')]);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });

  it('does not believe the size in the trailer of a gzip file', async () => {
    const bytes = logFile([startRecord()]);
    for (const size of [0, 1, 0xffffffff, 50_000_000]) {
      bytes.writeUInt32LE(size, bytes.length - 4);
      expect(summary((await read({ 'a.json.gz': bytes })).items)[0]).toMatch(/^reject|^start/);
    }
  });

  it('steps over what is no log file, and counts it', async () => {
    const digest =
      'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/01/111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20261101T050000Z.json.gz';
    const files = {
      [digest]: gzipSync('{"awsAccountId":"1"}'),
      'AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/11/01/x.json.gz': 'x',
      'flat/1_CloudTrail-Digest_eu-west-1_t.json.gz': 'x',
      'README.md': 'x',
      'tool.py': 'x',
      [`${REGION}/2026/11/01/${logName(1)}`]: logFile([startRecord()]),
    };
    for (const bucket of [bucketWith(files).bucket, await openTrailFolder(await folderWith(files))]) {
      const source = createTrailFiles({ bucket });
      const { ids, items } = await drain(source, WINDOW);
      expect([ids, items.length]).toEqual([['e-1'], 1]);
      expect(source.account().counts).toMatchObject({
        files: 3,
        filesWithoutRecords: 2,
        filesSkipped: 1,
        foldersSkipped: 2,
      });
    }
  });

  it('lists only the delivery days that can hold the window, account by account', async () => {
    const days = ['2025/01/01', '2026/10/29', '2026/10/31', '2026/11/02', '2026/12/03', '2026/12/04', '2027/01/01'];
    const bases = [
      'o/AWSLogs/o-abcd/111122223333/CloudTrail/eu-west-1',
      'o/AWSLogs/o-abcd/444455556666/CloudTrail/us-east-1',
    ];
    const files = Object.fromEntries(
      bases.flatMap((base) =>
        days.map((day) => [`${base}/${day}/x.json.gz`, logFile([startRecord({ eventID: `${base}${day}` })])]),
      ),
    );
    const { bucket, calls } = bucketWith(files);
    await drain(createTrailFiles({ bucket, prefix: 'o', links: false }), WINDOW);
    const read = bases.flatMap((base) =>
      ['2026/10/31', '2026/11/02', '2026/12/03'].map((day) => `${base}/${day}/x.json.gz`),
    );
    expect(calls.gets).toEqual(read);
    expect(calls.lists.length).toBeLessThanOrEqual(6);
    const inFolder = createTrailFiles({ bucket: await openTrailFolder(await folderWith(files)), links: false });
    await drain(inFolder, WINDOW);
    expect(inFolder.account().counts.files).toBe(6);
    const early = bucketWith(files);
    await drain(createTrailFiles({ bucket: early.bucket, lateDays: 1, links: false }), WINDOW);
    expect(early.calls.gets).toHaveLength(4);
  });

  it('yields the events that issued credentials, also those shortly before the window', async () => {
    const records = [
      assumeRoleRecord({ eventID: 'early', eventTime: '2026-10-31T20:00:00Z' }),
      assumeRoleRecord({ eventID: 'too-early', eventTime: '2026-10-20T20:00:00Z' }),
      assumeRoleRecord({ eventID: 'inside' }),
      startRecord(),
    ];
    const files = { 'a.json.gz': logFile(records) };
    expect(summary((await read(files)).items)).toEqual(['link early', 'link inside', 'start e-1']);
    expect(summary((await read(files, { links: false })).items)).toEqual(['start e-1']);
  });

  it('keeps the first event within reach that tells on behalf of whom somebody acts, whatever came before', async () => {
    const onBehalfOf = { userId: 'u-1', identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-1' };
    const seen = (eventTime: string) =>
      otherRecord({
        eventTime,
        userIdentity: { type: 'IdentityCenterUser', accountId: '111122223333', principalId: 'P', onBehalfOf },
      });
    const { items } = await read({
      'a.json.gz': logFile([seen('2026-10-30T11:55:00Z')]),
      'b.json.gz': logFile([seen('2026-11-01T11:55:00Z')]),
      'c.json.gz': logFile([seen('2026-11-01T12:55:00Z')]),
    });
    const told = items.flatMap((item) => (item.kind === 'link' ? item.eventTime : []));
    expect(told).toEqual([Date.parse('2026-11-01T11:55:00Z')]);
  });

  it('rejects a file that may not be read, tries again what broke off, and stops when nothing may be read', async () => {
    const files = spread([startRecord({ eventID: 'a' }), startRecord({ eventID: 'b' })], 2);
    const [first = ''] = Object.keys(files);
    const denied = bucketWith(files, (key) => (key === first ? awsError('AccessDenied', 403) : null));
    const source = createTrailFiles({ bucket: denied.bucket });
    expect(summary((await drain(source, WINDOW)).items)).toEqual([
      expect.stringMatching(/^reject the file could not be read: AccessDenied/),
      'start b',
    ]);
    const flaky = bucketWith(files, (_, call) =>
      call < 3 ? Object.assign(new Error('reset'), { code: 'ECONNRESET' }) : null,
    );
    expect((await drain(createTrailFiles({ bucket: flaky.bucket }), WINDOW)).ids).toEqual(['a', 'b']);
    const closed = bucketWith(files, () => awsError('AccessDenied', 403));
    await expect(drain(createTrailFiles({ bucket: closed.bucket }), WINDOW)).rejects.toThrow(PermissionDenied);
    const gone = bucketWith(files, () => awsError('NoSuchBucket', 404));
    await expect(drain(createTrailFiles({ bucket: gone.bucket }), WINDOW)).rejects.toThrow('NoSuchBucket');
  });

  it('gives the same items in the same order each time, and from the file after its cursor', async () => {
    const files = spread(
      Array.from({ length: 40 }, (_, index) => startRecord({ eventID: `e-${index}` })),
      5,
    );
    const one = await read(files);
    expect((await read(files, { ahead: 0 })).items).toEqual(one.items);
    const { bucket, calls } = bucketWith(files);
    const keys = Object.keys(files).sort();
    await drain(createTrailFiles({ bucket }), WINDOW, { after: keys[2] });
    expect(calls.gets).toEqual(keys.slice(3));
  });

  it('follows links in a folder, but not in a circle, and rejects a broken one', async () => {
    const folder = await folderWith({ 'a/x.json': JSON.stringify([startRecord()]) });
    await symlink('..', join(folder, 'a', 'up'));
    await symlink('nowhere', join(folder, 'gone.json'));
    await symlink('a/x.json', join(folder, 'same.json'));
    const { items } = await drain(createTrailFiles({ bucket: await openTrailFolder(folder) }), WINDOW);
    expect(summary(items)).toEqual([
      'start e-1',
      expect.stringMatching(/^reject the file could not be read: .*ENOENT/),
      'start e-1',
    ]);
  });

  it('reads a file that the user names whatever its name, and says when there is none', async () => {
    const folder = await folderWith({ 'export.txt': JSON.stringify([startRecord()]) });
    const path = join(folder, 'export.txt');
    expect((await drain(createTrailFiles({ bucket: await openTrailFolder(path) }), WINDOW)).ids).toEqual(['e-1']);
    await expect(openTrailFolder(join(folder, 'none'))).rejects.toThrow('no such file or folder');
  });
});
