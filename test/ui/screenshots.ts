/**
 * Takes pictures of the app into docs/screenshots: `npm run screenshots -- [PART OF A NAME]…`. What they show
 * is a small real site, with real exporters and a real load.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { expect } from './support/app.ts';
import { launch } from './support/chromium.ts';
import { inScheme } from './support/scheme.ts';
import { appOnSite } from './support/site.ts';
import { goTo } from './support/steps.ts';
import { VIEWS } from './support/views.ts';

const FOLDER = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));
const LARGEST_FOLDER_BYTES = 6 << 20;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1024, height: 700 },
];
const SCHEMES = ['light', 'dark'] as const;
/** So much of the charts is filled before the first picture is taken. */
const RECORDED_MS = 60_000;
/** Of a settings page and of the quieter tabs one picture says enough. */
const CHOSEN =
  /^(overview|remote-disks|attached-disks|attached-disks-paths|peers|exports|performance|activity-(jobs|events|log)|settings|settings-(connections|metrics-endpoint|security)|unit-(summary|paths|performance|clients|contents)|disk-summary|peer-summary|export-(summary|options)|job-summary|dialog-(add-peer-tested|add-peer-failed|attach|detach|detach-force|export|copy|benchmark|keys)|palette)$/;

const parts = process.argv.slice(2);
const views = VIEWS.filter(
  ({ name }) => CHOSEN.test(name) && (parts.length === 0 || parts.some((part) => name.includes(part))),
);

test('screenshots', async (t) => {
  const browser = await launch();
  after(() => browser.close());
  const startedAt = Date.now();
  const { page, context } = await appOnSite(t, browser);
  const cdp = await context.newCDPSession(page);
  await goTo(page, 'Overview');
  await page.getByRole('main').getByText('1 m', { exact: true }).click();
  await expect.poll(() => Date.now() - startedAt, { timeout: 2 * RECORDED_MS }).toBeGreaterThan(RECORDED_MS);
  if (parts.length === 0) rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const view of views) {
      await view.show(page);
      // Away from whatever has a hint.
      await page.mouse.move(size.width / 2, 2);
      await expect(page.getByRole('tooltip')).toHaveCount(0);
      for (const scheme of SCHEMES) {
        await inScheme(page, scheme);
        // Not Playwright's own: a quarter of the bytes of its PNG or JPEG.
        const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality: 60 });
        const name = `${view.name}-${scheme}-${size.width}x${size.height}.webp`;
        writeFileSync(join(FOLDER, name), Buffer.from(data, 'base64'));
      }
    }
  }
  const bytes = readdirSync(FOLDER).reduce((sum, name) => sum + statSync(join(FOLDER, name)).size, 0);
  t.diagnostic(`${readdirSync(FOLDER).length} pictures, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
  assert.ok(bytes < LARGEST_FOLDER_BYTES, `${bytes} bytes are too many for a repository`);
});
