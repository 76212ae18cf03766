import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runReport } from '../../src/cli/look/report.js';
import { runCompact } from '../../src/cli/operate/compact.js';
import type { Api } from '../../src/dashboard/answers/answers.js';
import { buildPage, launchBrowser, NO_BROWSER } from './fixture-browser.js';
import { companyHours, writeHour } from './fixture-company.js';
import { captureIo, emptyPage, type Served, serveFolder, temporaryFolder } from './fixture-served.js';

const timezone = 'America/New_York';
const options = { lastDay: '2026-11-20', days: 4, queriesPerDay: 40, timezone, seed: 5 };
const hours = [...companyHours(options)];

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let reports: string;
let served: Served;
beforeAll(async () => {
  root = await temporaryFolder();
  reports = join(root.path, 'reports');
  for (const hour of hours) await writeHour(reports, hour, { timezone });
  await runCompact({ output: reports }, captureIo(new AbortController().signal));
  const page = join(root.path, 'page');
  if (NO_BROWSER === null) await buildPage(page);
  else await emptyPage(root.path);
  served = await serveFolder(reports, { page, cacheLimit: 1 });
});
afterAll(async () => {
  await served?.close();
  await root?.remove();
});

const LEFT = 'from=2026-11-17&to=2026-11-18';
type Sums = Api['/sums'];
let sums: Sums;

const refused = async (path: string) => {
  const response = await served.get(path);
  const { error } = (await response.json()) as { error: { message: string } };
  return { status: response.status, message: error.message };
};

describe('a bound on the cache', () => {
  it('is told: which rows are here, which are not, and how large the file is', async () => {
    const status = await served.json<Record<string, unknown>>('/api/status');
    const left = { from: '2026-11-17', to: '2026-11-18', hours: 48 };
    expect(status).toMatchObject({
      rows: { from: '2026-11-20', start: Date.parse('2026-11-20T05:00:00Z'), left },
      cache: { limitBytes: 1, bytes: expect.any(Number) },
    });
  });

  it('lets a view begin with the rows that are here, and says so in every answer', async () => {
    for (const range of ['', 'range=30d', 'range=all', 'to=2026-11-20'])
      expect(await served.json(`/api/explore?${range}`)).toMatchObject({
        window: { start: Date.parse('2026-11-20T05:00:00Z') },
        totals: { queries: queriesOn('2026-11-20') },
        rows_from: '2026-11-20',
      });
    expect(await served.json('/api/overview')).toMatchObject({ previous: null, rows_from: '2026-11-20' });
  });

  it('refuses what reaches further, with the ways out, and answers nothing by halves', async () => {
    const old = hours[3]?.rows[0]?.query_execution_id;
    for (const path of [
      '/api/explore?from=2026-11-19',
      '/api/overview?from=2026-11-17&to=2026-11-18',
      '/api/groups?by=person&from=2026-11-18T12:00:00Z&to=2026-11-19T12:00:00Z',
      '/api/overview?compare=previous',
      '/api/export/queries.csv?from=2026-11-17',
      '/api/month',
      '/api/touches',
    ]) {
      const { status, message } = await refused(path);
      expect([path, status]).toEqual([path, 409]);
      expect(message).toMatch(/rows from 2026-11-20 on are here: 2026-11-17 to 2026-11-18 are collected and left out/);
      expect(message).toMatch(/--cache-limit.*aqt report/);
    }
    expect(await refused(`/api/query?id=${old}`)).toEqual({
      status: 404,
      message: 'It is not among the rows that are here, from 2026-11-20 on.',
    });
    // Of days that nobody collected there is nothing to leave out.
    expect(await served.json('/api/explore?from=2026-11-01&to=2026-11-02')).toMatchObject({ totals: { queries: 0 } });
  });

  it('adds up days that are left out from their sums, and names those of which there are none to rely on', async () => {
    sums = await served.json<Sums>(`/api/sums?${LEFT}`);
    expect(sums).toMatchObject({ from: '2026-11-17', to: '2026-11-18', without: [], rows_from: '2026-11-20' });
    expect(sums.days.map(({ date, queries }) => [date, queries])).toEqual(
      ['2026-11-17', '2026-11-18'].map((date) => [
        date,
        hours
          .filter(({ label }) => label.reportDate === date)
          .flatMap(({ rows }) => rows)
          .filter(({ state }) => state !== 'REFUSED').length,
      ]),
    );
    const uncollected = await served.json<Sums>('/api/sums?from=2026-11-16&to=2026-11-17');
    expect(uncollected.without.map(({ date }) => date)).toEqual(['2026-11-16']);
    expect(uncollected.days.map(({ date }) => date)).toEqual(['2026-11-17']);
    expect((await refused(`/api/sums?${LEFT}&person=x`)).status).toBe(400);
    expect((await refused('/api/sums?from=2020-01-01&to=2026-11-17')).status).toBe(400);
  });

  it.skipIf(NO_BROWSER !== null)('is told on every page, and where a question is refused', async () => {
    const browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto(served.url);
    for (const path of ['/', '/queries', '/audit', '/console', '/people?range=90d']) {
      await page.goto(`${served.origin}${path}`);
      const notice = page.locator('p.notice', { hasText: 'Rows from 2026-11-20 on are here.' });
      await notice.waitFor();
      expect(await notice.textContent()).toContain('48 hours from 2026-11-17 to 2026-11-18 are collected and left out');
      expect(await page.locator('.chip').first().textContent()).toMatch(/^from 2026-11-20 through/);
    }
    await page.goto(`${served.origin}/?from=2026-11-17&to=2026-11-20`);
    await page.locator('.error', { hasText: 'This reaches before 2026-11-20' }).waitFor();
    const fromSums = page.locator('p.notice', { hasText: 'From the sums of days.' });
    await fromSums.waitFor();
    expect(await fromSums.textContent()).toContain('4 whole report days of 2026-11-17 to 2026-11-20');
    const queries = hours.flatMap(({ rows }) => rows).filter(({ state }) => state !== 'REFUSED').length;
    expect(await page.locator('.tiles').textContent()).toContain(`Queries${queries}`);
    expect(await page.locator('section[aria-label="By day"] tbody tr').count()).toBe(4);
    // Nothing of the view before it stands below.
    expect(await page.locator('.chart-panel').count()).toBe(0);
    await browser.close();
  });

  it('leaves the command line whole: it reads the rest, and takes no part for all', async () => {
    await served.close();
    const io = captureIo(new AbortController().signal);
    const report = { output: reports, by: 'person', json: true, range: 'all' } as const;
    await expect(runReport({ ...report, offline: true }, io)).rejects.toThrow(
      'the cache holds rows from 2026-11-20 on, no more, because of aqt serve --cache-limit: ask without --offline',
    );
    expect(await runReport(report, io)).toBe(0);
    const { total } = JSON.parse(io.out()) as { total: { queries: number } };
    expect(total.queries).toBe(hours.flatMap(({ rows }) => rows).filter(({ state }) => state !== 'REFUSED').length);
    served = await serveFolder(reports, { page: join(root.path, 'page') });
    expect(await served.json('/api/status')).toMatchObject({ rows: null, coverage: { hours: 96 } });
    // What the sums said is what the rows say.
    const { totals, people, workgroups, tables } = await served.json<Sums>(`/api/overview?${LEFT}`);
    expect({ totals, people, workgroups, tables }).toEqual({
      totals: sums.totals,
      people: sums.people,
      workgroups: sums.workgroups,
      tables: sums.tables,
    });
    const [first] = hours;
    if (!first) throw new Error('the fixture has no hours');
    await writeHour(reports, { ...first, rows: first.rows.slice(1) }, { timezone, version: 2 });
    const later = await served.json<Sums>(`/api/sums?${LEFT}`);
    expect(later.without).toMatchObject([{ date: '2026-11-17', why: expect.stringContaining('older than its hours') }]);
    expect(later.days.map(({ date }) => date)).toEqual(['2026-11-18']);
  });
});

function queriesOn(date: string): number {
  const { start, end } = { start: Date.parse(`${date}T05:00:00Z`), end: Date.parse('2026-11-21T05:00:00Z') };
  return hours
    .flatMap(({ rows }) => rows)
    .filter(({ state, start_time }) => state !== 'REFUSED' && start_time >= start && start_time < end).length;
}
