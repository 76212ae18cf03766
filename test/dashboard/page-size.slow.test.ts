import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildPage } from './fixture-browser.js';
import { temporaryFolder } from './fixture-served.js';

/** Of everything that is fetched before the first number: the page, its script and its style, as a server sends them. */
const MOST_BYTES = 130_000;

let root: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  root = await temporaryFolder();
  await buildPage(root.path);
});
afterAll(() => root?.remove());

it('is less than 130 KB before its lazy parts', async () => {
  const html = await readFile(join(root.path, 'index.html'), 'utf8');
  const assets = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? '');
  expect(assets.length).toBeGreaterThanOrEqual(2);
  const files = await Promise.all(assets.map((path) => readFile(join(root.path, path))));
  const bytes = [Buffer.from(html), ...files].reduce((sum, file) => sum + gzipSync(file).length, 0);
  process.stderr.write(`The page before its lazy parts: ${bytes} bytes, gzip\n`);
  expect(bytes).toBeLessThan(MOST_BYTES);
});
