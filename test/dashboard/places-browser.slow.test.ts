import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage, launchBrowser, NO_BROWSER, seriousFindings } from './fixture-browser.js';
import { writeCompany } from './fixture-company.js';
import { PLACES, writePlaces } from './fixture-places.js';
import { type Served, serveFolder, temporaryFolder, until } from './fixture-served.js';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
/** Of five accounts and Regions, and of one. */
let many: Served;
let one: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  if (NO_BROWSER !== null) return;
  root = await temporaryFolder();
  const [places, company] = [join(root.path, 'places'), join(root.path, 'company')];
  await writePlaces(places, { queriesPerDay: 90 });
  await writeCompany(company, {
    lastDay: '2026-11-20',
    days: 2,
    queriesPerDay: 60,
    timezone: 'America/New_York',
    seed: 4,
  });
  const built = join(root.path, 'page');
  await buildPage(built);
  many = await serveFolder(places, { page: built });
  one = await serveFolder(company, { page: built });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await many?.close();
  await one?.close();
  await root?.remove();
});
beforeEach(async () => {
  if (NO_BROWSER !== null) return;
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  page = await context.newPage();
  await page.goto(many.url);
});
afterEach(async () => {
  await context?.close();
});

async function open(path: string, served = many): Promise<void> {
  if (served !== many) await page.goto(served.url);
  await page.goto(`${served.origin}${path}`);
  await settled();
}

async function settled(): Promise<void> {
  const expression = `Boolean(document.querySelector('h1') && !document.querySelector('.skeleton, .stale, .ghost'))`;
  await until(async () => ((await page.evaluate(expression)) === true ? true : null));
}

const rowOf = (place: { accountId: string; region: string }) =>
  page.locator('.places tbody', { hasText: `${place.accountId} ${place.region}` });

describe.skipIf(NO_BROWSER !== null)('accounts and Regions in a browser', () => {
  it('says on the overview, in one line, which of them was not read, and leads to the reason', async () => {
    await open('/');
    expect(await page.locator('.notice').textContent()).toMatch(
      /444455556666 eu-west-1 was not read on 4 days between 2026-11-09 and 2026-11-12/,
    );
    expect(await page.locator('.chip').first().textContent()).toContain('1 place not read');
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('.notice a').click();
    await settled();
    expect(new URL(page.url()).pathname).toBe('/audit');
    expect(await page.locator('.checked').textContent()).toContain(
      '1 of 5 accounts and Regions was not read in every hour',
    );
  });

  it('shows for each of them the days, what was read, why something was not, and the next command', async () => {
    await open('/audit');
    expect(await page.locator('.places tbody').count()).toBe(PLACES.length);
    const [, , failing, added, acceptedPlace] = PLACES;
    if (!failing || !added || !acceptedPlace) throw new Error('the fixture has fewer places');
    expect(await rowOf(failing).locator('.strip .lacking').count()).toBe(3);
    expect(await rowOf(failing).locator('.strip .partly').count()).toBe(1);
    expect(await rowOf(failing).locator('.strip').getAttribute('aria-label')).toContain(
      'not read 2026-11-09 to 2026-11-11 (3 days)',
    );
    const told = await rowOf(failing).locator('.place-details').textContent();
    expect(told).toContain('sts:AssumeRole');
    expect(told).toMatch(/aqt collect --from 2026-11-09 --to 2026-11-12 --output \S+/);
    expect(await rowOf(added).textContent()).toContain('Not asked for 2026-11-01 to 2026-11-12 (12 days)');
    expect(await rowOf(acceptedPlace).textContent()).toContain('Accepted on 2026-11-06: the Region was switched on');
    expect(await page.locator('.places').textContent()).toContain(
      'list of workgroup ml could not be read, last for 2026-11-19',
    );
    expect(await page.locator('.places').textContent()).toContain('7,828 seen, lacks 3');
    await page.locator('.places summary').click();
    expect(await page.locator('.places .witness .message').isVisible()).toBe(true);
    const findings = page.locator('section[aria-label=Findings]');
    expect(await findings.textContent()).toMatch(/Accepted.*ticket SEC-114/s);
    await findings.locator('summary').first().click();
    expect(await findings.locator('.sentences li').first().isVisible()).toBe(true);
  });

  it.each(['light', 'dark'] as const)(
    'has no serious finding of axe in %s, nor on a narrow screen',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await open('/audit');
      expect(await seriousFindings(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      await settled();
      const overflow = await page.evaluate(
        `document.documentElement.scrollWidth - document.documentElement.clientWidth`,
      );
      expect(overflow).toBeLessThanOrEqual(0);
      expect(await seriousFindings(page)).toEqual([]);
    },
  );

  it('reaches the queries of one of them by keys alone', async () => {
    await open('/audit');
    await page.locator('.places .table-scroll').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await settled();
    const { searchParams } = new URL(page.url());
    expect([searchParams.get('account'), searchParams.get('region')]).toEqual(['111122223333', 'eu-west-1']);
    expect(await page.locator('.tokens button').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('account: 111122223333')]),
    );
  });

  it('offers account and Region as filters where there are several, and keeps the choice in the address', async () => {
    await open('/queries?range=all');
    const accounts = page.locator('.facet', { hasText: 'Account' });
    await accounts.locator('label', { hasText: '555566667777' }).click();
    await settled();
    expect(new URL(page.url()).searchParams.getAll('account')).toEqual(['555566667777']);
    const { rows } = await many.json<{ rows: { queries: number }[] }>(
      '/api/groups?range=all&by=account&account=555566667777',
    );
    expect(await page.locator('.counted').textContent()).toContain(`${rows[0]?.queries} queries`);
    expect(await page.locator('.facet h2').allTextContents()).toEqual(expect.arrayContaining(['Account', 'Region']));
  });

  it('offers neither where there is one, but for a link that names it, and has no line on the overview', async () => {
    await open('/queries?range=all', one);
    const titles = () => page.locator('.facet h2').allTextContents();
    expect(await titles()).not.toEqual(expect.arrayContaining(['Account']));
    await open('/queries?range=all&account=111122223333', one);
    expect(await titles()).toEqual(expect.arrayContaining(['Account']));
    await open('/', one);
    expect(await page.locator('.notice').count()).toBe(0);
    await open('/audit', one);
    expect(await page.locator('.places tbody').count()).toBe(1);
  });
});
