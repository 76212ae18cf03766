import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalStore } from '../../src/storage/local-store.js';
import { type BillLine, writeBill } from './fixture-bill.js';
import { buildPage, launchBrowser, NO_BROWSER, seriousFindings } from './fixture-browser.js';
import { writeCompany } from './fixture-company.js';
import { beyondSheet, clickedOnPaper, darkGrounds, print } from './fixture-paper.js';
import { type Served, serveFolder, temporaryFolder, until } from './fixture-served.js';
import { UGLY } from './fixture-ugly.js';

const ACCOUNT = '111122223333';
let root: Awaited<ReturnType<typeof temporaryFolder>>;
let served: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;

function line(type: string, usage: string, usd: number, workgroup = 'stranger'): BillLine {
  return { account: ACCOUNT, region: 'us-east-1', type, usage, workgroup, usd, start: '2026-11-20T00:00:00Z' };
}

const CLOSING = {
  ...{ schema: 1, reportDate: '2026-11-20', closedAt: '2026-11-21T12:00:00.000Z', workGroups: [] },
  ...{ unattributed: [], missingHours: [] },
  settings: [
    {
      ...{ accountId: ACCOUNT, region: 'us-east-1', workGroups: [], reservationChanges: [], failures: [] },
      reservations: [
        {
          ...{ name: 'nightly', status: 'ACTIVE', targetDpus: 8, allocatedDpus: 8, workGroups: ['bi'], failure: null },
          ...{ createdAt: '2026-10-01T00:00:00.000Z', allocatedAt: '2026-10-01T00:01:00.000Z' },
        },
      ],
    },
  ],
};

beforeAll(async () => {
  if (NO_BROWSER !== null) return;
  root = await temporaryFolder();
  const [reports, built, bill, long] = ['reports', 'page', 'cur.csv', 'october.csv'].map((name) =>
    join(root.path, name),
  ) as [string, string, string, string];
  await writeCompany(reports, { lastDay: '2026-11-20', days: 2, queriesPerDay: 60, timezone: 'UTC', seed: 4 });
  const clock = { now: () => Date.now(), sleep: (ms: number) => delay(ms) };
  const store = createLocalStore(reports, { clock });
  await store.write('_work/closings/2026-11-20.json', Buffer.from(JSON.stringify(CLOSING)), 'any');
  await writeBill(bill, [line('Usage', 'USE1-DataScannedInTB', 40), line('Credit', '', -12.5)]);
  const many = Array.from({ length: 744 }, (_, hour) => new Date(Date.UTC(2026, 9, 1, hour)).toISOString());
  await writeBill(
    long,
    many.map((start, index) => ({
      ...line('Usage', 'USE1-DataScannedInTB', 1 + index / 100, `${UGLY.workgroup.slice(0, 120)}-${index % 501}`),
      start,
    })),
  );
  await buildPage(built);
  served = await serveFolder(reports, { page: built, bill: [bill, long] });
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  page = await context.newPage();
  await page.goto(served.url);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await root?.remove();
});

async function open(path: string): Promise<void> {
  await page.goto(`${served.origin}${path}`);
  const expression = `Boolean(document.querySelector('h1') && !document.querySelector('.skeleton, .stale, .ghost'))`;
  await until(async () => ((await page.evaluate(expression)) === true ? true : null));
}

describe.skipIf(NO_BROWSER !== null)('money in a browser', () => {
  it('shows what reserved capacity cost, and leads to the bill', async () => {
    await open('/cost?range=all');
    const card = page.locator('section[aria-label="Capacity reservations"]');
    await card.waitFor();
    expect(await card.textContent()).toMatch(/nightly.*111122223333 us-east-1.*\$\d/);
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('a', { hasText: 'Against the bill' }).click();
    await page.locator('section[aria-label=Sums]').waitFor();
    expect(new URL(page.url()).pathname).toBe('/bill');
  });

  it('shows the reports against the bill: sums, reasons with their words, prices to copy', async () => {
    await open('/bill');
    const reasons = await page.locator('section[aria-label="Reasons of the difference"]').textContent();
    expect(reasons).toMatch(/credits?.*−\$12\.50/);
    expect(reasons).toContain('collected');
    expect(await page.locator('section[aria-label="By workgroup"]').textContent()).toContain('stranger');
    expect(await page.locator('section[aria-label=Prices]').textContent()).toMatch(/settle .* --prices prices\.yaml/);
    expect(await seriousFindings(page)).toEqual([]);
    if (process.env.AQT_PICTURES) await page.screenshot({ path: process.env.AQT_PICTURES, fullPage: true });
  });

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await open('/bill');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  it('shows every workgroup and hour of a long bill, searched and a part at a time', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await open('/bill?bill=1&by=hour');
    const groups = page.locator('section[aria-label="By workgroup"]');
    expect(await groups.locator('tbody tr').count()).toBe(200);
    await groups.getByLabel('Find in workgroups').fill('w-77');
    expect(await groups.locator('tbody tr').allTextContents()).toEqual([expect.stringContaining('-77')]);
    expect(await groups.getByRole('status').textContent()).toMatch(/^1 of \d+$/);
    const slots = page.locator('section[aria-label="By time"]');
    const rows = slots.locator('tbody tr');
    while (await slots.getByRole('button', { name: /earlier of/ }).isVisible())
      await slots.getByRole('button', { name: /earlier of/ }).click();
    expect(await rows.first().textContent()).toContain('2026-10-01 00:00');
    expect(await rows.count()).toBeGreaterThanOrEqual(744);
    const saved = page.waitForEvent('download');
    await slots.getByRole('button', { name: 'Save as CSV' }).click();
    expect((await saved).suggestedFilename()).toBe('bill-hours.csv');
  });

  it.each(['/bill', '/bill?bill=1&by=hour'])('%s is light, whole and within the sheet on paper', async (path) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await open(path);
    const all = await page.locator('section[aria-label="By time"] h2 .soft').textContent();
    await print(page);
    expect(await page.locator('.paper-head').textContent()).toMatch(
      /What AWS charges.*All times are in UTC.*Of 48 hours.*Head of the chain: no seal yet/s,
    );
    expect(await clickedOnPaper(page)).toEqual([]);
    expect(await beyondSheet(page)).toEqual([]);
    expect(await darkGrounds(page)).toEqual([]);
    expect(await page.locator('section[aria-label="By time"] tbody tr').count()).toBe(Number.parseInt(all ?? '', 10));
    expect(await page.locator('.bill-choice').textContent()).toContain(path === '/bill' ? 'cur.csv' : 'october.csv');
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  });
});
