import type { Page } from 'playwright-core';
import { until } from './fixture-served.js';

/** A sheet as narrow as A4 between its margins, at the size at which a browser prints. */
const SHEET = 703;

/** Prints as Ctrl P does, in the dark: the page is whole then, and shown as on paper. */
export async function print(page: Page): Promise<void> {
  await page.evaluate('window.print = () => { document.documentElement.dataset.printed = "yes"; }');
  await page.keyboard.press('Control+p');
  await until(async () =>
    (await page.evaluate('Boolean(document.documentElement.dataset.printed)')) === true ? true : null,
  );
  await page.setViewportSize({ width: SHEET, height: 1000 });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
}

/** What can be clicked only, and is on paper all the same. */
export async function clickedOnPaper(page: Page): Promise<string[]> {
  const shown: string[] = [];
  for (const clicked of ['.rail', '.tools button', '.facets', '.list-search', '.list-tools button', '.examples'])
    if ((await page.locator(clicked).filter({ visible: true }).count()) > 0) shown.push(clicked);
  return shown;
}

/** What reaches beyond the right edge of a sheet. */
export async function beyondSheet(page: Page): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll('main *')]
    .filter((one) => one.checkVisibility() && !one.closest('.sr, svg') && one.getBoundingClientRect().right > ${SHEET} + 1)
    .map((one) => one.className + ' ' + one.textContent.slice(0, 60)).slice(0, 5)`);
}

/** Grounds on which black letters could not be read. */
export async function darkGrounds(page: Page): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll('body, main *')]
    .filter((one) => one.checkVisibility() && one.textContent.trim().length > 2)
    .filter((one) => {
      const [r, g, b, a = 1] = (getComputedStyle(one).backgroundColor.match(/[\\d.]+/g) ?? []).map(Number);
      return a > 0.5 && r * 0.3 + g * 0.6 + b * 0.1 < 150;
    })
    .map((one) => one.tagName + ' ' + one.className).slice(0, 5)`);
}
