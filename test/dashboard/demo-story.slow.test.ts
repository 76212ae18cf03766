import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDemo } from '../../src/cli/demo/demo.js';
import { runCli } from '../../src/cli/main.js';
import { EXIT } from '../../src/cli/terminal/io.js';
import { quietIo } from '../end-to-end/quiet-io.js';
import { buildPage, launchBrowser, NO_BROWSER } from './fixture-browser.js';
import { type Served, serveFolder, temporaryFolder, until } from './fixture-served.js';

/** The demo's two weeks hold eight things worth finding; each is reached from the first page or the audit, and from the terminal. */
const clock = { now: () => Date.now(), sleep: async () => {} };

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let output: string;
let told: string;
let served: Served;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  root = await temporaryFolder();
  output = join(root.path, 'demo');
  const io = quietIo({ clock });
  expect(await runDemo({ output, format: 'csv', days: 14, seed: 7, serve: false }, io)).toBe(EXIT.done);
  told = io.written.stdout;
  if (NO_BROWSER !== null) return;
  await buildPage(join(root.path, 'page'));
  served = await serveFolder(output, { page: join(root.path, 'page') });
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(served.url);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await root?.remove();
});

async function terminal(...args: readonly string[]): Promise<string> {
  const io = quietIo({ clock });
  const code = await runCli(args, io);
  expect([EXIT.done, EXIT.findings], io.written.stderr).toContain(code);
  return io.written.stdout;
}

const settled = (): Promise<true> =>
  until(async () => {
    const shown = `Boolean(document.querySelector('h1') && !document.querySelector('.skeleton, .stale, .ghost'))`;
    return (await page.evaluate(shown)) === true ? true : null;
  });

async function open(path: string): Promise<void> {
  await page.goto(`${served.origin}${path}`);
  await settled();
}

/** Follows a link whose text holds something, in the part of the page that is called so. */
async function follow(part: string, holding: RegExp): Promise<void> {
  await page.getByLabel(part, { exact: true }).locator('a', { hasText: holding }).first().click();
  await settled();
}

const seen = async (selector = 'main'): Promise<string> => (await page.locator(selector).allTextContents()).join('\n');

describe.skipIf(NO_BROWSER !== null)('from the first page and the audit one gets to', () => {
  it('the key that is used after its owner left', async () => {
    await open('/');
    await follow('People and workloads', /tomas\.weber/);
    const names = await page.getByLabel('Names that AWS knows').locator('tbody tr').allTextContents();
    expect(names.find((name) => name.includes('iam-user'))).toMatch(/2026-11-1\d to 2026-11-1\d/);
    for (const name of names.filter((one) => !one.includes('iam-user'))) expect(name).toMatch(/to 2026-11-0[1-7]/);
  });

  it('the new reader of customers.pii, and the agent among its readers', async () => {
    await open('/');
    expect(await seen('[aria-label="Worth a look"]')).toMatch(
      /customers\.pii was read.*through an agent by \d.*for the first time by .*hugo\.martin/s,
    );
    await follow('Worth a look', /customers\.pii was read/);
    await page.getByRole('button', { name: 'By person' }).click();
    await settled();
    expect(await seen('.groups-table .key')).toMatch(/hugo\.martin/);
    await open('/queries?reads=awsdatacatalog.customers.pii&kind=agent');
    expect(await seen('.list-body .c-person')).toMatch(/jun\.tanaka/);
  });

  it('the day and the pattern that cost most', async () => {
    await open('/');
    expect(await seen('[aria-label="Query patterns"] li:first-child')).toContain('raw.clickstream');
    await follow('Worth a look', /2026-11-09 cost \d+\.\d times the usual day/);
    expect(await seen('.list-body .list-row')).toMatch(/lena\.fischer.*raw\.clickstream/s);
  });

  it('the UNLOAD into a bucket that is not the company’s', async () => {
    await open('/');
    await follow('People and workloads', /mallory\.king/);
    expect(await seen('[aria-label="Tables"]')).toContain('s3://mk-private-backup/');
    expect(await seen('[aria-label="Patterns"]')).toMatch(/UNLOAD/);
  });

  it('the burst of denied attempts', async () => {
    await open('/');
    expect(await seen('[aria-label="Worth a look"]')).toMatch(/attempts refused by AWS.*most by contractor-77 \(42\)/s);
    await follow('Worth a look', /attempts refused/);
    expect(await seen('.list-body .list-row')).toMatch(/contractor-77.*AccessDenied/s);
  });

  it('the workgroup that nobody may list, and the hour that was healed, with nothing that is wrong', async () => {
    await open('/');
    await follow('Collection', /Proof/);
    await page.getByText('Workgroups that could not be listed').waitFor();
    expect(await seen()).toContain('people-office');
    expect(await seen()).toMatch(/[1-9]\d* rewritten and linked to the one before, 0 without a link/);
    const { findings } = await served.json<{ findings: { severity: string; title: string }[] }>('/api/audit');
    expect(findings.filter(({ severity }) => severity === 'bad')).toEqual([]);
  });
});

describe('in the terminal one gets to', () => {
  it('the hour that was healed, which the demo itself tells', () => {
    expect(told).toMatch(/A day later: events that came late are read.*2026-11-14 15h {2}version 2 → 3/s);
  });

  it('the person behind each', async () => {
    const report = (...args: string[]) => terminal('report', output, ...args);
    expect(await report('--reads', 'customers.pii')).toMatch(/mallory\.king.*hugo\.martin/s);
    expect(await report('--type', 'UNLOAD')).toMatch(/mallory\.king/);
    expect(await report('--kind', 'agent', '--reads', 'customers.pii')).toMatch(/jun\.tanaka/);
    expect(await report('--state', 'REFUSED', '--top', '1')).toMatch(/contractor-77 +0 +42/);
    expect(await report('--by', 'day', '--range', 'all')).toMatch(/2026-11-09 .* 1\d\d\.\d\d/);
    expect(await report('--by', 'fingerprint', '--top', '1')).toMatch(/ 70 .*8\d\.\d %/);
    const used = await terminal(
      ...['query', output, '--format', 'csv'],
      "SELECT identity_method, CAST(max(start_time) AS DATE) AS last FROM queries WHERE person LIKE 'tomas.weber%' GROUP BY 1 ORDER BY 2 DESC",
    );
    expect(used.split('\n')[1]).toMatch(/^iam-user,2026-11-1[45]/);
    expect(used.split('\n')[2]).toMatch(/,2026-11-07/);
  });

  it('the workgroup that nobody may list', async () => {
    expect(await terminal('verify', output)).toMatch(/list of workgroup people-office .* could not be read/);
  });
});
