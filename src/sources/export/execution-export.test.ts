import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openTrailFolder } from '../trail/folder-trail-bucket.js';
import { createExecutionExport, openExecutionExport } from './execution-export.js';

const execution = (id: string, over: Readonly<Record<string, unknown>> = {}) => ({
  QueryExecutionId: id,
  Query: `SELECT 1 -- ${id}`,
  WorkGroup: 'primary',
  Status: { State: 'SUCCEEDED', SubmissionDateTime: 1_793_500_000.5, CompletionDateTime: 1_793_500_001 },
  ...over,
});

async function open(files: Readonly<Record<string, string | Buffer>>) {
  const folder = await mkdtemp(join(tmpdir(), 'aqt-export-test-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return openExecutionExport(folder);
}

async function found(files: Readonly<Record<string, string | Buffer>>, ids: readonly string[]) {
  const source = await open(files);
  const answers = await source.fetch(ids);
  const rejects = source.rejects().map(({ reason }) => reason);
  source.close();
  return { queries: answers.map((each) => (each.outcome === 'found' ? each.execution.query : each.outcome)), rejects };
}

describe('createExecutionExport', () => {
  it.each([
    ['get-query-execution', JSON.stringify({ QueryExecution: execution('a') }, null, 4)],
    [
      'batch-get-query-execution',
      JSON.stringify({ QueryExecutions: [execution('b'), execution('a')], UnprocessedQueryExecutionIds: [] }),
    ],
    ['an array', JSON.stringify([execution('b'), execution('a')], null, 1)],
    [
      'an array of answers',
      JSON.stringify([{ QueryExecution: execution('b') }, { QueryExecutions: [execution('a')] }]),
    ],
    ['JSON lines', `${JSON.stringify(execution('b'))}\n${JSON.stringify({ QueryExecution: execution('a') })}\n`],
    [
      'documents one after the other',
      `${JSON.stringify({ QueryExecution: execution('b') }, null, 2)}\n${JSON.stringify({ QueryExecution: execution('a') }, null, 2)}`,
    ],
    [
      'members in small letters',
      JSON.stringify({ queryExecutions: [{ queryExecutionId: 'a', query: 'SELECT 1 -- a' }] }),
    ],
    [
      'UTF-16, as PowerShell writes it',
      Buffer.from(`\uFEFF${JSON.stringify({ QueryExecution: execution('a') })}`, 'utf16le'),
    ],
  ])('reads %s, packed or not', async (_, text) => {
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      expect(await found({ 'x.json': bytes }, ['a', 'zz'])).toEqual({
        queries: ['SELECT 1 -- a', 'unknown'],
        rejects: [],
      });
    }
  });

  it('tells how far it is by files and bytes, of which the whole is known from the first', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aqt-export-test-'));
    const text = JSON.stringify([execution('a'), execution('b')]);
    for (const name of ['1.json', '2.json', 'README.md']) await writeFile(join(folder, name), text);
    const source = createExecutionExport({ bucket: await openTrailFolder(folder), tempFolder: folder });
    const told: unknown[] = [];
    await source.load(undefined, (event) => told.push(event));
    source.close();
    const whole = { allFiles: 2, allBytes: 2 * text.length };
    expect(told).toEqual([
      { kind: 'read', what: 'executions', read: 2, reach: { files: 1, bytes: text.length, ...whole } },
      { kind: 'read', what: 'executions', read: 4, reach: { files: 2, bytes: 2 * text.length, ...whole } },
    ]);
  });

  it('reads a single file whatever its name, and says when there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aqt-export-test-'));
    await writeFile(join(folder, 'x.txt'), JSON.stringify([execution('a')]));
    const source = await openExecutionExport(join(folder, 'x.txt'));
    expect((await source.fetch(['a', 'a'])).map(({ outcome }) => outcome)).toEqual(['found']);
    source.close();
    await expect(openExecutionExport(join(folder, 'none'))).rejects.toThrow('no such file or folder');
  });

  it('keeps the best of several observations, whatever the order', async () => {
    const running = execution('a', { Query: 'running', Status: { State: 'RUNNING' } });
    const failed = execution('a', { Query: 'failed', Status: { State: 'FAILED', CompletionDateTime: 5 } });
    const requeued = execution('a', { Query: 'requeued', Status: { State: 'SUCCEEDED', CompletionDateTime: 9 } });
    const twin = execution('a', { Query: 'twin', Status: { State: 'SUCCEEDED', CompletionDateTime: 9 } });
    for (const order of [
      [running, failed, requeued, twin],
      [twin, requeued, failed, running],
      [requeued, running, twin, failed],
    ]) {
      expect((await found({ 'x.json': JSON.stringify(order) }, ['a'])).queries).toEqual(['twin']);
    }
  });

  it('tells of entries of one execution that contradict each other', async () => {
    const entries = [
      execution('a', { Query: 'SELECT 1', Status: { State: 'SUCCEEDED', SubmissionDateTime: 5 } }),
      execution('a', { Query: 'SELECT 1', Status: { State: 'SUCCEEDED', SubmissionDateTime: 5.25 } }),
      execution('b', { Query: 'SELECT 1', Status: { State: 'SUCCEEDED', SubmissionDateTime: 5 } }),
      execution('b', { Query: 'SELECT 2', Status: { State: 'SUCCEEDED', SubmissionDateTime: 5 } }),
      execution('c', { Query: 'SELECT 1', Status: { State: 'SUCCEEDED', SubmissionDateTime: 5 } }),
      execution('c', { Query: 'SELECT 1', Status: { State: 'SUCCEEDED', SubmissionDateTime: 65 } }),
    ];
    const { rejects } = await found({ 'x.json': JSON.stringify(entries) }, ['a', 'b', 'c']);
    expect(rejects).toEqual([
      expect.stringContaining('another entry of b has another text'),
      expect.stringContaining('another entry of c was submitted at another time'),
    ]);
  });

  it('names each file of which something could not be used, and files of other kinds', async () => {
    const source = await open({
      'a.json': JSON.stringify([execution('a'), 5, { Query: 'x' }]),
      'b.json': JSON.stringify([execution('b')]),
      'c.csv': 'queryexecutionid,query',
      'README.md': 'x',
      '.DS_Store': 'x',
    });
    const unread = source.notRead().map(({ name, reason, mayHold }) => [basename(name), reason, mayHold]);
    expect(unread).toEqual([
      ['c.csv', expect.stringContaining('its name is not that of exported executions'), null],
      ['a.json', '2 entries could not be used, the first: not a JSON object', null],
    ]);
    source.close();
  });

  it('says what an export says about ids it could not process', async () => {
    const text = JSON.stringify({
      QueryExecutions: [],
      UnprocessedQueryExecutionIds: [
        { QueryExecutionId: 'a', ErrorCode: 'NOT_FOUND', ErrorMessage: 'gone' },
        { QueryExecutionId: 'b', ErrorCode: 'ThrottlingException' },
      ],
    });
    expect(await found({ 'x.json': text }, ['a', 'b'])).toEqual({ queries: ['not_found', 'unknown'], rejects: [] });
  });

  it('rejects what it cannot use, and keeps the rest', async () => {
    const cut = JSON.stringify([execution('c'), execution('d')]);
    const { queries, rejects } = await found(
      {
        'a.json': JSON.stringify([execution('a'), { Query: 'no id' }, 7]),
        'b.jsonl': `not json\n${JSON.stringify(execution('b'))}\n{"QueryExecutionId": bad}\n`,
        'c.json': cut.slice(0, -20),
        'd.json.gz': gzipSync(JSON.stringify([execution('e')])).subarray(0, 40),
        'e.json': '',
        // The mark between the texts of a JSON sequence, and nothing else.
        'e2.jsonl': '\x1e',
        'f.json': '<html>',
        'README.md': 'x',
      },
      ['a', 'b', 'c', 'd'],
    );
    expect(queries).toEqual(['SELECT 1 -- a', 'SELECT 1 -- b', 'SELECT 1 -- c', 'unknown']);
    expect(rejects).toEqual([
      'QueryExecutionId is missing',
      'not a JSON object',
      'the line is not a JSON object',
      'the entry is not JSON',
      expect.stringContaining('the file ends inside a value'),
      'the gzip data ends too early',
      ...(rejects.length > 9 ? [expect.any(String)] : []),
      'the file is empty',
      'the file is empty',
      'not JSON',
    ]);
  });

  it('witnesses what was submitted in a window, each execution once and as its best observation tells', async () => {
    const at = (seconds: number) => ({ Status: { State: 'SUCCEEDED', SubmissionDateTime: seconds } });
    const running = { Status: { State: 'RUNNING', SubmissionDateTime: 7300 } };
    const source = await open({
      'x.json': JSON.stringify([
        execution('before', at(3599)),
        execution('first', at(3600)),
        execution('twice', running),
        execution('twice', at(7300)),
        execution('last', at(10_799.999)),
        execution('after', at(10_800)),
        execution('undated', { Status: { State: 'RUNNING' } }),
      ]),
    });
    const ids = async (window: { start: number; end: number }) => {
      const seen: string[] = [];
      for await (const part of source.witness(window))
        seen.push(...part.map(({ queryExecutionId }) => queryExecutionId));
      return seen;
    };
    expect(await ids({ start: 3_600_000, end: 10_800_000 })).toEqual(['first', 'twice', 'last']);
    expect(await ids({ start: 7_300_000, end: 7_300_001 })).toEqual(['twice']);
    expect(await ids({ start: 86_400_000, end: 172_800_000 })).toEqual([]);
    source.close();
  });

  it('holds texts in a temporary file that is gone afterwards', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aqt-export-test-'));
    const tempFolder = await mkdtemp(join(tmpdir(), 'aqt-export-temp-'));
    const count = 3000;
    const lines = Array.from({ length: count }, (_, index) =>
      JSON.stringify(execution(`q-${index}`, { Query: `${index} ${'x'.repeat(2000)}` })),
    );
    await writeFile(join(folder, 'x.jsonl'), lines.join('\n'));
    const source = createExecutionExport({ bucket: await openTrailFolder(folder), tempFolder });
    const answers = await source.fetch(Array.from({ length: count }, (_, index) => `q-${index}`));
    expect(
      answers.every((each, index) => each.outcome === 'found' && each.execution.query?.startsWith(`${index} x`)),
    ).toBe(true);
    expect(source.account().counts).toMatchObject({ executions: count, files: 1, rejects: 0 });
    source.close();
    expect(await readdir(tempFolder)).toEqual([]);
  });

  const samples = '../shared/data/athena-api/docs-samples.jsonl';
  it.skipIf(!existsSync(samples))('reads every documented sample that is an execution', async () => {
    const lines = readFileSync(samples, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { json: unknown }).json);
    const executions = lines.filter(
      (json) => JSON.stringify(json).includes('"QueryExecutionId"') && JSON.stringify(json).includes('"Status"'),
    );
    const source = await open({ 'x.jsonl': executions.map((json) => JSON.stringify(json)).join('\n') });
    expect(executions.length).toBeGreaterThan(0);
    expect(source.account().counts.executions).toBeGreaterThan(0);
    expect(source.rejects()).toEqual([]);
    source.close();
  });
});
