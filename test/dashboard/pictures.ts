/**
 * Takes the pictures of the dashboard: every page light, dark, on a phone and on paper, of the made-up company and of one with the
 * longest names and the largest numbers that there are. Those of the README and the docs go to docs/screenshots.
 *
 *   npm run pictures -- [folder] [view …]
 *
 * Without names all of them are taken, and go to the folder (by default below the system's folder of temporary files), to be looked at; paper as PDF.
 */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type BillLine, linesOf, writeBill } from './fixture-bill.js';
import { buildPage, launchBrowser, SCREENSHOTS } from './fixture-browser.js';
import { companyHours, writeHour } from './fixture-company.js';
import { writePlaces } from './fixture-places.js';
import { type Served, serveFolder, until } from './fixture-served.js';
import { CROWD, crowdRow, UGLY, uglyRow } from './fixture-ugly.js';

const timezone = 'America/New_York';
const [asked = join(tmpdir(), 'aqt-pictures'), ...only] = process.argv.slice(2);
const folder = resolve(asked);

/** Those that the README and the docs show. */
const KEPT = [
  ...['overview-light', 'overview-dark', 'overview-phone', 'queries-light', 'queries-phone', 'detail-light'],
  ...['detail-dark', 'person-light', 'table-light', 'cost-dark', 'audit-light', 'audit-dark', 'identities-light'],
  ...['console-light', 'places-light'],
];

type View = readonly [name: string, path: string, act?: (page: Page) => Promise<void>];

const LISTS: readonly View[] = [
  ['overview', '/'],
  ['overview-compared', '/?compare=previous&stack=workgroup'],
  ['queries', '/queries'],
  ['patterns', '/queries?group=pattern'],
  ['refused', '/queries?state=REFUSED'],
  ['people', '/people'],
  ['workgroups', '/workgroups'],
  ['tables', '/tables'],
  ['cost', '/cost?range=14d'],
  ['cost-patterns', '/cost?range=14d&by=fingerprint'],
  ['audit', '/audit'],
  ['identities', '/identities'],
  [
    'console',
    '/console?sql=SELECT person, count(*) AS queries FROM queries GROUP BY ALL ORDER BY 2 DESC LIMIT 20',
    runConsole,
  ],
];

await mkdir(folder, { recursive: true });
// The pages show where the reports are.
process.chdir(folder);
try {
  const page = join(folder, '.page');
  await buildPage(page);
  const browser = await launchBrowser();
  try {
    await ofCompany(browser, page);
    await ofCrowd(browser, page);
  } finally {
    await browser.close();
  }
  await mkdir(SCREENSHOTS, { recursive: true });
  for (const name of only.length > 0 ? [] : KEPT)
    await copyFile(join(folder, 'company', `${name}.png`), join(SCREENSHOTS, `${name}.png`));
  process.stdout.write(`${folder}\n`);
} finally {
  for (const made of [
    '.page',
    'reports',
    'cur-2026-11.csv',
    'cur-of-the-crowd.csv',
    'crowded-reports',
    'reports-of-accounts',
  ])
    await rm(join(folder, made), { recursive: true, force: true });
}

/** The company that the README shows: a gap, hours that are open, and nobody's name is long. */
async function ofCompany(browser: Browser, page: string): Promise<void> {
  const reports = 'reports';
  const options = { lastDay: '2026-11-21', days: 15, queriesPerDay: 700, timezone, seed: 5, gaps: ['2026-11-19T03'] };
  const hours = [...companyHours(options)];
  for (const [index, hour] of hours.entries())
    await writeHour(reports, hour, { timezone, status: index > hours.length - 4 ? 'open' : 'final' });
  const bill = 'cur-2026-11.csv';
  const usage = linesOf(hours.flatMap((hour) => hour.rows));
  const credits = usage.slice(0, 1).map((line) => ({ ...line, type: 'Credit', usage: '', usd: -25 }));
  await writeBill(bill, [...usage, ...credits]);
  const served = await serveFolder(reports, { page, views: join(folder, '.views.json'), bill: [bill] });
  const { rows } = await served.json<{ rows: { id: string }[] }>('/api/queries?sort=cost&limit=1');
  const { rows: roles } = await served.json<{ rows: { key: string }[] }>('/api/groups?by=role&limit=1');
  await takeAll(browser, served, 'company', [
    ...LISTS,
    ['detail', '/queries?sort=cost', openFirst],
    ['query', `/q/${rows[0]?.id}`],
    ['person', '/people/noor.novak@acme.example'],
    ['table', '/tables/awsdatacatalog.customers.pii'],
    ['workgroup', '/workgroups/bi'],
    ['tools', '/tools'],
    ['tool', '/tools/dbt'],
    ['roles', '/roles'],
    ['role', `/roles/${encodeURIComponent(roles[0]?.key ?? '')}`],
    ['bill', '/bill'],
  ]);
  await served.close();
  const places = 'reports-of-accounts';
  await writePlaces(places, { queriesPerDay: 90 });
  const many = await serveFolder(places, { page, views: join(folder, '.views.json') });
  await takeAll(browser, many, 'company', [['places', '/audit']]);
  await many.close();
}

/** Thousands of people, hundreds of workgroups, 20,000 tables, and the longest names. */
async function ofCrowd(browser: Browser, page: string): Promise<void> {
  const reports = 'crowded-reports';
  const lines: BillLine[] = [];
  let number = 0;
  for (const hour of companyHours({ lastDay: '2026-11-21', days: 7, queriesPerDay: 6000, timezone, seed: 9 })) {
    const rows = hour.rows.map((row, index) => (index % 20 === 0 ? uglyRow(row, index / 20) : crowdRow(row, number++)));
    await writeHour(reports, { ...hour, rows }, { timezone, status: 'open' });
    lines.push(...linesOf(rows.filter((_, index) => index % 8 === 0)));
  }
  if (number < CROWD.tables) throw new Error(`the crowd has ${number} queries, fewer than tables`);
  const bill = 'cur-of-the-crowd.csv';
  await writeBill(bill, lines);
  const served = await serveFolder(reports, { page, views: join(folder, '.views.json'), bill: [bill] });
  const { rows } = await served.json<{ rows: { id: string }[] }>(`/api/queries?limit=1&table=${UGLY.table}`);
  await takeAll(browser, served, 'crowd', [
    ...LISTS,
    ['detail', '/queries?sort=cost', openFirst],
    ['query', `/q/${rows[0]?.id}`],
    ['person', `/people/${UGLY.person}`],
    ['table', `/tables/${UGLY.table}`],
    ['workgroup', `/workgroups/${UGLY.workgroup}`],
    ['bill', '/bill?by=hour'],
  ]);
  await served.close();
}

async function takeAll(browser: Browser, served: Served, name: string, views: readonly View[]): Promise<void> {
  const target = join(folder, name);
  await mkdir(target, { recursive: true });
  for (const [view, path, act] of views) {
    if (only.length > 0 && !only.includes(view)) continue;
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
    const page = await context.newPage();
    await page.goto(served.url);
    const show = async (): Promise<void> => {
      await page.goto(`${served.origin}${path}`);
      await settled(page);
      await act?.(page);
      await settled(page);
      // Lines over time come behind the rows.
      await page.waitForTimeout(900);
    };
    await show();
    const shoot = async (look: string, fullPage = false): Promise<void> => {
      await page.waitForTimeout(200);
      await page.screenshot({ path: join(target, `${view}-${look}.png`), fullPage });
    };
    await shoot('light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot('dark');
    await print(page, join(target, `${view}-paper.pdf`));
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    await page.setViewportSize({ width: 390, height: 844 });
    await show();
    await shoot('phone', true);
    await context.close();
  }
}

/** As somebody does who presses Ctrl P in the dark. */
async function print(page: Page, path: string): Promise<void> {
  await page.evaluate('window.print = () => { document.documentElement.dataset.printed = "yes"; }');
  await page.keyboard.press('Control+p');
  await holds(page, 'document.documentElement.dataset.printed');
  await page.pdf({ path, format: 'A4', preferCSSPageSize: true, printBackground: false });
}

async function runConsole(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Run/ }).click();
  await page.locator('.result tbody tr, main .error').first().waitFor();
}

async function openFirst(page: Page): Promise<void> {
  await page.locator('.list-body .list-row').first().click();
  await page.locator('.side .sql .t-k').first().waitFor();
}

async function settled(page: Page): Promise<void> {
  await holds(page, `document.querySelector('h1') && !document.querySelector('.skeleton, .stale, .ghost')`);
}

async function holds(page: Page, expression: string): Promise<void> {
  await until(async () => ((await page.evaluate(`Boolean(${expression})`)) === true ? true : null));
}
