import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright';
import { without } from '../e2e/support/needs.ts';
import { useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { appOnSite } from './support/site.ts';
import { VIEWS, type View } from './support/views.ts';

describe('what is shown', { skip: withoutChromium || without('fio', 'mke2fs', 'mkswap') }, () => {
  const browser = useBrowser();

  // 200 % of 1280x800 is what a window of half that size shows.
  for (const [what, width, height] of [
    ['1024x700', 1024, 700],
    ['200 % zoom of 1280x800', 640, 400],
  ] as const) {
    test(`is not clipped at ${what}`, { timeout: 240_000 }, async (t) => {
      const { page } = await appOnSite(t, browser());
      await page.setViewportSize({ width, height });
      const clipped: string[] = [];
      for (const view of VIEWS) {
        await view.show(page);
        clipped.push(...(await clippedOf(page, view)));
      }
      assert.deepEqual(clipped, []);
    });
  }
});

/** Controls whose text does not fit into them, and a page wider than the window. */
async function clippedOf(page: Page, { name, part }: View): Promise<string[]> {
  const found = await page.evaluate((selector) => {
    const clipped: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth)
      clipped.push(`the page is ${scrollWidth} px wide, the window ${clientWidth}`);
    for (const element of document.querySelectorAll<HTMLElement>(
      `${selector} :is(button, label, h1, h2, legend, [role=tab])`,
    )) {
      const look = getComputedStyle(element);
      // What ends in an ellipsis says so, and is told in full by a hint or next to it.
      if (look.textOverflow === 'ellipsis' || look.display === 'inline') continue;
      if (element.scrollWidth > element.clientWidth + 1)
        clipped.push(
          `${element.tagName} "${element.textContent}" needs ${element.scrollWidth} px, has ${element.clientWidth}`,
        );
    }
    return clipped;
  }, part);
  return found.map((what) => `${name}: ${what}`);
}
