import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { addressOf, exported } from '../e2e/support/disk.ts';
import { without } from '../e2e/support/needs.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { addPeer, attach, cell, goTo, nbdUri, openUnit, row } from './support/steps.ts';

describe('a restart', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('brings peers, units, names, options and layout back', { skip: without('nbdinfo') }, async (t) => {
    const app = await App.start(t, browser());
    const { box, page } = app;
    for (const label of ['nas/a', 'nas/b', 'nas/c']) {
      await addPeer(page, addressOf(await exported(box, 'memory:64M', '--label', label)), `${label} peer`);
    }
    await attach(page, 'nas/c');
    const unit = await attach(page, 'nas/a', async (form) => {
      await form.getByLabel('Alias').fill('vault');
      await form.getByLabel('Read-only: every write is refused here').check();
      await form.getByLabel('Hold them for').check();
      await form.getByLabel('Seconds to hold requests').fill('77');
    });
    assert.equal(unit, 'xa1');
    const uri = await nbdUri(page, unit);
    const wasWide = (await layout()).width ?? 0;

    // Sorted, filtered, a column wider and one hidden.
    await page.getByRole('button', { name: 'Label', exact: true }).click();
    await page.getByRole('button', { name: 'Label', exact: true }).click();
    await page.getByRole('button', { name: 'Serial', exact: true }).press('Alt+ArrowRight');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Policy' }).uncheck();
    await page.keyboard.press('Escape');
    await page.getByLabel('Filter Attached disks').fill('nas');
    const before = await layout();
    assert.equal(before.sort, 'descending');
    assert.ok(!before.headers.includes('Policy'));
    assert.ok((before.width ?? 0) > wasWide);
    // At once, so that the page goes with changes nobody has saved.
    await page.reload();
    await expect.poll(layout).toEqual(before);
    await expect.poll(() => readFileSync(box.path('state/config.json'), 'utf8')).toContain('"filter": "nas"');
    await app.restart();

    await goTo(page, 'Attached disks');
    await expect(row(page, /^xa1 vault, Optimal, 1 of 1 path, read-only/)).toBeVisible();
    await expect(row(page, /^xa0 nas\/c, Optimal, 1 of 1 path/)).toBeVisible();
    assert.deepEqual(await layout(), before);
    assert.equal(await nbdUri(page, unit), uri);
    await box.runOk('nbdinfo', uri);
    const details = await openUnit(page, unit, 'Options');
    await expect(details.getByLabel('Hold for, seconds')).toHaveValue(/^77/);
    await goTo(page, 'Peers');
    await expect(row(page, /^nas\/[abc] peer, Connected/)).toHaveCount(3);
    await goTo(page, 'Remote disks');
    await expect(await cell(page, row(page, /^nas\/a, /), 'Attached as')).toHaveText('xa1');

    async function layout() {
      const main = page.getByRole('main');
      return {
        sort: await main.getByRole('columnheader', { name: 'Label' }).getAttribute('aria-sort'),
        width: (await main.getByRole('columnheader', { name: 'Serial' }).boundingBox())?.width,
        headers: await main.getByRole('columnheader').allInnerTexts(),
        filter: await page.getByLabel('Filter Attached disks').inputValue(),
        rows: await main
          .getByRole('row')
          .evaluateAll((rows) => rows.map((line) => line.getAttribute('aria-label'))),
      };
    }
  });
});
