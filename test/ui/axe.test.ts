import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';
import { without } from '../e2e/support/needs.ts';
import { App, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { Site } from './support/site.ts';
import { VIEWS } from './support/views.ts';

describe('accessibility', { skip: withoutChromium || without('fio', 'mke2fs', 'mkswap') }, () => {
  const browser = useBrowser();

  test('no page, drawer or dialog has a serious finding, in light and dark', { timeout: 300_000 }, async (t) => {
    let site: Site | undefined;
    const app = await App.start(t, browser(), {
      context: { colorScheme: 'light', reducedMotion: 'reduce' },
      prepare: async (box) => {
        site = await Site.start(box);
        return site.config;
      },
    });
    await site?.enliven(app);
    const { page } = app;
    const found: string[] = [];
    for (const view of VIEWS) {
      await page.emulateMedia({ colorScheme: 'light' });
      await view.show(page);
      found.push(...(await findings(page, `${view.name}, light`)));
      await page.emulateMedia({ colorScheme: 'dark' });
      // What else there is to find does not depend on the colours.
      found.push(...(await findings(page, `${view.name}, dark`, ['color-contrast'])));
    }
    assert.deepEqual(found, []);
  });

  test('high contrast has no finding of contrast either', async (t) => {
    const { page } = await App.start(t, browser(), {
      flags: ['--demo'],
      settings: { theme: 'contrast' },
      context: { reducedMotion: 'reduce' },
    });
    await page.getByRole('contentinfo').getByText('Optimal').waitFor();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      assert.deepEqual(await findings(page, scheme, ['color-contrast']), []);
    }
  });
});

/** Serious and critical findings of what is shown. */
async function findings(page: Page, where: string, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  if (rules !== undefined) axe.withRules(rules);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${where}: ${id}: ${html}\n${failureSummary}`));
}
