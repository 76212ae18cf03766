import { buffer } from 'node:stream/consumers';
import { deflateSync, gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { createCounts } from '../aws/counts.js';
import { RecordShapes } from '../compact/record-shapes.js';
import { logFile, otherRecord, startRecord } from '../record.fixture.js';
import { LOG_FILE_LIMITS, type LogFileLimits, type LogItem } from './log-items.js';
import { BZIPPED, ZIPPED, ZIPPED_ENCRYPTED } from './packed.fixture.js';
import { readLogFile } from './read-log-file.js';

const RECORD = startRecord();
const TEXT = JSON.stringify(RECORD);
const OTHER = JSON.stringify(otherRecord({ eventID: 'o-1' }));
const SUBSCRIPTION = { messageType: 'DATA_MESSAGE', logGroup: 'trail', logEvents: [{ id: '1', message: TEXT }] };
const LOWER = lowered(RECORD);

async function read(
  content: Uint8Array | string,
  { name = 'x', limits = {} }: { readonly name?: string; readonly limits?: Partial<LogFileLimits> } = {},
): Promise<LogItem[]> {
  const bytes = Buffer.from(content);
  const file = {
    origin: name,
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += 9000) yield bytes.subarray(at, at + 9000);
    },
  };
  const items: LogItem[] = [];
  const options = {
    names: new Set(['StartQueryExecution']),
    limits: { ...LOG_FILE_LIMITS, ...limits },
    counts: createCounts(),
    shapes: new RecordShapes(),
  };
  for await (const group of readLogFile(file, options)) items.push(...group);
  return items;
}

/** `start <event id> <user name>`, `reject <reason>` or `not-read <name>: <reason>`. */
const summary = (items: readonly LogItem[]) =>
  items.map((item) => {
    if (item.kind === 'not-read') return `not-read ${item.name}: ${item.reason}`;
    if (item.kind === 'link-line') return item.text;
    if (item.kind === 'trail-change') return `change ${item.eventName}`;
    return item.kind === 'reject' ? `reject ${item.reason}` : `${item.kind} ${item.eventId}`;
  });

function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), lowered(inner)]));
}

function snaked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const snake = (name: string) => name.replace(/[a-z](?=[A-Z])/g, '$&_').toLowerCase();
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [snake(name), snaked(inner)]));
}

async function tarred(files: Readonly<Record<string, Uint8Array>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, bytes] of Object.entries(files)) archive.entry({ name }, Buffer.from(bytes));
  archive.finalize();
  return buffer(archive);
}

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');
const lines = (...texts: readonly string[]) => `${texts.join('\n')}\n`;
const csv = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');

describe('readLogFile reads', () => {
  it.each<[string, string | Uint8Array]>([
    ['objects of Firehose, one behind the other', `${OTHER}${TEXT}`],
    ['a subscription, gzip in gzip', gzipSync(gzipSync(JSON.stringify(SUBSCRIPTION)))],
    ['what Firehose could not deliver', lines(JSON.stringify({ errorCode: 'x', rawData: base64(TEXT) }))],
    ['the same, packed', JSON.stringify({ rawData: base64(gzipSync(JSON.stringify(SUBSCRIPTION))) })],
    ['the same in zlib', JSON.stringify({ rawData: base64(deflateSync(TEXT)) })],
    ['records of Kinesis', JSON.stringify({ Records: [{ Data: base64(TEXT), PartitionKey: '1' }] })],
    [
      'a Lambda event of Kinesis',
      JSON.stringify({
        Records: [{ eventName: 'aws:kinesis:record', eventSource: 'aws:kinesis', kinesis: { data: base64(TEXT) } }],
      }),
    ],
    ['lines of an export task', lines(`2026-11-01T05:00:00.123Z ${TEXT}`, `2026-11-01T05:00:01.000Z ${OTHER}`)],
    ['lines behind a date in brackets', lines(`[2026-11-01 05:00:00] host ${TEXT}`)],
    ['lines that another tool begins with braces', lines(`{ctx} a={b} ${TEXT}`)],
    [
      'results of Logs Insights',
      JSON.stringify(
        {
          results: [
            [
              { field: '@message', value: TEXT },
              { field: '@ptr', value: 'Cl' },
            ],
          ],
        },
        null,
        1,
      ),
    ],
    [
      'a Lambda event of a notification of a bus',
      JSON.stringify({ Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify({ detail: RECORD }) } }] }),
    ],
    ['messages of a queue', JSON.stringify({ Messages: [{ Body: JSON.stringify({ Message: TEXT }) }] })],
    [
      'a search index',
      lines(JSON.stringify({ _source: { event: { original: TEXT, action: 'StartQueryExecution' } } })),
    ],
    ['an export of Splunk', JSON.stringify({ result: { _raw: TEXT, eventName: 'StartQueryExecution' } })],
    ['an archive of Datadog', JSON.stringify({ service: 'cloudtrail', attributes: RECORD })],
    ['lines of Loki', JSON.stringify({ data: { result: [{ stream: {}, values: [['1793509200', TEXT]] }] } })],
    ['rows of CloudTrail Lake', JSON.stringify({ eventCategory: 'Management', eventData: RECORD })],
    ['rows of Athena', lines(JSON.stringify(LOWER))],
    ['rows with underscores', JSON.stringify([snaked(RECORD)])],
    [
      'rows that keep parameters as text',
      JSON.stringify({
        ...(snaked({ ...RECORD, userIdentity: null }) as object),
        user_identity: JSON.stringify(RECORD.userIdentity),
        response_elements: JSON.stringify(RECORD.responseElements),
      }),
    ],
    [
      'a row as a list of cells',
      JSON.stringify({
        QueryResultRows: [
          Object.entries(RECORD).map(([name, value]) => ({
            [name]: typeof value === 'string' ? value : JSON.stringify(value),
          })),
        ],
      }),
    ],
    ['a table that keeps events whole', lines('@timestamp,@message', csv(['2026-11-01 05:00:00.000', TEXT]))],
    [
      'a table of a trail',
      lines(
        csv(Object.keys(RECORD).map((name) => name.toLowerCase())),
        csv(Object.values(RECORD).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))),
      ),
    ],
    [
      'flattened members beside the text',
      JSON.stringify({ 'userIdentity.arn': 'x', eventName: 'StartQueryExecution', _raw: TEXT }),
    ],
    ['UTF-16 of the other order', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16()],
    ['a zip archive', ZIPPED],
    ['bzip2', BZIPPED],
    ['gzip of bzip2', gzipSync(BZIPPED)],
  ])('%s', async (_, content) => {
    for (const limits of [{}, { wholeBytes: 100, archiveBytes: 1e6 }]) {
      if (limits.wholeBytes && [ZIPPED, BZIPPED].includes(content as Buffer)) continue;
      expect(summary(await read(content, { limits }))).toEqual(['start e-1']);
    }
  });

  it('a tar archive, packed or not, at once or in pieces, and names the file inside', async () => {
    const digest = Buffer.from('{"digestS3Object":"x"}');
    const archive = await tarred({
      'logs/a.json.gz': logFile([RECORD]),
      'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/01/d.json.gz': gzipSync(digest),
      'logs/b.json': Buffer.from('{"a":1}'),
    });
    for (const bytes of [archive, gzipSync(archive)]) {
      for (const limits of [{}, { wholeBytes: 2000 }]) {
        expect(summary(await read(bytes, { name: 't', limits }))).toEqual([
          'start e-1',
          'not-read t!logs/b.json: no CloudTrail record stands in it',
        ]);
      }
    }
  });

  it('Parquet of a table of a trail, whose times are times', async () => {
    const column = (name: string, data: unknown[], type: 'STRING' | 'TIMESTAMP' = 'STRING') => ({ name, data, type });
    const file = parquetWriteBuffer({
      columnData: [
        column('eventname', ['StartQueryExecution', 'PutObject']),
        column('eventsource', ['athena.amazonaws.com', 's3.amazonaws.com']),
        column('eventtime', [new Date('2026-11-01T05:00:00Z'), new Date('2026-11-01T05:00:01Z')], 'TIMESTAMP'),
        column('eventid', ['e-1', 'o-1']),
        column('useridentity', [JSON.stringify(RECORD.userIdentity), '{}']),
        column('awsregion', ['eu-west-1', 'eu-west-1']),
        column('responseelements', [JSON.stringify(RECORD.responseElements), '']),
      ],
    });
    const [start, ...others] = await read(new Uint8Array(file));
    expect(others).toEqual([]);
    expect(start).toMatchObject({
      eventId: 'e-1',
      eventTime: Date.parse('2026-11-01T05:00:00Z'),
      accountId: '111122223333',
    });
  });

  it('nothing that stands in what a caller wrote, whatever wraps the event', async () => {
    const forged = JSON.stringify(startRecord({ eventID: 'forged' }));
    const event = otherRecord({
      requestParameters: { note: forged, Records: [JSON.parse(forged)] },
      userAgent: forged,
    });
    const index = {
      _source: {
        event: { original: JSON.stringify(event) },
        aws: { cloudtrail: { request_parameters: forged, 'flattened.request_parameters': { note: forged } } },
        'aws.cloudtrail.request_parameters': forged,
        user_agent: { original: forged },
      },
    };
    for (const document of [event, { detail: event }, { message: JSON.stringify(event) }, lowered(event), index])
      expect(await read(JSON.stringify(document))).toEqual([]);
  });
});

describe('readLogFile tells of a saved answer that it is not all', () => {
  const page = (NextToken: string | null) => JSON.stringify({ Events: [{ CloudTrailEvent: TEXT }], NextToken });
  const index = (total: unknown, over: Readonly<Record<string, unknown>> = {}) =>
    JSON.stringify({ took: 1, timed_out: false, hits: { total, hits: [{ _source: RECORD }] }, ...over });
  const insights = (status: string, recordsMatched: number) =>
    JSON.stringify({ results: [[{ field: '@message', value: TEXT }]], statistics: { recordsMatched }, status });
  const lake = (over: Readonly<Record<string, unknown>>) =>
    JSON.stringify({ QueryStatus: 'FINISHED', QueryResultRows: [[{ eventData: TEXT }]], ...over });
  const NEXT = 'it ends with a page that names a next one, which does not stand in it';

  it.each<[string, string, string]>([
    ['a page of LookupEvents', page('x'), NEXT],
    ['the same, its members in another order', `{"NextToken":"${'x'.repeat(90)}","Events":[${TEXT}]}`, NEXT],
    ['the last of two', page('x') + page('y'), NEXT],
    [
      'a page without an event that is looked for',
      JSON.stringify({ events: [{ message: OTHER }], nextToken: 'x' }),
      NEXT,
    ],
    ['log events', JSON.stringify({ events: [{ message: TEXT }], nextToken: 'x' }), NEXT],
    ['rows of CloudTrail Lake', lake({ NextToken: 'x' }), NEXT],
    [
      'results of Athena',
      JSON.stringify({ ResultSet: { Rows: [{ Data: [{ VarCharValue: TEXT }] }] }, NextToken: 'x' }),
      NEXT,
    ],
    ['logs of Datadog', JSON.stringify({ data: [{ attributes: RECORD }], meta: { page: { after: 'x' } } }), NEXT],
    ['rows of BigQuery', JSON.stringify({ pageToken: 'x', rows: [{ f: [{ v: TEXT }] }] }), NEXT],
    ['a page in YAML', `Events:\n- CloudTrailEvent: '${TEXT}'\nNextToken: x\n`, NEXT],
    ['a page as text', `EVENTS\t${TEXT}\nNEXTTOKEN\tx\n`, NEXT],
    [
      'tables of a query that failed',
      JSON.stringify({ tables: [{ rows: [[TEXT]] }], error: { code: 'x' } }),
      'its query ended with an error',
    ],
    ['rows of a query that runs', lake({ QueryStatus: 'RUNNING' }), 'it was saved when its query was RUNNING'],
    ['Logs Insights that run', insights('Running', 1), 'it was saved when its query was Running'],
    ['Logs Insights up to their limit', insights('Complete', 7), '1 of the 7 or more events'],
    ['an index of old, a page of it', index(7), '1 of the 7 or more events'],
    ['an index that counts no further', index({ value: 1, relation: 'gte' }), '1 of the 2 or more events'],
    ['an index whose shards failed', index(1, { _shards: { failed: 2 } }), '2 shards of the index did not answer'],
    ['an index that ran out of time', index(1, { timed_out: true }), 'its search ran out of time'],
  ])('%s', async (_, text, reason) => {
    const told = summary(await read(text)).filter((one) => one !== 'start e-1');
    expect(told).toEqual([expect.stringContaining(`not-read x: ${reason}`)]);
  });

  it.each<[string, string]>([
    ['its last page', page(null)],
    ['both pages', page('x') + page('')],
    ['both pages in a list', `[${page('x')},${page(null)}]`],
    ['both pages, a line each', lines(page('x'), page(null))],
    ['both pages of an index', index(2) + index(2)],
    ['results of Logs Insights', insights('Complete', 1)],
    ['rows of CloudTrail Lake', lake({})],
    ['the last logs of Datadog', JSON.stringify({ data: [{ attributes: RECORD }], meta: { page: {} } })],
    ['the last page in YAML', `Events:\n- CloudTrailEvent: '${TEXT}'\nNextToken: \n`],
    [
      'a record whose parameters name a page',
      JSON.stringify({
        ...RECORD,
        responseElements: RECORD.responseElements,
        additionalEventData: { events: [], nextToken: 'x' },
      }),
    ],
  ])('but not of %s', async (_, text) => {
    expect(new Set(summary(await read(text)))).toEqual(new Set(['start e-1']));
  });
});

describe('readLogFile tells', () => {
  const NAMED = 'reject it names an event that is looked for, and no CloudTrail record stands in it';
  it.each<[string, string | Uint8Array, string]>([
    [
      'flattened members without the text',
      JSON.stringify({ 'userIdentity.arn': 'x', eventName: 'StartQueryExecution' }),
      NAMED,
    ],
    ['an unknown envelope that names the event', JSON.stringify({ api: { operation: 'StartQueryExecution' } }), NAMED],
    ['a line that names the event', 'somebody called StartQueryExecution\n', NAMED],
    [
      'a packed event of an unknown shape',
      JSON.stringify({ data: base64(gzipSync('{"op":"StartQueryExecution","and":"much more of it"}')) }),
      NAMED,
    ],
    [
      'a damaged packed text',
      JSON.stringify({ data: base64(gzipSync(TEXT).subarray(0, 200)) }),
      'reject a packed text in it: the gzip data ends before its member at byte 0 does',
    ],
    [
      'a text packed in a way that is not read there',
      JSON.stringify({ data: base64(BZIPPED) }),
      'reject a packed text in it: it is packed with bzip2, which is not read inside a document',
    ],
    ['xz', Buffer.from('fd377a585a000004e6d6b446', 'hex'), 'not-read x: packed with xz'],
    [
      'zstd that nobody unpacks here',
      Buffer.from('28b52ffd240b59000068656c6c6f20776f726c64', 'hex'),
      'not-read x: packed with zstd in a way that is not read',
    ],
    ['Avro', Buffer.from('Obj\x01\x04\x14avro.codec\x00', 'latin1'), 'not-read x: an Avro file'],
    ['encrypted text', '-----BEGIN PGP MESSAGE-----\nhQEMA\n', 'not-read x: encrypted or signed text'],
    ['an encrypted zip', ZIPPED_ENCRYPTED, 'not-read x!logs/a.json: encrypted'],
    [
      'a damaged Parquet file',
      'PAR1 and nothing more than this',
      'not-read x: as Parquet it cannot be read behind row 0',
    ],
  ])('%s', async (_, content, expected) => {
    const told = summary(await read(content));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(expected);
  });

  it('a table whose identities are no JSON, row by row', async () => {
    const names = Object.keys(RECORD).map((name) => name.toLowerCase());
    const cells = {
      ...RECORD,
      userIdentity: '{type=IAMUser, principalid=AIDAEXAMPLE}',
      responseElements: JSON.stringify(RECORD.responseElements),
    };
    const row = csv(Object.values(cells).map((value) => (typeof value === 'string' ? value : JSON.stringify(value))));
    const [item] = await read(lines(csv(names), row), { name: 'rows.csv' });
    expect(item).toMatchObject({
      kind: 'reject',
      origin: 'rows.csv#line 2',
      reason: expect.stringContaining('userIdentity is text that is not JSON'),
      eventTime: Date.parse('2026-11-01T05:00:00Z'),
    });
  });

  it('OCSF by its columns', async () => {
    const column = (name: string) => ({ name, data: ['StartQueryExecution'], type: 'STRING' as const });
    const file = parquetWriteBuffer({ columnData: ['class_uid', 'metadata', 'api'].map(column) });
    expect(summary(await read(new Uint8Array(file)))).toEqual([expect.stringContaining('not-read x: events in OCSF')]);
  });

  it('a text under the name of JSON, as Git keeps it of a large file', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n';
    for (const [name, text] of [
      ['a.json.gz', pointer],
      ['a.JSON', 'null'],
      ['a.ndjson', 'gone\n'],
    ] as const)
      expect(summary(await read(text, { name }))).toEqual([`not-read ${name}: no CloudTrail record stands in it`]);
    expect(summary(await read(pointer, { name: 'README.md' }))).toEqual([]);
  });

  it('a cut archive, and gives what came before', async () => {
    const archive = await tarred({ 'a.json': Buffer.from(TEXT), 'b.json': Buffer.alloc(40_000, ' ') });
    const told = summary(await read(archive.subarray(0, 20_000)));
    expect(told[0]).toBe('start e-1');
    expect(told.slice(1).join()).toMatch(/reject the archive cannot be read to its end.*not-read x: the archive/);
  });

  it('an archive in an archive in an archive without end', async () => {
    let bytes: Buffer = gzipSync(TEXT);
    for (let layer = 0; layer < 8; layer++) bytes = gzipSync(bytes);
    expect(summary(await read(bytes))).toEqual(['not-read x: packed more than 5 times']);
  });

  it('a number instead of the thousandth useless line', async () => {
    const told = summary(await read('about StartQueryExecution\n'.repeat(1500)));
    expect([told.length, told.at(-1)]).toEqual([1001, 'not-read x: 500 further pieces of it could not be used']);
  });
});
