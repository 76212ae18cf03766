import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { runCollect } from '../../src/cli/collect/collect.js';
import { reportFailure } from '../../src/cli/terminal/failure.js';
import { runVerify } from '../../src/cli/verify/verify.js';
import { decodeManifest } from '../../src/record/encode-manifest.js';
import { startRecord } from '../../src/sources/record.fixture.js';
import { readReports, readTree } from './collected-company.js';
import { quietIo } from './quiet-io.js';

const root = mkdtempSync(join(tmpdir(), 'aqt-unread-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let worlds = 0;

const NOW = Date.UTC(2026, 10, 20);
const REGION = 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01';
const LOG = `${REGION}/111122223333_CloudTrail_eu-west-1_20261101T0505Z_abcdefghijklmnop.json.gz`;

const start = (index: number) =>
  startRecord({
    eventID: `e-${index}`,
    responseElements: { queryExecutionId: `0000000${index}-0000-4000-8000-000000000000` },
  });
const LATER = gzipSync(JSON.stringify({ Records: [startRecord({ eventTime: '2026-11-02T05:00:00Z' })] }));
const log = (index: number) => gzipSync(JSON.stringify({ Records: [start(index)] }));

/** Collects a day from a folder with these files, then verifies. */
async function collect(files: Readonly<Record<string, Uint8Array | string>>, executions = '[]') {
  const world = join(root, String(worlds++));
  const [trail, output, exported] = [join(world, 'trail'), join(world, 'out'), join(world, 'executions.json')];
  mkdirSync(trail, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(trail, name)), { recursive: true });
    writeFileSync(join(trail, name), content);
  }
  writeFileSync(exported, executions);
  const io = quietIo({ clock: { now: () => NOW, sleep: async () => {} } });
  const asked = { from: '2026-11-01', timezone: 'UTC', trail, executions: exported, output, format: 'json' as const };
  const exit = await runCollect(asked, io).catch((error: unknown) => reportFailure(error, io));
  const check = quietIo({ clock: { now: () => NOW, sleep: async () => {} } });
  const verified = exit === 2 ? null : await runVerify({ output }, check);
  const rows = exit === 2 ? [] : [...readReports(output).values()].flatMap((text) => text.split('\n').filter(Boolean));
  const manifests = (exit === 2 ? [] : [...readTree(output)]).flatMap(([key, text]) => {
    const manifest = key.endsWith('_manifest.json') ? decodeManifest(text) : '';
    return typeof manifest === 'string' ? [] : [manifest];
  });
  return { exit, verified, rows, manifests, stderr: io.written.stderr, said: check.written.stdout, trail, output };
}

describe('a trail among other files', () => {
  it('is read whatever names and wrappings its events have', async () => {
    const { exit, verified, rows } = await collect({
      [LOG]: log(1),
      'firehose/2026/11/01/05/PUT-S3-1': gzipSync(`${JSON.stringify({ detail: start(2) })}${JSON.stringify(start(3))}`),
      'forwarded.log': `2026-11-01T05:00:00Z ${JSON.stringify(start(4))}\n`,
      'index.ndjson': `${JSON.stringify({ _source: { event: { original: JSON.stringify(start(5)) } } })}\n`,
      'README.txt': 'nothing to see here\n',
      'query-results/x.csv.metadata': Buffer.from([10, 11, 1, 2]),
    });
    expect([exit, verified, rows.length]).toEqual([0, 0, 5]);
  });

  it('is told of what could not be read, in the hours that may lack it, until that is accepted', async () => {
    const { exit, verified, rows, manifests, stderr, said, output } = await collect({
      [LOG]: log(1),
      [`${REGION}/damaged.json.gz`]: log(2).subarray(0, 150),
      'lake/part-0.json.xz': Buffer.from('fd377a585a000004e6d6b446', 'hex'),
    });
    expect([exit, verified, rows.length]).toEqual([3, 3, 1]);
    expect(manifests.map(({ status, notRead = [] }) => [status, notRead.length])).toEqual(Array(24).fill(['open', 2]));
    for (const text of [stderr, said]) {
      expect(text).toContain('damaged.json.gz');
      expect(text).toContain('part-0.json.xz');
    }
    const io = quietIo({ clock: { now: () => NOW, sleep: async () => {} } });
    await runVerify({ output, accept: 'both were looked at' }, io);
    const after = quietIo({ clock: { now: () => NOW, sleep: async () => {} } });
    expect(await runVerify({ output }, after)).toBe(0);
  });
});

describe('folders of other days', () => {
  it('are counted in the summary, printed and as JSON', async () => {
    const early = LOG.replaceAll('2026/11/01', '2026/03/01');
    const late = LOG.replaceAll('2026/11/01', '2027/03/01');
    const { trail, output } = await collect({ [LOG]: log(1), [early]: log(2), [late]: log(3) });
    const [text, json] = await Promise.all(
      [false, true].map(async (isJson) => {
        const io = quietIo({ clock: { now: () => NOW, sleep: async () => {} } });
        const executions = join(trail, '..', 'executions.json');
        const days = { from: '2026-11-01', timezone: 'UTC' };
        await runCollect({ ...days, trail, executions, output: `${output}-${isJson}`, json: isJson }, io);
        return io.written.stdout;
      }),
    );
    expect(text).toContain(
      '1 of 1 files of the trail read for these reports; folders of other days passed over 2 times, their files not opened',
    );
    expect(JSON.parse(json ?? '').trail).toMatchObject({ files: 1, foldersPruned: 2, filesPruned: 0 });
  });
});

describe('no evidence', () => {
  it.each<[string, Readonly<Record<string, string | Uint8Array>>]>([
    ['an empty folder', {}],
    ['a trail of another day', { [LOG.replaceAll('11/01', '11/02').replace('20261101', '20261102')]: LATER }],
    ['records of another day', { 'a.json': JSON.stringify([startRecord({ eventTime: '2026-11-03T05:00:00Z' })]) }],
    ['the export', { 'executions.json': JSON.stringify({ QueryExecutions: [{ QueryExecutionId: 'x' }] }) }],
  ])('is no evidence of none: %s makes no hour final, and is told', async (_, files) => {
    const { exit, verified, manifests, stderr } = await collect(files);
    expect([exit, verified]).toEqual([3, 3]);
    expect(manifests.map(({ status }) => status)).toEqual(Array(24).fill('open'));
    expect(stderr).toContain(
      'from 2026-11-01T00:00Z to 2026-11-02T00:00Z: not one log file was delivered in that time',
    );
  });

  it.each([
    ['the trail', JSON.stringify({ Records: [start(1)] })],
    ['nothing', ''],
    ['text', 'not an export'],
  ])('stops a run whose export is %s before it writes anything', async (_, executions) => {
    const { exit, stderr } = await collect({ [LOG]: log(1) }, executions);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/--executions .*: not one execution could be read from .*; --executions takes answers of/);
  });

  it('is not what a quiet day leaves: log files without a single query prove that there was none', async () => {
    const quiet = gzipSync(
      JSON.stringify({ Records: [startRecord({ eventSource: 's3.amazonaws.com', eventName: 'PutObject' })] }),
    );
    for (const files of [{ [LOG]: quiet }, { 'a.json.gz': quiet }]) {
      const { exit, verified, manifests } = await collect(files);
      expect([exit, verified]).toEqual([0, 0]);
      expect(manifests.flatMap(({ notRead = [] }) => notRead)).toEqual([]);
    }
  });
});
