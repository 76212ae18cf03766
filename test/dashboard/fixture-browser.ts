import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The pictures of the README and the docs; `npm run pictures` takes them anew. */
export const SCREENSHOTS = join(root, 'docs', 'screenshots');

/** Where Chromium is: `CHROMIUM`, or where Debian puts it; null when there is none. */
export const CHROMIUM: string | null = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path)) ?? null;

/** Why the browser's tests are skipped; null when they run. In CI they never are: there they fail. */
export const NO_BROWSER: string | null =
  CHROMIUM === null && process.env.CI !== 'true'
    ? 'there is no Chromium: apt-get install chromium, or set CHROMIUM to its path'
    : null;

export async function launchBrowser(): Promise<Browser> {
  if (CHROMIUM === null)
    throw new Error('CI must have a Chromium: apt-get install chromium, or set CHROMIUM to its path');
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
}

/** Builds the page into a folder. */
export async function buildPage(outDir: string): Promise<void> {
  await build({
    root: `${root}/src/dashboard/web`,
    configFile: `${root}/vite.config.ts`,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  });
}

export interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly string[];
}

/** Runs axe in the page; returns what is serious or critical, and landmarks of one name. The page's policy does not hold for the debugger. */
export async function seriousFindings(page: Page): Promise<Finding[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: source });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(violations))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  const violations = JSON.parse(String(result.value)) as { id: string; impact: string; nodes: { html: string }[] }[];
  return violations
    .filter(({ id, impact }) => impact === 'serious' || impact === 'critical' || id === 'landmark-unique')
    .map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)) }));
}
