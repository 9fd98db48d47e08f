import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright';
import { addressOf, exported } from '../e2e/support/disk.ts';
import { App, type AppOptions, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { dialog, row } from './support/steps.ts';

describe('the keyboard alone', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('adds a peer, attaches, hides, exposes and detaches, and the focus is seen all the way', async (t) => {
    const { box, page } = await App.start(t, browser(), STILL);
    const exporter = await exported(box, 'memory:64M', '--label', 'nas/keys');
    const keys = new Keys(page);

    await keys.press('Control+k');
    await expect(page.getByPlaceholder('Search or do')).toBeFocused();
    await keys.type('add peer');
    await keys.press('Enter');
    const add = dialog(page, 'Add peer');
    await expect(add.getByLabel('Address', { exact: true })).toBeFocused();
    await keys.type(addressOf(exporter));
    await keys.tabTo(add.getByLabel('Name', { exact: true }));
    await keys.type('nas');
    await keys.press('Enter');
    await add.waitFor({ state: 'detached' });

    await keys.press('Control+2');
    await expect(page.getByRole('heading', { level: 1, name: 'Remote disks' })).toBeVisible();
    await expect(row(page, /^nas\/keys, /)).toBeVisible();
    await keys.press('/');
    await expect(page.getByLabel('Filter Remote disks')).toBeFocused();
    await keys.type('keys');
    await keys.press('ArrowDown');
    await keys.onGrid('Remote disks', /^nas\/keys, /);
    await keys.press('a');
    const attach = dialog(page, 'Attach nas/keys');
    await expect(attach).toBeVisible();
    await keys.tabTo(attach.getByLabel('Alias'));
    await keys.type('vault');
    await keys.tabTo(attach.getByRole('button', { name: 'Attach', exact: true }));
    await keys.press('Enter');
    await attach.waitFor({ state: 'detached' });

    await keys.press('Control+3');
    await expect(row(page, /^xa0 vault, /)).toBeVisible();
    await keys.tabTo(page.getByRole('treegrid', { name: 'Attached disks' }));
    await keys.onGrid('Attached disks', /^xa0 vault, /);
    await keys.press('Enter');
    const details = page.getByRole('complementary', { name: 'Details' });
    await expect(details).toContainText('vault');
    await keys.press('F6');
    await keys.tabTo(details.getByRole('tab', { name: 'Summary' }));
    await keys.press('ArrowRight');
    await expect(details.getByRole('tab', { name: 'Paths' })).toHaveAttribute('aria-selected', 'true');
    await keys.press('Escape');
    await expect(details).toHaveCount(0);

    for (const [verb, state] of [
      ['Hide', 'Hidden'],
      ['Expose', 'nbd+unix:'],
    ] as const) {
      await keys.tabTo(page.getByRole('treegrid', { name: 'Attached disks' }));
      await keys.press('e');
      const expose = dialog(page, new RegExp(`^${verb}`));
      await keys.tabTo(expose.getByRole('button', { name: verb, exact: true }));
      await keys.press('Enter');
      await expose.waitFor({ state: 'detached' });
      await expect(row(page, /^xa0 vault, /)).toContainText(state);
    }

    await keys.tabTo(page.getByRole('treegrid', { name: 'Attached disks' }));
    await keys.press('d');
    const detach = dialog(page, /^Detach xa0/);
    await keys.tabTo(detach.getByRole('button', { name: 'Detach', exact: true }));
    await keys.press('Enter');
    await expect(row(page, /^xa0 /)).toHaveCount(0);
    t.diagnostic(`${keys.count} keys`);
  });

  test('every page is reached and walked through with a visible focus, which ends where it began', async (t) => {
    const { page } = await App.start(t, browser(), { ...STILL, flags: ['--demo'] });
    await expect(page.getByRole('contentinfo')).toContainText('Optimal');
    const keys = new Keys(page);
    for (let number = 1; number <= 8; number++) {
      await keys.press(`Control+${number}`);
      await expect(
        page
          .getByRole('navigation', { name: 'Pages' })
          .getByRole('link')
          .nth(number - 1),
      ).toHaveAttribute('aria-current', 'page');
      const seen = await keys.walk();
      assert.ok(seen > 12, `${seen} stops on page ${number}`);
    }
  });

  test('? lists the keys, and Escape closes what is on top', async (t) => {
    const { page } = await App.start(t, browser());
    await page.keyboard.press('?');
    const help = dialog(page, /keys|keyboard/i);
    await expect(help).toContainText('Ctrl+K');
    await page.keyboard.press('Escape');
    await expect(help).toHaveCount(0);
  });
});

/** Without it a spinner would keep the page from ever standing still. */
const STILL: AppOptions = { context: { reducedMotion: 'reduce' } };
/** The longest way Tab may have to anything. */
const MAX_TABS = 90;

/** Presses keys, and after each looks that the focus can be seen. */
class Keys {
  count = 0;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(key: string): Promise<void> {
    this.count++;
    await this.#page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    this.count += text.length;
    await this.#page.keyboard.type(text);
  }

  /** Tab until an element has the focus. */
  async tabTo(target: ReturnType<Page['locator']>): Promise<void> {
    await target.waitFor();
    for (let tabs = 0; tabs < MAX_TABS; tabs++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.press('Tab');
      await this.#seen();
    }
    assert.fail(`no Tab leads to ${target}`);
  }

  /** The grid has the focus and is on a row. */
  async onGrid(label: string, name: RegExp): Promise<void> {
    const grid = this.#page.getByRole('treegrid', { name: label });
    await expect(grid).toBeFocused();
    const active = await grid.getAttribute('aria-activedescendant');
    await expect(this.#page.locator(`[id="${active}"]`)).toHaveAccessibleName(name);
  }

  /** Tab through the whole page. @returns the number of stops */
  async walk(): Promise<number> {
    const stops = new Set<string>();
    for (let tabs = 0; tabs < MAX_TABS; tabs++) {
      await this.press('Tab');
      const stop = await this.#seen();
      if (stop === null) continue; // out of the page, and around
      if (stops.has(stop)) return stops.size;
      stops.add(stop);
    }
    return stops.size;
  }

  /** Fails where the element with the focus looks as it does without it. @returns what it is */
  async #seen(): Promise<string | null> {
    const focused = await this.#page.evaluate(async () => {
      // Colours take some time to change.
      await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      // The same without the focus, to compare with: a field shows it by the colour of its frame.
      let framed = false;
      for (let frame = element, level = 0; level < 4; frame = frame.parentElement ?? frame, level++) {
        const twin = frame.cloneNode(false) as HTMLElement;
        frame.after(twin);
        framed ||= getComputedStyle(frame).borderColor !== getComputedStyle(twin).borderColor;
        twin.remove();
      }
      // A control that is out of sight shows the focus at what stands for it, a grid at the row it is on.
      const row = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
      const parts = [element, element.nextElementSibling, row].filter((part) => part !== null);
      const { x, y } = element.getBoundingClientRect();
      return {
        what: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 40)} ${Math.round(x)},${Math.round(y)}`,
        shown:
          framed ||
          parts.some((part) => {
            const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
            const isThere = part.getBoundingClientRect().width > 0;
            return isThere && ((outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none');
          }),
      };
    });
    if (focused === null) return null;
    assert.ok(focused.shown, `the focus is not seen on ${focused.what}`);
    return focused.what;
  }
}
