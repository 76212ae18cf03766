import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage, launchBrowser, NO_BROWSER, seriousFindings } from './fixture-browser.js';
import { companyHours, writeHour } from './fixture-company.js';
import { type Served, serveFolder, temporaryFolder, until } from './fixture-served.js';
import { UGLY, uglyRow } from './fixture-ugly.js';

const timezone = 'America/New_York';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let served: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  if (NO_BROWSER !== null) return;
  root = await temporaryFolder();
  const reports = join(root.path, 'reports');
  const hours = companyHours({ lastDay: '2026-11-21', days: 6, queriesPerDay: 250, timezone, seed: 9 });
  for (const hour of hours)
    await writeHour(reports, { ...hour, rows: hour.rows.map(uglyRow) }, { timezone, status: 'open' });
  await buildPage(join(root.path, 'page'));
  served = await serveFolder(reports, { page: join(root.path, 'page'), views: join(root.path, 'views.json') });
  browser = await launchBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await root?.remove();
});
beforeEach(async () => {
  if (NO_BROWSER !== null) return;
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  faults.length = 0;
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(served.url);
});
afterEach(async () => {
  await context?.close();
});

async function holds(expression: string): Promise<void> {
  await until(async () => ((await page.evaluate(`Boolean(${expression})`)) === true ? true : null));
}

async function open(path: string): Promise<void> {
  await page.goto(`${served.origin}${path}`);
  await settled();
}

async function settled(): Promise<void> {
  await holds(`document.querySelector('h1') && !document.querySelector('.skeleton, .stale, .ghost')`);
}

const PATHS = [
  '/',
  '/queries',
  '/queries?group=pattern',
  '/queries?stack=table&metric=bytes&compare=previous&range=2d',
  '/people?compare=previous&range=2d',
  `/people/${UGLY.person}`,
  '/workgroups',
  `/workgroups/${UGLY.workgroup}`,
  '/tables',
  `/tables/${UGLY.table}`,
  '/cost?stack=person',
  '/audit',
  '/identities',
];

describe.skipIf(NO_BROWSER !== null)('names as long as AWS allows', () => {
  it.each([1440, 390])('push nothing off a screen %i pixels wide, and axe finds nothing serious', async (width) => {
    await page.setViewportSize({ width, height: 850 });
    const { rows } = await served.json<{ rows: { id: string }[] }>(`/api/queries?limit=1&table=${UGLY.table}`);
    for (const path of [...PATHS, `/q/${rows[0]?.id}`]) {
      await open(path);
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(width);
      const cut = await page.evaluate(
        `[...document.querySelectorAll('main .panel, main .tile, main .worth li')].filter((one) => one.getBoundingClientRect().right > ${width} + 1).length`,
      );
      expect(cut, path).toBe(0);
      // Columns of numbers stay in sight beside a long name.
      if (width === 1440) {
        const hidden = await page.evaluate(
          `[...document.querySelectorAll('.rows-scroll')].filter((one) => one.scrollWidth > one.clientWidth + 1).length`,
        );
        expect(hidden, path).toBe(0);
      }
      if (width === 1440) expect(await seriousFindings(page), path).toEqual([]);
    }
    expect(faults).toEqual([]);
  });
});

describe.skipIf(NO_BROWSER !== null)('time', () => {
  it('is compared with another period, in the chart, in the sums and in each group, and the address keeps that', async () => {
    await open('/queries?range=2d');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('button', { name: 'The period before' }).click();
    await settled();
    await page.locator('.chart .compared').waitFor();
    expect(new URL(page.url()).searchParams.get('compare')).toBe('previous');
    expect(await page.locator('.metrics small').first().textContent()).toMatch(/[+−±]/);
    await page.getByRole('link', { name: 'People' }).click();
    await settled();
    expect(await page.locator('.groups-table th').allTextContents()).toEqual(
      expect.arrayContaining(['Cost then', 'Change']),
    );
    await page.getByRole('button', { name: 'Change' }).click();
    await settled();
    expect(new URL(page.url()).searchParams.get('order')).toBe('change');
  });

  it('shows what its bars are made of, how long queries took, and how many ran at once', async () => {
    await open('/');
    await page.getByLabel('Stacked by').selectOption('workgroup');
    await page.locator('.chart rect.series-1').first().waitFor();
    expect(await page.locator('.chart-legend a').count()).toBeGreaterThan(2);
    for (const [metric, text] of [
      ['duration', 'Mean duration'],
      ['queue', 'Mean time in the queue'],
      ['concurrency', 'The most queries at once'],
    ] as const) {
      await page.getByLabel('Measure').selectOption(metric);
      await settled();
      expect(await page.locator('.chart svg').getAttribute('aria-label')).toContain(text);
      expect(await page.locator('.chart rect.good').count()).toBeGreaterThan(3);
    }
    await page.getByRole('button', { name: 'View as table' }).click();
    expect(await page.locator('.chart-table th').allTextContents()).toContain('At once');
  });

  it('says where the month is going', async () => {
    await open('/cost');
    const month = page.getByLabel('This month');
    expect(await month.textContent()).toMatch(
      /November 2026.*So far\$.*Forecast\$.*Budgetnone.*aqt budget .* --month/s,
    );
  });
});

describe.skipIf(NO_BROWSER !== null)('a view', () => {
  it('has the columns that somebody chooses, in its address and the next time', async () => {
    await open('/queries');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Team' }).check();
    await page.getByRole('checkbox', { name: 'Scanned' }).uncheck();
    expect(new URL(page.url()).searchParams.get('columns')).toBe('time,person,team,workgroup,state,sql,cost,duration');
    const heads = () => page.locator('.list-head [role=columnheader]').allTextContents();
    expect(await heads()).toContain('Team');
    await open('/queries');
    expect((await heads()).some((head) => head.startsWith('Scanned'))).toBe(false);
  });

  it('is saved by name, found again, and forgotten', async () => {
    await open('/queries?state=FAILED&range=30d');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByLabel('Name of this view').fill('Failures of the month');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Failures of the month', exact: true }).waitFor();
    await open('/people');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'Failures of the month', exact: true }).click();
    await settled();
    expect(page.url()).toBe(`${served.origin}/queries?state=FAILED&range=30d`);
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'Forget the view Failures of the month' }).click();
    await page.getByText('No view is saved yet.').waitFor();
  });

  it('is printed whole: every row of its list, with the view, the zone and the head of the chain', async () => {
    await open('/queries?range=2d');
    await page.evaluate('window.print = () => { document.title = "printed"; }');
    await page.keyboard.press('Control+p');
    await holds(`document.title === 'printed'`);
    const total = Number((await page.locator('.list').getAttribute('aria-rowcount')) ?? 0) - 1;
    expect(total).toBeGreaterThan(100);
    expect(await page.locator('.list-body .list-row').count()).toBe(total);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.paper-head').textContent()).toMatch(/View: range 2d.*Head of the chain: no seal yet/s);
    const pdf = await page.pdf({ format: 'A4', landscape: true });
    // A page for each forty rows or so: nothing is cut at the first sheet.
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(total / 80);
  });

  it('that cannot be drawn takes nothing else with it', async () => {
    await page.route('**/api/groups**', (route) =>
      route.fulfill({ status: 200, contentType: 'application/json', body: '{"all": 3, "found": 3}' }),
    );
    await page.goto(`${served.origin}/people`);
    await page.getByText('This page could not be shown').waitFor();
    expect(await page.locator('.rail nav a').count()).toBeGreaterThan(5);
    await page.unroute('**/api/groups**');
    await page.getByRole('link', { name: 'Queries' }).click();
    await settled();
    expect(await page.locator('.list-body .list-row').count()).toBeGreaterThan(3);
  });
});

describe.skipIf(NO_BROWSER !== null)('the console', () => {
  it('completes views and their columns', async () => {
    await open('/console');
    const sql = page.getByRole('textbox', { name: 'SQL' });
    await sql.fill('');
    await sql.pressSequentially('SELECT count(*) AS n FROM quer');
    const fitting = page.getByLabel('Names that fit').getByRole('button');
    await fitting.first().waitFor();
    expect(await fitting.first().textContent()).toMatch(/^queries(?!_)/);
    await page.keyboard.press('Tab');
    expect(await sql.inputValue()).toBe('SELECT count(*) AS n FROM queries');
    await sql.pressSequentially(' WHERE person_k');
    await page.keyboard.press('Tab');
    await sql.pressSequentially(" = 'human'");
    await page.keyboard.press('Control+Enter');
    await page.locator('.result tbody tr').first().waitFor();
    expect(await sql.inputValue()).toBe("SELECT count(*) AS n FROM queries WHERE person_kind = 'human'");
  });
});
