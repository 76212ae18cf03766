import { execFileSync, spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExport } from '../../src/cli/handover/export.js';
import { createMetrics } from '../../src/handover/feeds/openmetrics.js';
import { emptyPage, type Served, serveFolder } from '../dashboard/fixture-served.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { parseOpenMetrics } from './openmetrics-grammar.js';
import { type PackedTestTree, packedTree, QUERIES } from './packed-tree.js';

let tree: PackedTestTree;
let served: Served;
let auditor: Served;
beforeAll(async () => {
  tree = await packedTree();
  const page = await emptyPage(tree.path('.'));
  served = await serveFolder(tree.output, { page, key: tree.path('key.pem'), metrics: true });
  auditor = await serveFolder(tree.output, { page, auditor: true });
});
afterAll(async () => {
  await served.close();
  await auditor.close();
  tree.remove();
});

describe('a pack of the view at hand', () => {
  it('is signed, and holds what the view shows', async () => {
    const answer = await served.get('/api/evidence.zip?from=2026-11-02T07:00:00Z&to=2026-11-02T08:00:00Z&q=4111');
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="athena-evidence-2026-11-02-2026-11-02.zip"',
    );
    const { faults, rows, signed } = await tree.verifyBytes(Buffer.from(await answer.arrayBuffer()));
    expect({ faults, rows, signed }).toEqual({ faults: [], rows: 12, signed: true });
  });

  it('is masked for auditors, and says what is wrong with a view', async () => {
    const answer = await auditor.get('/api/evidence.zip?range=all');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.includes('4111-')).toBe(false);
    expect((await served.get('/api/evidence.zip?from=never')).status).toBe(400);
    expect((await fetch(`${served.origin}/api/evidence.zip`)).status).toBe(401);
  });
});

/** `fetch` does not let one name another host. */
function statusFor(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/metrics', headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

/** The parser of Prometheus' own client, where this machine has it. */
const PYTHON = '/usr/bin/python3';
const PARSE =
  'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as p; print(sum(len(f.samples) for f in p(sys.stdin.read())))';
const hasParser = spawnSync(PYTHON, ['-c', PARSE], { input: '# EOF\n' }).status === 0;

describe('metrics', () => {
  it('are there when they are asked for, for this computer, and name nobody', async () => {
    const answer = await fetch(`${served.origin}/metrics`);
    expect(answer.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const text = await answer.text();
    const samples = parseOpenMetrics(text);
    const queries = samples.filter(({ name }) => name === 'aqt_queries_total');
    expect(queries.reduce((sum, { value }) => sum + value, 0)).toBe(QUERIES.length);
    expect(new Set(samples.flatMap(({ labels }) => Object.keys(labels)))).toEqual(
      new Set(['state', 'status', 'workgroup']),
    );
    expect((await fetch(`${auditor.origin}/metrics`)).status).toBe(401);
    expect(await statusFor(served.port, 'evil.example')).toBe(403);
  });

  it('are those of the command', async () => {
    const io = quietIo({ clock: { now: () => Date.now(), sleep: async () => {} } });
    await runExport(
      {
        output: tree.output,
        to: ['openmetrics'],
        sql: true,
        minConfidence: 'none',
        lineage: 'given',
        ocsfVersion: '1.8.0',
      },
      io,
    );
    const withoutAges = (text: string) => parseOpenMetrics(text).filter(({ name }) => !name.endsWith('_age_seconds'));
    const text = await (await fetch(`${served.origin}/metrics`)).text();
    expect(withoutAges(io.written.stdout)).toEqual(withoutAges(text));
  });

  it.skipIf(!hasParser)('are read by the parser of Prometheus’ own client, hostile workgroups too', () => {
    const metrics = createMetrics();
    for (const workgroup of ['plain', 'a"b', 'a\\b', 'a\nb', 'ü\u202e', '', null])
      metrics.addGroup({
        ...{ workgroup, state: 'SUCCEEDED', rows: 3, unresolved: 1, scannedBytes: 1e15, costNanos: 123_456_789 },
        withoutCost: 1,
      });
    metrics.addHour({ status: 'open', pending: 2, end: 0 });
    const text = metrics.text(3_600_500);
    expect(Number(execFileSync(PYTHON, ['-c', PARSE], { input: text }))).toBe(parseOpenMetrics(text).length);
    const broken = text.replace('# EOF\n', 'aqt_queries_total 1\n# EOF\n');
    expect(spawnSync(PYTHON, ['-c', PARSE], { input: broken }).status).not.toBe(0);
    expect(() => parseOpenMetrics(broken)).toThrow('not a sample of');
  });
});
