import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { logFile, startRecord } from '../record.fixture.js';
import { drain } from '../start-source.contract.js';
import { openTrailFolder } from './folder-trail-bucket.js';
import { createTrailFiles } from './trail-files.js';

const START = Date.parse('2026-11-01T05:00:00Z');
const WINDOW = { start: START, end: START + 86_400_000 };
const RECORD = startRecord({ eventID: 'e-1' });
const TEXT = JSON.stringify(RECORD);
const TWO = JSON.stringify({ Records: [RECORD, startRecord({ eventID: 'e-2' })] });

/** Lines of 76 characters, as mails and `base64` have them. */
const wrapped = (bytes: Uint8Array | string) =>
  `${(
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\n')}\n`;
const quoted = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
const COLUMNS = Object.keys(RECORD);
const cells = (id: string) => {
  const record = startRecord({ eventID: id });
  return quoted(
    COLUMNS.map((name) => (typeof record[name] === 'string' ? record[name] : JSON.stringify(record[name]))),
  );
};
const utf32 = (text: string) => {
  const bytes = Buffer.alloc(4 * text.length + 4);
  bytes.writeUInt32LE(0xfeff, 0);
  for (const [at, sign] of [...text].entries()) bytes.writeUInt32LE(sign.codePointAt(0) ?? 0, 4 * at + 4);
  return bytes;
};

/** `start <event id>`, `reject <reason>` or `not-read <file>: <reason>`, of one file beside a log file. */
async function read(name: string, content: Uint8Array | string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aqt-hidden-'));
  const log = `AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_20261101T1200Z_a.json.gz`;
  for (const [key, bytes] of Object.entries({ [log]: logFile([]), [name]: content })) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), bytes);
  }
  const source = createTrailFiles({ bucket: await openTrailFolder(folder) });
  const { items } = await drain(source, WINDOW);
  return items.map((item) => {
    if (item.kind === 'not-read') return `not-read ${item.name.slice(folder.length + 1)}: ${item.reason}`;
    if (item.kind === 'link-line') throw new Error('one hand hands no lines');
    return item.kind === 'reject' ? `reject ${item.reason}` : `${item.kind} ${item.eventId}`;
  });
}

it.each([
  ['base64 in lines', 'x.b64', wrapped(TWO)],
  ['gzip in base64 in lines', 'x.txt', wrapped(gzipSync(TWO))],
  ['hexadecimal', 'x.hex', Buffer.from(TWO).toString('hex')],
  [
    'an attachment of a mail',
    'x.eml',
    `From: a@b.example\nContent-Transfer-Encoding: base64\n\n${wrapped(TWO)}--end--\n`,
  ],
  [
    'a table without a header',
    'x.csv',
    `${quoted([TEXT])}\n${quoted([JSON.stringify(startRecord({ eventID: 'e-2' }))])}\n`,
  ],
  ['a table below its title', 'x.csv', `Export,2026\n\n${COLUMNS.join(',')}\n${cells('e-1')}\n${cells('e-2')}\n`],
  ['two tables in one file', 'x.csv', `${COLUMNS.join(',')}\n${cells('e-1')}\n${COLUMNS.join(',')}\n${cells('e-2')}\n`],
])('reads %s', async (_, name, content) => {
  expect(await read(name, content)).toEqual(['start e-1', 'start e-2']);
});

it.each(['.DS_Store', '_SUCCESS', 'x.json.crc', '__MACOSX/._x.json', 'desktop.ini'])(
  'reads events in a file named %s, and tells nothing of one that is what its name says',
  async (name) => {
    expect(await read(name, TWO)).toEqual(['start e-1', 'start e-2']);
    expect(await read(name, Buffer.from([0, 0, 0, 1, 0x42, 0x75, 0x64, 0x31, 0, 0]))).toEqual([]);
    expect(await read(name, '[.ShellClassInfo]\r\nIconResource=C:\\x.dll,0\r\n')).toEqual([]);
    expect(await read(name, '{"jobId":"1","filenames":[]}')).toEqual([]);
  },
);

it('tells text in UTF-32, and keeps an event that has two names', async () => {
  expect(await read('x.json', utf32(TWO))).toEqual(['not-read x.json: text in UTF-32']);
  const twice = `{"Records":[${TEXT.slice(0, -1)},"eventName":"GetQueryExecution"}]}`;
  expect(await read('x.json', twice)).toEqual(['reject it has several names']);
  expect(await read('x.json.gz', gzipSync(twice))).toEqual(['reject it has several names']);
  const inside = { ...RECORD, eventName: 'GetQueryExecution', requestParameters: { eventName: 'StartQueryExecution' } };
  expect(await read('x.json', JSON.stringify({ Records: [inside] }))).toEqual([]);
});
