import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';
import { without } from '../e2e/support/needs.ts';
import { App, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { inScheme, type Scheme } from './support/scheme.ts';
import { appOnSite } from './support/site.ts';
import { VIEWS, type View } from './support/views.ts';

describe('accessibility', { skip: withoutChromium || without('fio', 'mke2fs', 'mkswap') }, () => {
  const browser = useBrowser();

  test('no page, drawer or dialog has a serious finding, in light and dark', {
    timeout: 480_000,
  }, async (t) => {
    const { page } = await appOnSite(t, browser());
    const found: string[] = [];
    for (const view of VIEWS) {
      await view.show(page);
      found.push(...(await findings(page, view, 'light')));
      found.push(...(await findings(page, view, 'dark')));
      await inScheme(page, 'light');
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
    for (const scheme of ['light', 'dark'] as const)
      assert.deepEqual(await findings(page, { name: 'overview', part: 'main' }, scheme), []);
  });
});

/**
 * Serious and critical findings of what is shown. In the dark only colours are looked at: whatever else there
 * is to find does not depend on them.
 */
async function findings(
  page: Page,
  { name, part }: Pick<View, 'name' | 'part'>,
  scheme: Scheme,
): Promise<string[]> {
  await inScheme(page, scheme);
  // The page has no frames, so the mode that cannot see into them does, in half the time.
  // Of what passes nothing is asked, and so nothing is gathered.
  const axe = new AxeBuilder({ page })
    .include(part)
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] });
  if (scheme === 'dark') axe.withRules(['color-contrast']);
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${name}, ${scheme}: ${id}: ${html}\n${failureSummary}`),
    );
}
