import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manifestKey } from '../../src/tree/layout.js';
import { buildPage, launchBrowser, NO_BROWSER } from './fixture-browser.js';
import { companyHours, writeHour } from './fixture-company.js';
import { beyondSheet, clickedOnPaper, darkGrounds, print } from './fixture-paper.js';
import { type Served, serveFolder, temporaryFolder, until } from './fixture-served.js';
import { CROWD, crowdRow, UGLY, uglyRow } from './fixture-ugly.js';

const timezone = 'America/New_York';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let company: Served;
/** Open hours only, the longest names, and lists that are longer than a screen and a page of answers. */
let crowd: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let here: Served;

beforeAll(async () => {
  if (NO_BROWSER !== null) return;
  root = await temporaryFolder();
  const [plain, ugly, built] = ['company', 'crowd', 'page'].map((name) => join(root.path, name)) as [
    string,
    string,
    string,
  ];
  const hours = companyHours({ lastDay: '2026-11-21', days: 8, queriesPerDay: 300, timezone, seed: 5 });
  for (const hour of hours) await writeHour(plain, hour, { timezone });
  let number = 0;
  for (const hour of companyHours({ lastDay: '2026-11-21', days: 2, queriesPerDay: 3000, timezone, seed: 9 })) {
    const rows = hour.rows.map((row, index) =>
      index % 20 === 0 ? uglyRow(row, index / 20) : crowdRow(row, number++ * 7),
    );
    await writeHour(ugly, { ...hour, rows }, { timezone, status: 'open' });
  }
  await buildPage(built);
  company = await serveFolder(plain, { page: built, views: join(root.path, 'views.json') });
  crowd = await serveFolder(ugly, { page: built, views: join(root.path, 'views.json') });
  browser = await launchBrowser();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await company?.close();
  await crowd?.close();
  await root?.remove();
});
beforeEach(async () => {
  if (NO_BROWSER !== null) return;
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  page = await context.newPage();
  here = company;
});
afterEach(async () => {
  await context?.close();
});

async function open(path: string, served = here): Promise<void> {
  if (here !== served || page.url() === 'about:blank') await page.goto(served.url);
  here = served;
  await page.goto(`${served.origin}${path}`);
  await settled();
}

async function holds(expression: string): Promise<void> {
  await until(async () => ((await page.evaluate(`Boolean(${expression})`)) === true ? true : null));
}

async function settled(): Promise<void> {
  await holds(`document.querySelector('h1') && !document.querySelector('.skeleton, .stale, .ghost')`);
}

const text = async (selector: string): Promise<string> => (await page.locator(selector).first().textContent()) ?? '';

describe.skipIf(NO_BROWSER !== null)('a stranger who only clicks, twice at most, learns', () => {
  beforeEach(() => open('/'));

  it('who read customers.pii', async () => {
    await page.getByRole('link', { name: /customers\.pii was read/ }).click();
    await page.getByRole('button', { name: 'By person' }).click();
    await settled();
    expect(new URL(page.url()).searchParams.get('reads')).toContain('customers.pii');
    expect(await page.locator('.groups-table .key').first().textContent()).toMatch(/@acme\.example|unresolved/);
  });

  it('who spent most, and on what', async () => {
    const first = page.getByLabel('People and workloads').locator('li a').first();
    const name = await first.textContent();
    await first.click();
    await settled();
    expect(await text('h1')).toBe(name);
    for (const card of ['Tables', 'Patterns'])
      expect(await page.getByLabel(card, { exact: true }).locator('tbody tr').first().textContent()).toMatch(/\$/);
  });

  it('what the people behind a tool ran', async () => {
    await page.getByRole('link', { name: 'Tools' }).click();
    await page.getByRole('link', { name: 'redash', exact: true }).click();
    await settled();
    expect(await page.getByLabel('People behind it', { exact: true }).locator('.key').first().textContent()).toContain(
      '@acme.example',
    );
    const ran = page.getByLabel('What the people behind it ran', { exact: true });
    expect(await ran.locator('tbody .key').first().textContent()).toMatch(/SELECT|INSERT|CREATE|FROM/);
  });

  it('which attempts were refused, and why', async () => {
    await page.locator('.tile', { hasText: 'Refused attempts' }).getByRole('link').click();
    await settled();
    const row = page.locator('.list-body .list-row').first();
    expect(await row.locator('.c-sql').textContent()).toMatch(/AccessDenied.*not authorized to perform/);
    expect(await page.locator('.facet h2').allTextContents()).toContain('Error');
  });

  it('whether anything is missing', async () => {
    await page.locator('.chip').first().click();
    await settled();
    expect(await text('h1')).toBe('Audit');
    expect(await text('.checked')).toMatch(/^Nothing is missing\. Each of the 192 hours has a report/);
  });
});

describe.skipIf(NO_BROWSER !== null)('a page', () => {
  it('of one query shows its SQL first, then who ran it and how that is known', async () => {
    const { rows } = await company.json<{ rows: { id: string }[] }>('/api/queries?sort=cost&limit=1');
    await open(`/q/${rows[0]?.id}`);
    const tops = await page.evaluate(
      `['.sql', '.facts', '.runs'].map((name) => document.querySelector(name).getBoundingClientRect().top)`,
    );
    expect(tops).toEqual([...(tops as number[])].sort((a, b) => a - b));
  });

  it('of a role leads to the people behind it', async () => {
    await open('/roles');
    await page.locator('.groups-table .key a').first().click();
    await settled();
    expect(decodeURIComponent(new URL(page.url()).pathname)).toContain('/roles/');
    expect(await page.getByLabel('People behind it', { exact: true }).count()).toBe(1);
  });

  it('says in no breath that all is complete while nothing is final, and what open means', async () => {
    await open('/audit', crowd);
    expect(await text('.chip')).toContain('nothing final yet');
    expect(await page.locator('.chip.good, .checked.good').count()).toBe(0);
    expect(await text('.checked')).toMatch(/Nothing is final yet.*48 may still change.*can be final on \d{4}-/s);
    expect(await page.locator('.chip').first().getAttribute('title')).toContain('for up to 31 days');
    for (const path of ['/', '/audit', '/cost']) {
      await open(path, crowd);
      expect((await page.locator('main').textContent())?.match(/\bcomplete\b/gi), path).toBeNull();
    }
  });

  it('finds one of thousands of tables, people and workgroups by typing, and counts all of them', async () => {
    for (const [path, what, found] of [
      ['/tables', 'table', 'lake.table_77'],
      ['/people', 'person', 'person.77@acme.example'],
      ['/workgroups', 'workgroup', 'workgroup-77'],
    ] as const) {
      await open(path, crowd);
      const all = await text('.list-tools [role=status]');
      expect(Number(all.replaceAll(',', ''))).toBeGreaterThan(400);
      await page.getByLabel(`Find in ${what}`).fill(found);
      await page.getByText(new RegExp(`^\\d+ of ${all}$`)).waitFor();
      await page.locator('.groups-table .key', { hasText: found }).first().waitFor();
    }
    expect(CROWD.workgroups).toBe(501);
  });

  it('answers what is typed from what it holds: no letter waits for the server', async () => {
    const whole = page.waitForResponse((response) => response.url().includes('/api/groups/whole'));
    await open('/tables', crowd);
    await whole;
    await settled();
    const all = await text('.list-tools [role=status]');
    await page.route('**/api/groups**', (route) => route.abort());
    await page.getByLabel('Find in table').pressSequentially('table_77');
    await page.getByText(new RegExp(`^\\d+ of ${all}$`)).waitFor();
    for (const key of await page.locator('.groups-table .key').allTextContents()) expect(key).toContain('table_77');
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await holds(`document.querySelector('.c-key[aria-sort=ascending]')`);
    const keys = await page.locator('.groups-table .key').allTextContents();
    expect(keys).toEqual([...keys].sort());
    expect(await page.locator('main .error').count()).toBe(0);
  });

  it('says of reports that cannot be read that they are there', async () => {
    const [hour] = companyHours({ lastDay: '2026-11-20', days: 1, queriesPerDay: 30, timezone, seed: 3 });
    const folder = join(root.path, 'unreadable');
    if (hour) await writeHour(folder, hour, { timezone });
    await writeFile(join(folder, manifestKey(hour?.label ?? { reportDate: '', hour: 0 })), '{}');
    const broken = await serveFolder(folder, { page: join(root.path, 'page') });
    await page.setViewportSize({ width: 390, height: 844 });
    await open('/', broken);
    expect(await text('h1')).toBe('The reports cannot be read');
    expect(await text('.empty')).toMatch(/^1 hour in .*unreadable, none with a manifest that can be read.*verify/s);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await broken.close();
  });

  it('of a person leads to every table that was read for the first time', async () => {
    const many = Array.from({ length: 75 }, (_, index) => ({
      ...{ person: UGLY.person, table_name: `awsdatacatalog.lake.t_${index}`, first: index, queries: 1, bytes: 1 },
      id: `${index}`,
    }));
    await page.route('**/api/touches**', (route) => route.fulfill({ json: { rows: many, generation: 1, ms: 1 } }));
    await open(`/people/${UGLY.person}`, crowd);
    const card = page.getByLabel('Tables touched for the first time');
    expect(await card.locator('tbody tr').count()).toBe(30);
    const more = card.getByRole('button', { name: `of ${many.length}` });
    while (await more.isVisible()) await more.click();
    expect(await card.locator('tbody tr').count()).toBe(many.length);
  });

  it('leads to each of thousands of names from the field to go anywhere', async () => {
    await open('/', crowd);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).fill('person.2345@');
    await page.getByRole('option', { name: /^person\.2345@acme\.example/ }).click();
    await settled();
    expect(await text('h1')).toBe('person.2345@acme.example');
  });
});

const PRINTED: readonly (readonly [string, (served: Served) => Promise<string>])[] = [
  ...[
    '/',
    '/queries?state=FAILED',
    '/queries?group=pattern',
    '/queries?state=REFUSED',
    '/people',
    '/workgroups',
    '/tables',
  ].map(same),
  ...['/tools', '/roles', '/cost', '/cost?by=fingerprint', '/audit', '/identities', '/console'].map(same),
  ...[`/people/${UGLY.person}`, `/workgroups/${UGLY.workgroup}`, `/tables/${UGLY.table}`].map(same),
  ['one query', async (served) => `/q/${await dearest(served)}`],
  ['one query beside the list', async (served) => `/queries?state=FAILED&open=${await dearest(served)}`],
];

function same(path: string): readonly [string, () => Promise<string>] {
  return [path, async () => path];
}

async function dearest(served: Served): Promise<string> {
  const { rows } = await served.json<{ rows: { id: string }[] }>('/api/queries?sort=cost&limit=1');
  return rows[0]?.id ?? '';
}

describe.skipIf(NO_BROWSER !== null)('on paper', () => {
  it.each(PRINTED)('%s is light, whole and within the sheet, and says what it is', async (_, pathOf) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await open(await pathOf(crowd), crowd);
    await print(page);
    expect(await text('.paper-head')).toMatch(/All times are in UTC.*Of 48 hours.*Head of the chain: no seal yet/s);
    expect(await clickedOnPaper(page)).toEqual([]);
    expect(await beyondSheet(page)).toEqual([]);
    expect(await darkGrounds(page)).toEqual([]);
    // The head of a list is repeated on each sheet, which what sticks is not.
    expect(
      await page.evaluate(
        `[...document.querySelectorAll('main thead th, main .list-head')].filter((one) => getComputedStyle(one).position === 'sticky').length`,
      ),
    ).toBe(0);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.length).toBeGreaterThan(10_000);
  });

  it.each([
    ['/people', '/people'],
    ['/tables', '/tables'],
  ])('%s has every row, and the browser’s own menu says that it has not', async (path) => {
    await open(path, crowd);
    const all = Number((await text('.list-tools [role=status]')).replaceAll(',', ''));
    expect(await text('.paper-only')).toMatch(new RegExp(`that were in sight, of ${all.toLocaleString('en-US')}`));
    await page.evaluate('window.print = () => { document.documentElement.dataset.printed = "yes"; }');
    await page.getByRole('button', { name: 'Print' }).click();
    await holds('document.documentElement.dataset.printed');
    expect(await page.locator('.groups-table tbody tr').count()).toBe(all);
    expect(all).toBeGreaterThan(2000);
  });

  it('names view, zone and chain above and below every sheet, whatever a name holds', async () => {
    await open(`/queries?person=${encodeURIComponent('a"; } * { display: none } \\ "@acme.example')}`, crowd);
    const rules = await page.evaluate(
      `document.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join(' ')`,
    );
    expect(rules).toMatch(/@page/);
    expect(rules).toMatch(/top-left.*Queries · person a/s);
    expect(rules).toContain('· UTC');
    expect(await page.locator('h1').isVisible()).toBe(true);
  });
});
