import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GROUP_NAMES } from '../../src/analytics/groups/groups.js';
import { FILTERS } from '../../src/analytics/view/filters.js';
import { runReport } from '../../src/cli/look/report.js';
import { captureIo, emptyPage, type Served, serveFolder, temporaryFolder } from './fixture-served.js';
import { writeGoldenTree } from './golden-tree.js';

/** The right answers, worked out by hand from the dozen rows of `golden/rows.json`; nothing in the product writes this file. */
const RIGHT = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'answers.json'), 'utf8')) as {
  readonly filters: Readonly<Record<string, readonly number[]>>;
  readonly groups: Readonly<Record<string, readonly (readonly unknown[])[]>>;
  /** Bars that are not empty: start, queries, failed, refused, dollars, bytes. */
  readonly bars: readonly (readonly unknown[])[];
  /** What the audit says: how bad, how many of what. */
  readonly findings: readonly (readonly unknown[])[];
  readonly tables: readonly (readonly unknown[])[];
  readonly answers: Readonly<Record<string, unknown>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly exportedRow: Readonly<Record<string, unknown>>;
  readonly reports: Readonly<Record<string, string>>;
  /** Cost centre, queries, refused attempts, billionths of a dollar. */
  readonly costCenters: readonly (readonly unknown[])[];
  readonly directory: string;
};

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let reports: string;
let served: Served;
let auditor: Served;
beforeAll(async () => {
  root = await temporaryFolder();
  reports = join(root.path, 'reports');
  await writeGoldenTree(reports);
  const page = await emptyPage(root.path);
  served = await serveFolder(reports, { page });
  const directory = join(root.path, 'directory.yaml');
  await writeFile(directory, RIGHT.directory);
  auditor = await serveFolder(reports, { page, auditor: true, directory });
}, 60_000);
afterAll(async () => {
  await served?.close();
  await auditor?.close();
  await root?.remove();
});

interface Group {
  readonly key: string | null;
  readonly queries: number;
  readonly refused: number;
  readonly failed: number;
  readonly nanos: number | null;
  readonly bytes: number | null;
  readonly people: number;
  readonly reads: number;
  readonly writes: number;
}

/** A query string as it is read, with its values encoded. */
function encoded(query: string): string {
  return new URLSearchParams(
    query.split('&').map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]),
  ).toString();
}

describe('a dozen rows', () => {
  it.each(Object.entries(RIGHT.filters))('filtered by %s', async (query, numbers) => {
    const { rows } = await served.json<{ rows: { id: string }[] }>(`/api/queries?range=all&dir=asc&${encoded(query)}`);
    expect(rows.map(({ id }) => Number(id.slice(0, 8))).sort((a, b) => a - b)).toEqual(numbers);
  });

  it('has an answer for every filter and every group', () => {
    const filtered = Object.keys(RIGHT.filters).flatMap((query) =>
      query.split('&').map((pair) => pair.replace(/^-|=.*/g, '')),
    );
    expect(FILTERS.map(({ name }) => name).filter((name) => !filtered.includes(name))).toEqual([]);
    expect(GROUP_NAMES.filter((name) => name !== 'table' && !(name in RIGHT.groups))).toEqual([]);
  });

  it.each(Object.entries(RIGHT.groups))('grouped by %s', async (by, right) => {
    const { rows } = await served.json<{ rows: Group[] }>(`/api/groups?range=all&by=${by}`);
    expect(
      rows.map(({ key, queries, refused, failed, nanos, bytes, people }) => [
        key,
        queries,
        refused,
        failed,
        nanos,
        bytes,
        people,
      ]),
    ).toEqual(right);
  });

  it('grouped by table: cost is split over the tables that are read, to the last billionth', async () => {
    const { rows } = await served.json<{ rows: Group[] }>('/api/groups?range=all&by=table');
    expect(
      rows.map((row) => [
        row.key,
        row.queries,
        row.refused,
        row.failed,
        row.nanos,
        row.bytes,
        row.people,
        row.reads,
        row.writes,
      ]),
    ).toEqual(RIGHT.tables);
  });

  it.each(Object.entries(RIGHT.answers))('asked for %s', async (path, right) => {
    expect(await served.json(`/api${path}`)).toMatchObject(right as object);
  });

  it('drawn over time', async () => {
    const answer = await served.json<{ histogram: { bars: Record<string, number>[] } }>('/api/histogram?range=all');
    const { bars } = answer.histogram;
    const drawn = bars.filter(({ queries, refused }) => queries !== 0 || refused !== 0);
    expect(
      drawn.map(({ start = 0, queries, failed, refused, costUsd, scannedBytes }) => [
        new Date(start).toISOString(),
        ...[queries, failed, refused, costUsd, scannedBytes],
      ]),
    ).toEqual(RIGHT.bars);
    expect(bars).toHaveLength(124);
  });

  it('audited', async () => {
    const { findings } = await served.json<{ findings: { severity: string; title: string; count: number }[] }>(
      '/api/audit',
    );
    expect(findings.map(({ severity, count, title }) => [severity, count, title])).toEqual(RIGHT.findings);
  });

  it.each(Object.entries(RIGHT.exports))('exported as %s', async (path, right) => {
    expect(await (await served.get(`/api/export/${path}`)).text()).toBe(right);
  });

  it('exported in full: every column of a row', async () => {
    const text = await (await served.get('/api/export/queries.ndjson?range=all&fingerprint=f2')).text();
    expect(JSON.parse(text)).toMatchObject(RIGHT.exportedRow);
  });

  it.each(Object.entries(RIGHT.reports))('reported by aqt report %s', async (flags, right) => {
    const options = Object.fromEntries(flags.split(' ').map((flag) => flag.split('=')));
    const io = captureIo(new AbortController().signal);
    await runReport(
      { output: reports, range: 'all', ...options, ...('top' in options ? { top: Number(options.top) } : {}) },
      io,
    );
    expect(io.out().replaceAll(reports, '<output>')).toBe(right);
  });

  it('charged to cost centres by the rules, then by person and team; what nobody claims is left over', async () => {
    const { rows } = await auditor.json<{ rows: (Group & { key: string | null })[] }>('/api/cost-centers?range=all');
    expect(rows.map(({ key, queries, refused, nanos }) => [key, queries, refused, nanos])).toEqual(RIGHT.costCenters);
  });

  it('is shown without literals in auditor mode, whatever is asked', async () => {
    const { isAuditor } = await auditor.json<{ isAuditor: boolean }>('/api/status');
    expect(isAuditor).toBe(true);
    for (const path of [
      '/api/queries?range=all&mask=0',
      '/api/groups?range=all&by=fingerprint',
      '/api/export/queries.csv?range=all',
    ]) {
      const text = await (await auditor.get(path)).text();
      expect(text).toContain('WHERE email = ?');
      expect(text).not.toContain('x@y.example');
    }
    const console = await auditor.get('/api/console', {
      method: 'POST',
      body: '{"sql":"SELECT string_agg(query, chr(10)) FROM queries"}',
      headers: { origin: auditor.origin },
    });
    const shown = await console.text();
    expect(shown).toContain('WHERE email = ?');
    expect(shown).not.toContain('x@y.example');
  });
});
