import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, NO_BROWSER, seriousFindings } from '../dashboard/fixture-browser.js';
import { type PackedTestTree, packedTree, unpacked } from './packed-tree.js';

let tree: PackedTestTree;
beforeAll(async () => {
  tree = await packedTree();
});
afterAll(() => tree.remove());

function unpackTo(folder: string, bytes: Buffer): string {
  for (const [path, content] of unpacked(bytes)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return pathToFileURL(join(folder, 'index.html')).href;
}

describe.skipIf(NO_BROWSER !== null)('a pack in a browser without network', () => {
  it('shows who asked for what, the hours, the sample; asks for nothing, runs nothing, and prints', async () => {
    const page = unpackTo(tree.path('opened'), (await tree.pack()).bytes);
    const browser = await launchBrowser();
    try {
      const context = await browser.newContext({ offline: true, viewport: { width: 1100, height: 1400 } });
      const tab = await context.newPage();
      const asked: string[] = [];
      const said: string[] = [];
      tab.on('request', (request) => asked.push(request.url()));
      tab.on('console', (message) => said.push(message.text()));
      tab.on('dialog', (dialog) => {
        said.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      await tab.goto(page);
      expect(asked).toEqual([page]);
      expect(await tab.locator('h1').textContent()).toBe('Evidence: Athena queries, 2026-11-02');
      expect(await tab.locator('.facts').textContent()).toContain('an auditor');
      expect(await tab.locator('.days tbody tr').count()).toBe(1);
      expect(await tab.locator('.hours tbody tr').count()).toBe(24);
      expect(await tab.locator('.row .good').count()).toBe(5);
      // What texts of others hold stays text.
      expect(await tab.locator('script').count()).toBe(0);
      expect(await seriousFindings(tab)).toEqual([]);
      const overflow = await tab.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
      // On paper, too, a line of the ledger is a line: what is narrow is not broken into letters.
      await tab.emulateMedia({ media: 'print' });
      await tab.setViewportSize({ width: 690, height: 1000 });
      for (const rows of ['.hours tbody tr', '.days tbody tr']) {
        const heights = await tab
          .locator(rows)
          .evaluateAll((all) => all.map((row) => (row as { clientHeight?: number }).clientHeight ?? 0));
        expect(Math.max(...heights), rows).toBeLessThan(40);
      }
      const printed = await tab.pdf({ format: 'A4' });
      expect(printed.subarray(0, 5).toString()).toBe('%PDF-');
      expect(printed.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0).toBeLessThan(15);
      expect(said).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
