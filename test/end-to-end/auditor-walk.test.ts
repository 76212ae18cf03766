import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportDays } from '../../src/calendar/report-day.js';
import { runVerify, type VerifyArguments } from '../../src/cli/verify/verify.js';
import { collectorOf, startsFrom } from '../../src/collect/collector.fixture.js';
import { collectRange } from '../../src/collect/days/collect-range.js';
import { executionOf, startOf } from '../../src/record/evidence.fixture.js';
import { createLocalStore } from '../../src/storage/local-store.js';
import { quietIo } from './quiet-io.js';

const MIDNIGHT = Date.UTC(2026, 10, 2);
const NOW = MIDNIGHT + 3 * 86_400_000;
const clock = { now: () => NOW, sleep: async () => {} };

const at = (second: number, id: string) =>
  startOf({ eventId: `e-${id}`, queryExecutionId: id, eventTime: MIDNIGHT + second * 1000 });

let output: string;
beforeEach(async () => {
  output = await mkdtemp(join(tmpdir(), 'aqt-auditor-'));
  await collect([at(10, 'q1'), at(7 * 3600 + 10, 'q2'), at(7 * 3600 + 20, 'q3')], 'first');
});
afterEach(() => rm(output, { recursive: true, force: true }));

async function collect(items: readonly ReturnType<typeof at>[], scanId: string, query?: string): Promise<void> {
  const source = {
    async *scan() {
      yield { items, covered: [], cursor: null };
    },
    account: () => ({ kind: 'trail-files', accountId: null, region: null, counts: {} }),
  };
  const executions = {
    fetch: async (ids: readonly string[]) =>
      ids.map((queryExecutionId) => ({
        queryExecutionId,
        origin: 'export' as const,
        outcome: 'found' as const,
        execution: executionOf({ queryExecutionId, ...(query === undefined ? {} : { query }) }),
      })),
    account: () => ({ kind: 'export', accountId: null, region: null, counts: {} }),
  };
  const collector = collectorOf(createLocalStore(output, { clock }), NOW, { executions: () => executions });
  const days = reportDays({ from: '2026-11-02', to: '2026-11-02', timezone: 'UTC' });
  const request = { days, format: 'json' as const, scanId };
  for await (const _ of collectRange(collector, startsFrom(source), request));
}

/** What `aqt verify` says, with the hours that have a fault or a finding. */
async function verify(options: Omit<VerifyArguments, 'output'> = {}) {
  const io = quietIo({ clock });
  const exit = await runVerify({ output, json: true, ...options }, io);
  const said = JSON.parse(io.written.stdout) as {
    faults: string[];
    trees: { head: string }[];
    findings: { kind: string; text: string; reportDate: string | null; hour: number | null; accepted: object | null }[];
    hours: { hour: number; faults: string[] }[];
  };
  return {
    exit,
    head: said.trees[0]?.head ?? '',
    faults: said.faults,
    hourFaults: said.hours.flatMap(({ hour, faults }) => faults.map((fault) => `${hour}h ${fault}`)),
    open: said.findings.filter(({ accepted }) => accepted === null),
  };
}

async function files(folder: string): Promise<string[]> {
  const found = await readdir(join(output, folder), { recursive: true, withFileTypes: true });
  return found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

async function partThatNames(folder: string, id: string): Promise<string> {
  for (const part of await files(`_work/evidence/${folder}`))
    if (gunzipSync(await readFile(part)).includes(id)) return part;
  throw new Error(`no part of ${folder} names ${id}`);
}

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('an auditor', () => {
  it('finds nothing where nothing was touched, also when every report is made again', async () => {
    const { exit, head, faults, hourFaults, open } = await verify();
    expect({ exit, faults, hourFaults, open }).toEqual({ exit: 0, faults: [], hourFaults: [], open: [] });
    expect(await verify({ recompute: true, head })).toMatchObject({ exit: 0, faults: [], hourFaults: [], open: [] });
  });

  it('finds evidence that was edited, by its name', async () => {
    const part = await partThatNames('2026-11-02/h07', 'q2');
    await writeFile(
      part,
      gzipSync(
        gunzipSync(await readFile(part))
          .toString()
          .replaceAll('q2', 'q2x'),
      ),
    );
    const { exit, faults, hourFaults } = await verify();
    expect(exit).toBe(3);
    expect(faults).toEqual([
      expect.stringMatching(/^_work\/evidence\/2026-11-02\/h07\/.* was changed or is damaged: its content/),
    ]);
    expect(hourFaults).toEqual([]);
    expect((await verify({ recompute: true })).hourFaults).toEqual([
      expect.stringMatching(/^7h the report cannot be made again/),
    ]);
    const io = quietIo({ clock });
    await runVerify({ output, recompute: true }, io);
    expect(io.written.stdout).toContain('put the file back from a backup');
    expect(io.written.stdout).not.toContain('--mend');
  });

  it('finds evidence that was removed, and evidence that was added', async () => {
    for (const part of await files('_work/evidence/2026-11-02/h07')) await rm(part);
    expect((await verify()).open).toMatchObject([{ kind: 'evidence-gone', hour: 7 }]);
    const other = await partThatNames('2026-11-02/h00', 'q1');
    const text = gunzipSync(await readFile(other))
      .toString()
      .replaceAll('q1', 'q9');
    const added = `_work/evidence/2026-11-02/h00/${sha256(text)}.jsonl.gz`;
    await writeFile(join(output, added), gzipSync(text));
    const { exit, open } = await verify();
    expect(exit).toBe(3);
    expect(open.map(({ kind, text: told }) => [kind, told.split(' ')[0]])).toContainEqual(['evidence-untold', added]);
  });

  it('finds a closing that was edited, and one that was struck out', async () => {
    const [closing = ''] = await files('_work/closings');
    const kept = await readFile(closing, 'utf8');
    await writeFile(closing, kept.replace('"missingHours": []', '"missingHours": [ ]'));
    expect(await verify()).toMatchObject({
      exit: 3,
      faults: ['_work/closings/2026-11-02.json is not the one that was sealed'],
    });
    await rm(closing);
    const { exit, open } = await verify();
    expect(exit).toBe(3);
    expect(open.map(({ kind }) => kind)).toContain('file-gone');
  });

  it('finds a definition that was edited, added or removed, without making any report again', async () => {
    const MONTHS = '_work/definitions';
    await collect([at(40, 'p1')], 'prepare', 'PREPARE orders_of FROM SELECT * FROM sales.orders WHERE id = ?');
    expect((await verify()).exit).toBe(0);
    const [month = ''] = await files(MONTHS);
    const text = gunzipSync(await readFile(month)).toString();
    const forged = gzipSync(text.replaceAll('sales.orders', 'customers.pii'));
    const kept = await readFile(month);
    await writeFile(month, forged);
    expect(await verify()).toMatchObject({
      exit: 3,
      faults: [`${MONTHS}/2026-11.jsonl.gz is not the one that was sealed`],
    });
    await writeFile(month, kept);
    await writeFile(join(output, MONTHS, '2025-01.jsonl.gz'), forged);
    expect((await verify()).faults).toEqual([expect.stringMatching(/2025-01.jsonl.gz was never sealed/)]);
    await rm(join(output, MONTHS, '2025-01.jsonl.gz'));
    await rm(month);
    expect((await verify()).open.map(({ kind }) => kind)).toEqual(['file-gone']);
  });

  it('finds a file among the evidence that is none', async () => {
    const added = '_work/evidence/2026-11-02/h07/notes.txt';
    await writeFile(join(output, added), 'x');
    expect((await verify()).faults).toEqual([`${added}: there is a file that does not belong`]);
  });

  it('finds an acceptance that was written by hand, and does not seal it', async () => {
    for (const part of await files('_work/evidence/2026-11-02/h07')) await rm(part);
    const [{ kind } = { kind: '' }] = (await verify()).open;
    expect(kind).toBe('evidence-gone');
    const file = join(output, '_work', 'accepted.json');
    const accepted = { '2026-11-02 07h no evidence': { reason: 'trust me', acceptedAt: '2026-11-04T00:00:00.000Z' } };
    await writeFile(file, JSON.stringify({ schema: 1, accepted }));
    expect(await verify()).toMatchObject({
      exit: 3,
      faults: ['_work/accepted.json was never sealed: it was added by hand'],
    });
    await expect(verify({ accept: 'mine' })).rejects.toThrow('put it back from a backup');
    await rm(file);
    expect(await verify({ accept: 'looked at' })).toMatchObject({ exit: 0, open: [] });
    await writeFile(file, (await readFile(file, 'utf8')).replace('looked at', 'looked aT'));
    expect(await verify()).toMatchObject({ exit: 3, faults: ['_work/accepted.json is not the one that was sealed'] });
  });

  it('finds a report and manifest that were changed together and sealed: with a head by hour, and by making it again', async () => {
    const { head } = await verify();
    const folder = join(output, 'year=2026', 'month=11', 'day=02', 'hour=07');
    const report = join(folder, 'report_2026_11_02_h07.json');
    const forged = (await readFile(report, 'utf8')).replaceAll('q2', 'q2x');
    await writeFile(report, forged);
    const before = await readFile(join(folder, '_manifest.json'), 'utf8');
    const manifest = JSON.parse(before) as { report: { sha256: string; bytes: number }; version: number };
    manifest.report.sha256 = sha256(forged);
    manifest.report.bytes = Buffer.byteLength(forged);
    const after = `${JSON.stringify({ ...manifest, previous: sha256(before), version: manifest.version + 1 }, null, 2)}\n`;
    await writeFile(join(folder, '_manifest.json'), after);
    const seals = await files('_work/seals');
    const number = seals.length + 1;
    const seal = {
      ...{ schema: 1, number, previous: head, sealedAt: '2026-11-05T01:02:03.000Z', documents: {} },
      manifests: { 'year=2026/month=11/day=02/hour=07/': sha256(after) },
    };
    await writeFile(join(output, '_work', 'seals', `0000000${number}.json`), JSON.stringify(seal));

    expect(await verify()).toMatchObject({ exit: 0, faults: [], hourFaults: [], open: [] });
    const { exit, open } = await verify({ head });
    expect(exit).toBe(3);
    expect(open).toMatchObject([{ kind: 'rewritten', reportDate: '2026-11-02', hour: 7 }]);
    expect(open[0]?.text).toContain(`rewritten and sealed since on 2026-11-05T01:02:03.000Z (seal ${number})`);
    const again = await verify({ recompute: true });
    expect(again.exit).toBe(3);
    expect(again.hourFaults).toEqual([expect.stringMatching(/^7h made again from its evidence the report is another/)]);
  });

  it('is told of a head that is none of this chain', async () => {
    const { exit, faults } = await verify({ head: 'f'.repeat(64) });
    expect(exit).toBe(3);
    expect(faults).toEqual([expect.stringContaining('is not in the chain')]);
    await expect(verify({ head: 'abc' })).rejects.toThrow('--head abc: not the sha256 of a seal');
  });

  it('sees an honest rewrite told by the head, and nothing wrong with it', async () => {
    const { head } = await verify();
    await collect([at(30, 'late')], 'second');
    expect(await verify()).toMatchObject({ exit: 0, open: [] });
    expect((await verify({ recompute: true })).exit).toBe(0);
    const { open } = await verify({ head });
    expect(open.map(({ kind, hour }) => [kind, hour])).toContainEqual(['rewritten', 0]);
  });
});
