import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCompact } from '../../src/cli/operate/compact.js';
import type { Api } from '../../src/dashboard/answers/answers.js';
import type { Status } from '../../src/dashboard/server/status.js';
import { buildPage, launchBrowser, NO_BROWSER } from './fixture-browser.js';
import { type CompanyHour, companyHours, writeHour } from './fixture-company.js';
import { captureIo, emptyPage, type Served, serveFolder, temporaryFolder, until } from './fixture-served.js';

const timezone = 'America/New_York';
const hours = [...companyHours({ lastDay: '2026-11-20', days: 16, queriesPerDay: 30, timezone, seed: 5 })];
/** A long list in one row of a day: 6 MB of the report, for which the cache is thought to take three, and packs it to nothing. */
const LONG = Array.from({ length: 2_000 }, () => 'x'.repeat(3_000));
const padded = hours.map((hour): CompanyHour => {
  const [first, ...others] = hour.rows;
  if (hour.label.hour !== 10 || !first) return hour;
  return { ...hour, rows: [{ ...first, identity_evidence: LONG }, ...others] };
});
/** What the cache is thought to take with nine days of sixteen, or with four beside two. */
const cacheLimit = 36_500_000;

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let reports: string;
let served: Served;
/** What the page showed before any row was here. */
let opened: { readonly head: string; readonly tiles: string; readonly turned: boolean };
beforeAll(async () => {
  root = await temporaryFolder();
  reports = join(root.path, 'reports');
  for (const hour of padded) await writeHour(reports, hour, { timezone });
  await runCompact({ output: reports }, captureIo(new AbortController().signal));
  const page = join(root.path, 'page');
  if (NO_BROWSER === null) await buildPage(page);
  else await emptyPage(root.path);
  served = await serveFolder(reports, { page, cacheLimit }, async (early) => {
    if (NO_BROWSER === null) opened = await openedEarly(early);
  });
}, 120_000);
afterAll(async () => {
  await served?.close();
  await root?.remove();
});

const day = (number: number | string) => `2026-11-${number}`;
const two = (number: number) => String(number).padStart(2, '0');
const query = (from: string, to: string) => `from=${day(from)}&to=${day(to)}`;
const status = () => served.json<Status>('/api/status');

/** Rows of days by the fixture, by when they began. */
function rowsOf(from: number, to: number) {
  const [start = 0, end = 0] = [from, to + 1].map((date) => Date.UTC(2026, 10, date, 5));
  return hours.flatMap(({ rows }) => rows).filter((row) => start <= row.start_time && row.start_time < end);
}

function queriesOf(from: number, to: number): number {
  return rowsOf(from, to).filter(({ state }) => state !== 'REFUSED').length;
}

/** Asks as a page does: again while rows are loaded. */
async function asked<Path extends keyof Api>(path: Path, question: string, headers: Record<string, string> = {}) {
  return until(async () => {
    const response = await served.get(`/api${path}?${question}`, { headers });
    const body = (await response.json()) as Api[Path] & { error?: { message: string } };
    if (response.status !== 503) return { status: response.status, ...body };
    expect(body.error?.message).toMatch(/^Loading \d+ of \d+ days, 2026-11-\d\d to 2026-11-\d\d\.$/);
    expect(response.headers.get('retry-after')).toBe('1');
    return null;
  });
}

async function openedEarly({ url }: Served): Promise<typeof opened> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator('p.notice', { hasText: 'From the sums of days.' }).waitFor();
    const head = (await page.locator('h1').textContent()) ?? '';
    const tiles = (await page.locator('.tiles').textContent()) ?? '';
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, 'opening.png') });
    await page.locator('.chart-panel').waitFor({ timeout: 90_000 });
    return { head, tiles, turned: (await page.locator('h1').textContent()) === 'Overview' };
  } finally {
    await browser.close();
  }
}

it.skipIf(NO_BROWSER !== null)(
  'opens on the sums of days while the reports are read, and turns into the overview',
  () => {
    expect(opened).toEqual({
      head: 'Reading the reports for the first time',
      tiles: expect.stringContaining(`Queries${queriesOf(14, 20)}`),
      turned: true,
    });
  },
);

describe('days that are left out', () => {
  it('are loaded when they are looked at, and answered as if all rows were here', async () => {
    const before = await status();
    expect(before.rows).toMatchObject({ from: day(12), left: { from: day('05'), to: day(10) }, loaded: [] });
    const answer = await asked('/explore', query('06', '07'));
    expect(answer).toMatchObject({ status: 200, rows_from: day('06'), rows_to: day('07') });
    expect(answer.totals.queries).toBe(queriesOf(6, 7));
    const { rows, cache } = await status();
    expect(rows).toMatchObject({ loaded: [{ from: day('05'), to: day('08') }], loading: null });
    expect(cache.limitBytes).toBe(cacheLimit);
    // Another question about these days waits for nothing, and has a file of exactly them.
    const groups = await served.json<Api['/groups']>(`/api/groups?by=person&${query('06', '06')}`);
    expect(groups.totals.queries).toBe(queriesOf(6, 6));
    // A query that is named without days is found among them, too.
    const old = rowsOf(6, 6).find(({ state }) => state !== 'REFUSED')?.query_execution_id;
    const held = { rows_from: day('06'), rows_to: day('07') };
    expect(await asked('/query', `id=${old}`)).toMatchObject({
      status: 200,
      row: { query_execution_id: old },
      ...held,
    });
    expect(await asked('/query', 'id=nobody-s')).toMatchObject({ status: 404 });
    const saved = await (await served.get(`/api/export/queries.ndjson?${query('06', '07')}`)).text();
    expect(saved.trim().split('\n')).toHaveLength(rowsOf(6, 7).length);
  });

  it('are refused where they do not fit, with the reason and what helps', async () => {
    const { status: code, error } = await asked('/overview', query('05', '09'));
    expect(code).toBe(409);
    expect(error?.message).toMatch(
      /the 6 days asked for.*take about 27 MB and the cache may take 37 MB with the newest two/,
    );
    expect(error?.message).toMatch(/start aqt serve with a larger --cache-limit, or ask aqt report/);
  });

  it('make room for others, and are not loaded again for a page that only looks whether its answer changed', async () => {
    expect(await asked('/explore', query('10', '10'))).toMatchObject({ status: 200, rows_to: day(10) });
    expect((await status()).rows?.loaded).toEqual([{ from: day('09'), to: day(11) }]);
    const again = await asked('/explore', query('06', '07'), { 'x-again': '1' });
    expect(again).toMatchObject({ status: 409, error: { let_go: true } });
    expect((await status()).rows?.loading).toBeNull();
  });

  it('are seen by a statement that names them; it, a person and the Audit page say which days they are of', async () => {
    const statement = (days: object) =>
      served.get('/api/console', {
        method: 'POST',
        body: JSON.stringify({ sql: 'SELECT count(*) AS n FROM queries', ...days }),
        headers: { 'content-type': 'application/json', origin: served.origin },
      });
    const counted = (from: number, to: number) =>
      hours
        .filter(({ label }) => day(two(from)) <= label.reportDate && label.reportDate <= day(two(to)))
        .flatMap(({ rows }) => rows).length;
    const named = (await (await statement({ from: day(10), to: day(10) })).json()) as {
      reports: object;
      rows: number[][];
    };
    expect(named.reports).toEqual({ from: day('09'), to: day(11) });
    expect(Number(named.rows[0]?.[0])).toBe(counted(9, 11));
    const newest = (await (await statement({})).json()) as { reports: { from: string; to: string } };
    const audit = await served.json<Api['/audit']>('/api/audit');
    expect(newest.reports.to).toBe(day(20));
    expect(audit.left?.to).toBe(day(two(Number(newest.reports.from.slice(-2)) - 1)));
    const person = await served.json<Api['/person']>('/api/person?person=dbt-prod');
    expect(person).toMatchObject({ rows_from: audit.rows_from, rows_to: null });
  });

  it.skipIf(NO_BROWSER !== null)('show how far they have come, and their sums meanwhile', async () => {
    const browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto(served.url);
    await page.goto(`${served.origin}/?${query('06', '07')}`);
    await page.locator('[role=status]', { hasText: /Loading \d of 4 days/ }).waitFor();
    await page.locator('p.notice', { hasText: 'From the sums of days.' }).waitFor();
    const tile = page
      .locator('.tiles')
      .getByText(/^Queries/)
      .locator('..');
    expect(await tile.textContent()).toContain(`Queries${queriesOf(6, 7)}`);
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, 'loading.png') });
    await page.locator('.chart-panel').waitFor({ timeout: 60_000 });
    expect(await page.locator('p.notice', { hasText: 'From the sums of days.' }).count()).toBe(0);
    expect(await tile.textContent()).toContain(`Queries${queriesOf(6, 7)}`);
    const notice = page.locator('p.notice', { hasText: 'are here' });
    await notice.filter({ hasText: `${day('05')} to ${day('08')} are` }).waitFor();
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, 'loaded.png') });
    await browser.close();
  });
});
