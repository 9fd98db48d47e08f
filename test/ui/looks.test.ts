import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright';
import { without } from '../e2e/support/needs.ts';
import { expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { appOnSite } from './support/site.ts';
import { goTo, row } from './support/steps.ts';
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

  test('a menu stays in a window lower than it is, and each entry can be reached', async (t) => {
    const { page } = await appOnSite(t, browser());
    for (const height of [400, 240]) {
      await page.setViewportSize({ width: 640, height });
      for (const [label, name] of [
        ['Attached disks', /^xa0 /],
        ['Attached disks', /^xa1 /],
        ['Peers', /^nas-3,/],
      ] as const) {
        await goTo(page, label);
        await row(page, name).first().click({ button: 'right' });
        const menu = page.getByRole('menu');
        const box = await menu.boundingBox();
        assert.ok(box !== null && box.y >= 0 && box.y + box.height <= height, JSON.stringify(box));
        for (const entry of await menu.getByRole('menuitem').all()) {
          await entry.scrollIntoViewIfNeeded();
          await expect(entry).toBeInViewport({ ratio: 0.9 });
        }
        assert.equal(
          await page.evaluate(() => document.scrollingElement?.scrollTop),
          0,
          'the page is scrolled',
        );
        await page.keyboard.press('Escape');
        await expect(menu).toHaveCount(0);
      }
    }
  });
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
