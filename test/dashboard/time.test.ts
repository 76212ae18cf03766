import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBudget } from '../../src/cli/money/budget.js';
import type { Api } from '../../src/dashboard/answers/answers.js';
import type { SavedViews } from '../../src/dashboard/server/views-route.js';
import { companyHours, writeHour } from './fixture-company.js';
import { captureIo, emptyPage, type Served, serveFolder, temporaryFolder } from './fixture-served.js';

const timezone = 'America/New_York';
const hours = [...companyHours({ lastDay: '2026-11-20', days: 4, queriesPerDay: 150, timezone, seed: 8 })];
const rows = hours.flatMap((hour) => hour.rows);
const DAY = 86_400_000;

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let reports: string;
let views: string;
let served: Served;
beforeAll(async () => {
  root = await temporaryFolder();
  reports = join(root.path, 'reports');
  views = join(root.path, 'settings', 'views.json');
  for (const hour of hours) await writeHour(reports, hour, { timezone });
  served = await serveFolder(reports, { page: await emptyPage(root.path), views });
}, 60_000);
afterAll(async () => {
  await served?.close();
  await root?.remove();
});

const sum = (amounts: readonly number[]) => amounts.reduce((all, one) => all + one, 0);
const explore = (query: string) => served.json<Api['/explore']>(`/api/explore?limit=1&${query}`);

describe('another period', () => {
  it('is counted like the one that is shown, and says whether all of it is collected', async () => {
    const { compared, window, totals } = await explore('range=2d&compare=previous');
    const before = rows.filter(({ start_time }) => start_time >= window.start - 2 * DAY && start_time < window.start);
    expect(compared?.window).toEqual({ start: window.start - 2 * DAY, end: window.start });
    expect(compared?.totals.queries).toBe(before.filter(({ state }) => state !== 'REFUSED').length);
    expect(sum(compared?.bars.map(({ queries }) => queries) ?? [])).toBe(compared?.totals.queries);
    expect(compared?.isWhole).toBe(true);
    expect(totals.queries).not.toBe(compared?.totals.queries);
    expect((await explore('range=2d&compare=4w')).compared).toMatchObject({ isWhole: false, totals: { queries: 0 } });
    expect((await explore('range=2d')).compared).toBeNull();
    expect((await served.get('/api/explore?compare=then')).status).toBe(400);
  });

  it('stands beside each group, and orders them by what changed, those that are gone too', async () => {
    const list = (query: string) => served.json<Api['/groups']>(`/api/groups?by=person&limit=2000&${query}`);
    const { rows: now } = await list('range=2d&compare=previous&order=change');
    const change = now.map((row) => Number(row.nanos ?? 0) - Number(row.before_nanos ?? 0));
    expect(change).toEqual([...change].sort((a, b) => b - a));
    const { compared } = await explore('range=2d&compare=previous');
    expect(sum(now.map((row) => row.before_queries ?? 0))).toBe(compared?.totals.queries);
    const today = await list('range=2d');
    const earlier = now.filter(({ key }) => !today.rows.some((row) => row.key === key));
    for (const gone of earlier) expect(gone).toMatchObject({ queries: 0, nanos: 0 });
  });
});

describe('bars that are taken apart', () => {
  it.each(['person', 'workgroup', 'table', 'app'])('by %s add up to the bars', async (by) => {
    for (const metric of ['queries', 'cost', 'bytes'] as const) {
      const { stack, histogram } = await explore(`range=all&stack=${by}&metric=${metric}`);
      const amounts = { queries: 'queries', cost: 'costUsd', bytes: 'scannedBytes' } as const;
      for (const [index, bar] of histogram.bars.entries()) {
        const parts = sum(stack?.series.map((series) => series.amounts[index] ?? 0) ?? []);
        expect(parts).toBeCloseTo(bar[amounts[metric]], 5);
      }
      expect(stack?.series.length).toBeLessThanOrEqual(8);
      const totals = stack?.series.filter(({ isRest }) => !isRest).map(({ total }) => total) ?? [];
      expect(totals).toEqual([...totals].sort((a, b) => b - a));
    }
  });
});

describe('durations, waiting, and how many ran at once', () => {
  it('are those of the rows', async () => {
    const { histogram, concurrency } = await explore('range=all&metric=concurrency');
    expect(sum(histogram.bars.map(({ totalMs }) => totalMs))).toBe(sum(rows.map((row) => row.total_ms ?? 0)));
    expect(Math.max(...histogram.bars.map(({ longestQueueMs }) => longestQueueMs))).toBe(
      Math.max(...rows.map((row) => row.queue_ms ?? 0)),
    );
    const ran = rows.filter(({ state }) => state !== 'REFUSED');
    const ends = (row: (typeof rows)[number]) => Math.max(row.end_time ?? row.start_time, row.start_time + 1);
    for (const [index, { start, end }] of histogram.bars.entries()) {
      const inside = ran.filter((row) => row.start_time < end && ends(row) > start);
      const instants = [start, ...inside.map((row) => row.start_time).filter((at) => at >= start)];
      const most = Math.max(
        ...instants.map((at) => inside.filter((row) => row.start_time <= at && ends(row) > at).length),
        0,
      );
      expect(concurrency?.[index], `bar ${index}`).toBe(most);
    }
  });
});

describe('the month', () => {
  it('is summed to the end of what is collected, and measured against the budget that is kept with the reports', async () => {
    const month = (query = '') => served.json<Api['/month']>(`/api/month?${query}`);
    const cost = sum(rows.map((row) => row.cost_usd ?? 0));
    expect(await month()).toMatchObject({ month: '2026-11', budgetUsd: null, overOn: null, paceDays: 4 });
    expect((await month()).costUsd).toBeCloseTo(cost, 6);
    expect((await month()).forecastUsd).toBeGreaterThan(cost);
    const budget = async (options: object) => {
      const io = captureIo(new AbortController().signal);
      expect(await runBudget({ output: reports, ...options }, io)).toBe(0);
      return io.out();
    };
    expect(await budget({})).toContain('No budget is set');
    await budget({ month: '0.01' });
    expect(await budget({ month: '12', workgroup: 'bi' })).toMatch(/everything +0\.01\nworkgroup bi +12\.00/);
    expect(await served.json('/api/month?range=1h')).toMatchObject({ budgetUsd: 0.01, overOn: '2026-11-17' });
    expect(await month('workgroup=bi')).toMatchObject({ budgetUsd: 12 });
    expect((await month('workgroup=bi')).costUsd).toBeLessThan(cost);
    expect(await month('person=a')).toMatchObject({ budgetUsd: null, budgetCommand: null });
    await expect(budget({ month: 'much' })).rejects.toThrow(/--month much/);
  });
});

describe('saved views', () => {
  const post = (body: unknown) =>
    served.get('/api/views', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: served.origin },
      body: JSON.stringify(body),
    });

  it('are kept in a file of the user, never among the reports', async () => {
    expect(await served.json<SavedViews>('/api/views')).toEqual({ views: [], file: views });
    expect((await post({ name: ' Failures ', address: '/queries?state=FAILED' })).status).toBe(200);
    await Promise.all(['b', 'a', 'c'].map((name) => post({ name, address: `/people?team=${name}` })));
    await post({ name: 'a', address: '/tables' });
    const { views: kept } = JSON.parse(await readFile(views, 'utf8')) as SavedViews;
    expect(kept).toEqual([
      { name: 'Failures', address: '/queries?state=FAILED' },
      { name: 'a', address: '/tables' },
      { name: 'b', address: '/people?team=b' },
      { name: 'c', address: '/people?team=c' },
    ]);
    if (process.platform !== 'win32') expect((await stat(views)).mode & 0o077).toBe(0);
    await served.get('/api/views?name=b', { method: 'DELETE', headers: { origin: served.origin } });
    expect((await served.json<SavedViews>('/api/views')).views.map(({ name }) => name)).toEqual(['Failures', 'a', 'c']);
  });

  it.each([
    [{ name: '', address: '/' }],
    [{ name: 'x'.repeat(121), address: '/' }],
    [{ name: 'out', address: 'https://evil.example/' }],
    [{ name: 'out', address: '//evil.example/' }],
    [{ name: 'no address' }],
  ])('refuses %j', async (body) => {
    expect((await post(body)).status).toBe(400);
  });

  it('takes no change that another site asks for', async () => {
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' };
    const sent = await served.get('/api/views', { method: 'POST', headers, body: '{"name":"x","address":"/"}' });
    expect(sent.status).toBe(403);
  });
});
