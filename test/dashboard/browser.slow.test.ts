import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReportRow } from '../../src/record/columns.js';
import { buildPage, launchBrowser, NO_BROWSER, seriousFindings } from './fixture-browser.js';
import { type CompanyHour, companyHours, writeHour } from './fixture-company.js';
import { type Served, serveFolder, temporaryFolder, until } from './fixture-served.js';

const timezone = 'America/New_York';
const HOSTILE = `<img src=x onerror="window.owned=1"></pre><script>window.owned=1</script> '"\`\${window.owned=1}\u202e`;
const gap = '2026-11-19T03';
const hours = [
  ...companyHours({ lastDay: '2026-11-21', days: 15, queriesPerDay: 700, timezone, seed: 5, gaps: [gap] }),
];

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let served: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What no page may do: speak to another host, break its policy, throw. */
const faults: string[] = [];

if (NO_BROWSER !== null) warn(`browser tests skipped: ${NO_BROWSER}`);

function warn(message: string): void {
  process.stderr.write(`${message}\n`);
}

beforeAll(async () => {
  if (NO_BROWSER !== null) return;
  root = await temporaryFolder();
  const reports = join(root.path, 'reports');
  for (const [index, hour] of hours.slice(0, -1).entries()) {
    await writeHour(reports, index === 20 ? withHostile(hour) : hour, {
      timezone,
      status: index > hours.length - 4 ? 'open' : 'final',
    });
  }
  await buildPage(join(root.path, 'page'));
  served = await serveFolder(reports, { page: join(root.path, 'page') });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await root?.remove();
});
beforeEach(async () => {
  if (NO_BROWSER !== null) return;
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  page = await context.newPage();
  faults.length = 0;
  page.on('request', (request) => {
    if (!request.url().startsWith(served.origin) && !request.url().startsWith('data:'))
      faults.push(`request to ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[04]/.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(served.url);
});
afterEach(async () => {
  await context?.close();
});

function withHostile(hour: CompanyHour): CompanyHour {
  const rows = hour.rows.map(
    (row, index): ReportRow =>
      index < 3
        ? {
            ...row,
            person: index === 0 ? `${HOSTILE}@evil.example` : row.person,
            username: HOSTILE,
            query: `SELECT '${HOSTILE}' FROM hostile`,
            workgroup: HOSTILE,
            identity_confidence: 'claimed',
            tables_read: [`awsdatacatalog.evil.${HOSTILE}`],
            state_reason: HOSTILE,
            error_message: HOSTILE,
            user_agent: HOSTILE,
            fingerprint: 'v2:hostile',
          }
        : row,
  );
  return { ...hour, rows };
}

async function open(path: string): Promise<void> {
  await page.goto(`${served.origin}${path}`);
  await settled();
}

/** Waits until an expression holds in a page. The page's policy forbids to evaluate text, so the debugger does it. */
async function holds(where: Page, expression: string): Promise<void> {
  await until(async () => ((await where.evaluate(`Boolean(${expression})`)) === true ? true : null));
}

/** Waits until nothing is being asked for and nothing is shown as old. */
async function settled(): Promise<void> {
  await holds(page, `document.querySelector('h1') && !document.querySelector('.skeleton, .stale, .ghost')`);
}

const VIEWS: readonly (readonly [string, string, string])[] = [
  ['overview', '/', 'Overview'],
  ['queries', '/queries', 'Queries'],
  ['patterns', '/queries?group=pattern', 'Queries'],
  ['people', '/people', 'People'],
  ['person', '/people/noor.novak@acme.example', 'noor.novak@acme.example'],
  ['workgroups', '/workgroups', 'Workgroups'],
  ['workgroup', '/workgroups/bi', 'bi'],
  ['tables', '/tables', 'Tables'],
  ['tools', '/tools', 'Tools'],
  ['tool', '/tools/dbt', 'dbt'],
  ['roles', '/roles', 'Roles'],
  ['table', '/tables/awsdatacatalog.customers.pii', 'customers.pii'],
  ['cost', '/cost?range=14d', 'Cost'],
  ['audit', '/audit', 'Audit'],
  ['identities', '/identities', 'Identities'],
  ['console', '/console', 'SQL console'],
];

describe.skipIf(NO_BROWSER !== null)('the dashboard in a browser', () => {
  it.each(VIEWS)(
    'shows %s in light and dark, without a serious finding of axe, a fault or a foreign request',
    async (_, path, title) => {
      await open(path);
      expect(await page.locator('h1').textContent()).toBe(title);
      expect(await seriousFindings(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      await holds(page, `document.documentElement.dataset.theme === 'dark'`);
      expect(await seriousFindings(page)).toEqual([]);
      expect(faults).toEqual([]);
    },
  );

  it.each(VIEWS)('fits %s on a narrow screen', async (_, path) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(path);
    const overflow = await page.evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('answers who read customers.pii by clicking only', async () => {
    await open('/');
    await page.getByRole('link', { name: /customers\.pii was read/ }).click();
    await settled();
    await page.getByRole('button', { name: 'By person' }).click();
    await settled();
    const first = page.locator('.groups-table tbody tr').first();
    expect(await first.locator('.key').textContent()).toMatch(/@acme\.example|unresolved/);
    expect(page.url()).toContain('reads=');
  });

  it('filters by a facet, widens by a second value, and gives everything back by the tokens', async () => {
    await open('/queries');
    const counted = () => page.locator('.counted').textContent();
    const all = await counted();
    const facet = page.locator('.facet', { hasText: 'Workgroup' });
    await facet.locator('label').nth(0).click();
    await settled();
    const one = await counted();
    expect(one).not.toBe(all);
    await facet.locator('label').nth(1).click();
    await settled();
    expect(new URL(page.url()).searchParams.getAll('workgroup')).toHaveLength(2);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await settled();
    expect((await counted())?.split(' ')[0]).toBe(all?.split(' ')[0]);
  });

  it('narrows the time by marking a span in the chart', async () => {
    await open('/queries');
    const box = await page.locator('.chart svg').boundingBox();
    if (!box) throw new Error('there is no chart');
    await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 4 });
    await page.mouse.up();
    await settled();
    const params = new URL(page.url()).searchParams;
    expect(Date.parse(params.get('to') ?? '')).toBeGreaterThan(Date.parse(params.get('from') ?? ''));
  });

  it('keeps every part of a view in its address', async () => {
    await open('/queries?range=14d&workgroup=bi&-state=FAILED&q=revenue&sort=cost&tz=report&metric=bytes');
    await page.locator('.list-body .list-row').nth(2).click();
    await page.locator('.side .facts').waitFor();
    const address = page.url();
    const seen = await page.locator('.list-row.open').textContent();
    const other = await context.newPage();
    await other.goto(address);
    await other.locator('.side .facts').waitFor();
    await holds(other, `document.querySelector('.list-row.open')`);
    expect(await other.locator('.list-row.open').textContent()).toBe(seen);
    expect(await other.locator('.zone').textContent()).toBe('America/New York');
    expect(await other.locator('.search input').inputValue()).toBe('revenue');
    expect(await other.locator('.metrics [aria-pressed=true]').textContent()).toContain('Scanned');
    expect(await other.locator('.tokens button').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('not state')]),
    );
    await other.close();
  });

  it('is steered by keys alone: search, move, open, close, go, help', async () => {
    await open('/queries');
    await page.keyboard.press('/');
    await page.keyboard.type('customers.pii');
    await holds(page, `new URLSearchParams(window.location.search).get('q') === 'customers.pii'`);
    await settled();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await open('/queries?q=customers.pii');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.locator('.side .facts').waitFor();
    const second = await page.locator('.list-row.open').getAttribute('aria-rowindex');
    expect(second).toBe('4');
    await page.keyboard.press('k');
    await holds(page, `document.querySelector('.list-row.open')?.getAttribute('aria-rowindex') === '3'`);
    await page.keyboard.press('Escape');
    await holds(page, `!document.querySelector('.side')`);
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await holds(page, `window.location.pathname === '/audit'`);
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog', { name: 'Keys and marks' }).isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await holds(page, `!document.querySelector('dialog')`);
    expect(faults).toEqual([]);
  });

  it('finds a page, a person and a query id by typing', async () => {
    await open('/');
    const { rows } = await served.json<{ rows: { id: string }[] }>('/api/queries?range=all&limit=1');
    for (const [text, path] of [
      ['cost', '/cost'],
      ['noor.novak', '/people/noor.novak@acme.example'],
      [rows[0]?.id ?? '', `/q/${rows[0]?.id}`],
    ] as const) {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Go to' }).fill(text);
      await page
        .getByRole('dialog')
        .getByRole('option', { name: new RegExp(text.slice(0, 8), 'i') })
        .first()
        .waitFor();
      await page.keyboard.press('Enter');
      await holds(page, `decodeURIComponent(window.location.pathname) === ${JSON.stringify(path)}`);
    }
  });

  it('leads to who read a column by typing its name', async () => {
    await open('/');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).fill('customers.pii.email');
    await page.getByRole('option', { name: 'Who read customers.pii.email' }).click();
    await settled();
    await holds(
      page,
      `window.location.pathname + window.location.search === '/queries?column=customers.pii.email&group=person'`,
    );
    expect(await page.getByText('column: customers.pii.email').count()).toBe(1);
  });

  it('changes the theme and remembers it, and the zone, and prints which', async () => {
    await open('/queries');
    await page.keyboard.press('t');
    expect(await page.evaluate(`document.documentElement.dataset.theme`)).toBe('dark');
    await page.reload();
    await settled();
    expect(await page.evaluate(`document.documentElement.dataset.theme`)).toBe('dark');
    const utc = await page.locator('.list-body .c-time').first().textContent();
    await page.keyboard.press('u');
    await settled();
    expect(await page.locator('.zone').textContent()).toBe('America/New York');
    expect(await page.locator('.list-body .c-time').first().textContent()).not.toBe(utc);
  });

  it('says how the person is known and how the cost was computed', async () => {
    await open('/queries?sort=cost');
    await page.locator('.list-body .list-row').first().click();
    const side = page.locator('.side');
    await side.locator('.sql .t-k').first().waitFor();
    expect(await side.locator('.how').textContent()).toMatch(/How we know/);
    expect(await side.locator('.evidence').textContent()).toMatch(/event:/);
    expect(await side.locator('.steps').textContent()).toMatch(/bytes billed.*USD per TB/s);
    expect(await page.locator('.list-head .c-cost').isVisible()).toBe(true);
    await page.emulateMedia({ colorScheme: 'dark' });
    await side.getByRole('button', { name: 'Raw' }).click();
    const { rows } = await served.json<{ rows: { id: string }[] }>('/api/queries?sort=cost&limit=1');
    const { row } = await served.json<{ row: { query: string } }>(`/api/query?id=${rows[0]?.id}`);
    expect(await side.locator('.sql pre').textContent()).toBe(row.query);
  });

  it('shows hostile names and texts as text', async () => {
    for (const path of [
      '/queries?range=all&q=hostile',
      '/queries?range=all&q=hostile&group=pattern',
      `/people/${encodeURIComponent(`${HOSTILE}@evil.example`)}?range=all`,
      '/workgroups?range=all&q=hostile',
      '/tables?range=all&q=hostile',
      '/identities?range=all&q=hostile',
      '/?range=all&q=hostile',
    ]) {
      await open(path);
      expect(await page.evaluate(`'owned' in window`), path).toBe(false);
      expect(await page.locator('main img, main script').count(), path).toBe(0);
      expect(await page.locator('main').textContent(), path).toContain('onerror');
    }
    await open('/queries?range=all&q=hostile');
    await page.locator('.list-body .list-row').first().click();
    await page.locator('.side .sql').waitFor();
    expect(await page.locator('.side').textContent()).toContain('<script>window.owned=1</script>');
    expect(await page.evaluate(`'owned' in window`)).toBe(false);
    expect(faults).toEqual([]);
  });

  it('keeps the last numbers while it asks, and says what to do when nothing matches or the server is gone', async () => {
    await open('/queries');
    await page.route('**/api/explore**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 600));
      await route.continue();
    });
    await page.getByRole('button', { name: '24h' }).click();
    await page.locator('.results.stale').waitFor();
    expect(await page.locator('.list-body .list-row').count()).toBeGreaterThan(3);
    await settled();
    await page.unroute('**/api/explore**');
    await open('/queries?q=nothing-is-called-so');
    expect(await page.locator('.empty').textContent()).toContain('Widen the time range');
    await page.getByRole('button', { name: 'Reset everything' }).click();
    await settled();
    expect(await page.locator('.list-body .list-row').count()).toBeGreaterThan(3);
    await page.route('**/api/**', (route) => route.abort());
    await page.getByRole('button', { name: '24h' }).click();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.unroute('**/api/**');
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await holds(page, `!document.querySelector('.error')`);
  });

  it('does not bring back a search that was reset while the page was busy', async () => {
    await open('/queries?range=all&q=nothing-is-called-so');
    await page.evaluate(() => {
      // After the page's own listener: its timers become due before anything else can run.
      const keepBusy = (): void => {
        const end = performance.now() + 800;
        while (performance.now() < end);
      };
      (globalThis as unknown as EventTarget).addEventListener('click', keepBusy, { once: true });
    });
    await page.getByRole('button', { name: 'Reset everything' }).click();
    await page.locator('.list-body .list-row').nth(3).waitFor();
    await settled();
    expect(new URL(page.url()).search).toBe('?range=all');
  });

  it('shows the missing hour, and what an hour holds', async () => {
    await open('/audit');
    expect(await page.locator('.checked').textContent()).toContain('Something is missing');
    await page.locator('.calendar button.gap').click();
    expect(await page.locator('.hour-facts').textContent()).toContain(gap.slice(0, 10));
    await page.locator('.calendar button.complete').first().click();
    expect(await page.locator('.hour-facts').textContent()).toMatch(/CloudTrail starts \d/);
  });

  it('shows the numbers of a chart as a table', async () => {
    await open('/queries');
    await page.locator('.chart').hover();
    await page.getByRole('button', { name: 'View as table' }).click();
    expect(await page.locator('.chart-table tbody tr').count()).toBeGreaterThan(100);
  });

  it('gives the view as a command line and as SQL, which the console runs', async () => {
    await open('/people?team=ml');
    await page.getByRole('button', { name: 'Copy as' }).click();
    expect(await page.locator('.copy-as pre').first().textContent()).toMatch(
      /^aqt report .* --by person --range 7d --team ml$/,
    );
    await page.getByRole('link', { name: 'Open in the console' }).click();
    await page.getByRole('button', { name: /^Run/ }).click();
    await page.locator('.result tbody tr').first().waitFor();
    await page.getByRole('textbox', { name: 'SQL' }).fill('DROP TABLE queries');
    await page.keyboard.press('Control+Enter');
    await page.locator('.error').waitFor();
    expect(await page.locator('.error').textContent()).toContain('only statements that read');
  });

  it('scrolls through all queries of the time, fetching as it goes', async () => {
    await open('/queries?range=all');
    const total = Number((await page.locator('.counted').textContent())?.split(' ')[0]?.replaceAll(',', ''));
    await page.evaluate(`document.querySelector('.list').scrollTo(0, 1e9)`);
    // The list hears of the scrolling in a later frame.
    await holds(page, `document.querySelector('[aria-rowindex="${total + 1}"]') && !document.querySelector('.ghost')`);
    expect(await page.locator(`[aria-rowindex="${total + 1}"]`).count()).toBe(1);
  });

  it('shows a new hour by itself, seconds after its report', async () => {
    await open('/queries');
    const before = await page.locator('.chip').first().textContent();
    const last = hours.at(-1);
    if (!last) throw new Error('the fixture is empty');
    await writeHour(join(root.path, 'reports'), last, { timezone, status: 'open' });
    await until(async () => ((await page.locator('.chip').first().textContent()) === before ? null : true));
    await settled();
  });

  it('searches a whole list while somebody types, and leads from a card to all of it', async () => {
    await open('/tables');
    const rows = page.locator('.groups-table tbody tr:not(.spacer)');
    const all = await rows.count();
    await page.getByLabel('Find in table').fill('PII');
    await page.getByText(/^1 of \d+$/).waitFor();
    expect(await rows.count()).toBe(1);
    expect(all).toBeGreaterThan(1);
    await open('/tools/dbt');
    expect(await page.locator('h1').textContent()).toBe('dbt');
    expect(await page.title()).toContain('dbt');
  });

  it('searches identities, and saves what the console answered', async () => {
    await open('/identities');
    const rows = page.locator('table.identities tbody tr');
    const all = await rows.count();
    await page.getByLabel('Find in unresolved').fill('nobody is called so');
    await page.getByText(/^0 of \d+$/).waitFor();
    expect(await rows.count()).toBeLessThan(all);
    await open('/console?sql=SELECT 1 AS one');
    await page.getByRole('button', { name: 'Run' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('console.csv');
    expect(faults).toEqual([]);
  });

  it('says who a person is, and how that is known', async () => {
    await open('/people/noor.novak@acme.example');
    const card = page.getByLabel('Who that is');
    await card.getByText('sso-session').first().waitFor();
    expect(await card.textContent()).toMatch(/Team.*Cost centre.*Recorded as.*verified/);
  });

  it('says what is not known and what a wrong address holds, and shows no skeleton for ever', async () => {
    await open('/tables/customers.pij');
    await page.getByText('Not known').waitFor();
    await page.getByRole('button', { name: 'customers.pii' }).click();
    await settled();
    expect(new URL(page.url()).pathname).toBe('/tables/awsdatacatalog.customers.pii');
    await open('/queries?min-cost=lots');
    await page.getByText('min-cost: "lots" is no amount').waitFor();
    expect(await page.locator('.skeleton').count()).toBe(0);
    await page.goto(`${served.origin}/people/%E0%A4%A`);
    await page.getByText('Not known').waitFor();
  });

  it('fits a phone: nothing beyond its edge, and the SQL in the list', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of [
      '/',
      '/queries',
      '/people',
      '/tables',
      '/people/noor.novak@acme.example',
      '/audit',
      '/cost',
      '/identities',
    ]) {
      await open(path);
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(390);
    }
    await open('/queries');
    expect(await page.locator('.list-body .c-sql').first().isVisible()).toBe(true);
  });

  it('prints without what can be clicked, with the view, the time and the zone', async () => {
    await open('/people');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('.rail').isVisible()).toBe(false);
    expect(await page.locator('.paper-head').textContent()).toMatch(
      /View: the last 7 days.*All times are in UTC|All times are in UTC.*View/s,
    );
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
  });

  it('tells a visitor without the key where to find it', async () => {
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    const response = await other.goto(served.origin);
    expect(response?.status()).toBe(401);
    expect(await other.locator('body').textContent()).toContain('address that the server printed in its terminal');
    await stranger.close();
  });
});
