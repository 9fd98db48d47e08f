import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { cell, dialog, drawer, goTo, row } from './support/steps.ts';

describe('the first run', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('explains itself and offers the ways to begin', async (t) => {
    const { page } = await App.start(t, browser());
    const main = page.getByRole('main');
    await expect(main).toContainText(/A peer offers a remote disk \(a span\); attach it/);
    await expect(main.getByRole('button', { name: 'Start demo' })).toBeEnabled();
    await expect(main.getByRole('button', { name: 'Export a disk' })).toBeEnabled();
    await main.getByRole('button', { name: 'Add peer' }).click();
    await expect(dialog(page, 'Add peer').getByLabel('Address', { exact: true })).toBeFocused();
  });

  test('the demo gives every page life within ten seconds, and goes without a trace', async (t) => {
    const app = await App.start(t, browser());
    const { page } = app;
    const main = page.getByRole('main');
    const startMs = performance.now();
    await main.getByRole('button', { name: 'Start demo' }).click();
    await expect(drawer(page)).toContainText(/xa0/);
    await drawer(page).getByRole('button', { name: 'Close the details' }).click();

    await expect(main).toContainText('A disk in memory with two paths and a light load.');
    await goTo(page, 'Attached disks');
    const unit = row(page, /^xa0 .*Optimal, 2 of 2 paths/);
    await expect(await cell(page, unit, 'r/s')).toHaveText(/[1-9]/);
    await expect(await cell(page, unit, 'w/s')).toHaveText(/[1-9]/);
    await goTo(page, 'Remote disks');
    await expect(row(page, /demo, Optimal, 2 of 2 paths, attached as xa0/)).toBeVisible();
    await goTo(page, 'Peers');
    await expect(row(page, /^demo-[ab], Connected/)).toHaveCount(2);
    await goTo(page, 'Exports');
    await expect(row(page, /demo, Online/)).toBeVisible();
    await goTo(page, 'Performance');
    await expect(main.locator('canvas').first()).toBeVisible();
    await goTo(page, 'Activity');
    await expect(main.getByText('xa0 attached', { exact: false }).first()).toBeVisible();
    const ms = performance.now() - startMs;
    t.diagnostic(`every page alive after ${Math.round(ms)} ms`);
    assert.ok(ms < 10_000, `${ms} ms`);

    await goTo(page, 'Overview');
    await main.getByRole('button', { name: 'Stop demo' }).click();
    await expect(main.getByRole('button', { name: 'Start demo' })).toBeVisible();
    await app.restart();
    await expect(main.getByRole('button', { name: 'Start demo' })).toBeVisible();
  });
});
