import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalStore } from '../../src/storage/local-store.js';
import { buildPage, launchBrowser, NO_BROWSER, seriousFindings } from './fixture-browser.js';
import { writeCompany } from './fixture-company.js';
import { type Served, serveFolder, temporaryFolder, until } from './fixture-served.js';

const ACCOUNT = '111122223333';
const HEAD =
  'identity_line_item_id,bill_payer_account_id,line_item_usage_account_id,line_item_line_item_type,line_item_product_code,line_item_usage_type,line_item_usage_amount,line_item_unblended_cost,line_item_currency_code,line_item_resource_id,line_item_usage_start_date,line_item_usage_end_date,product_region_code';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let served: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;

function line(id: string, type: string, usage: string, usd: number): string {
  const times = '2026-11-20T00:00:00Z,2026-11-20T01:00:00Z';
  const resource = `arn:aws:athena:us-east-1:${ACCOUNT}:workgroup/stranger`;
  return `${id},9,${ACCOUNT},${type},AmazonAthena,${usage},${usd / 5},${usd},USD,${usage === '' ? '' : resource},${times},us-east-1`;
}

const CLOSING = {
  ...{ schema: 1, reportDate: '2026-11-20', closedAt: '2026-11-21T12:00:00.000Z', workGroups: [], unattributed: [] },
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
  const [reports, built, bill] = ['reports', 'page', 'cur.csv'].map((name) => join(root.path, name)) as [
    string,
    string,
    string,
  ];
  await writeCompany(reports, { lastDay: '2026-11-20', days: 2, queriesPerDay: 60, timezone: 'UTC', seed: 4 });
  const clock = { now: () => Date.now(), sleep: (ms: number) => delay(ms) };
  const store = createLocalStore(reports, { clock });
  await store.write('_work/closings/2026-11-20.json', Buffer.from(JSON.stringify(CLOSING)), 'any');
  const lines = [line('a', 'Usage', 'USE1-DataScannedInTB', 40), line('b', 'Credit', '', -12.5)];
  await writeFile(bill, `${[HEAD, ...lines].join('\n')}\n`);
  await buildPage(built);
  served = await serveFolder(reports, { page: built, bill: [bill] });
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
});
