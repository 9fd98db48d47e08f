import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Page } from 'playwright';
import { addressOf, exported } from '../e2e/support/disk.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { addPeer, attach, dialog, goTo, row } from './support/steps.ts';

describe('jobs', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('a copy runs, outlives the page, and is cancelled', async (t) => {
    const app = await App.start(t, browser());
    const { box, page } = app;
    const unit = await attachedDisk(app, 'memory:512M');
    await startCopy(page, unit, box.path('copy.img'), '4MiB');
    await goTo(page, 'Activity');
    await page.getByRole('tab', { name: 'Jobs' }).click();
    const job = row(page, new RegExp(`${unit}.*, Running, \\d+ %`));
    await expect(job).toBeVisible();
    await expect(job).toContainText(/[\d.]+ MiB\/s/);

    await app.reload();
    await expect(page.getByRole('tab', { name: 'Jobs' })).toHaveAttribute('aria-selected', 'true');
    await expect(job).toBeVisible();
    const bar = job.getByRole('progressbar');
    const before = Number(await bar.getAttribute('aria-valuenow'));
    await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(before);

    await job.getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect(row(page, new RegExp(`${unit}.*, Cancelled`))).toBeVisible();
    await row(page, new RegExp(`${unit}.*, Cancelled`))
      .getByRole('button', { name: 'Dismiss' })
      .click();
    await expect(page.getByText('No jobs.', { exact: false })).toBeVisible();
  });

  test('a copy to its end is verified and told', async (t) => {
    const app = await App.start(t, browser());
    const { box, page } = app;
    const unit = await attachedDisk(app, 'memory:32M');
    await startCopy(page, unit, box.path('copy.img'));
    await goTo(page, 'Activity');
    await page.getByRole('tab', { name: 'Jobs' }).click();
    const done = row(page, new RegExp(`${unit}.*, Done`));
    await expect(done).toContainText(/verified/i);
    assert.equal(statSync(box.path('copy.img')).size, 32 << 20);
  });
});

async function attachedDisk({ box, page }: App, source: string): Promise<string> {
  await addPeer(page, addressOf(await exported(box, source, '--label', 'nas/source')), 'nas');
  return attach(page, 'nas/source');
}

/** @param rate bytes per second, as typed */
async function startCopy(page: Page, unit: string, path: string, rate?: string): Promise<void> {
  await goTo(page, 'Activity');
  await page.getByRole('tab', { name: 'Jobs' }).click();
  await page.getByRole('main').getByRole('button', { name: 'Copy…' }).first().click();
  const form = dialog(page, 'Copy');
  await form.getByLabel('From: attached disk').click();
  await page.getByRole('option', { name: new RegExp(`^${unit} `) }).click();
  await form.getByLabel('To: path').fill(path);
  if (rate !== undefined) await form.getByLabel('Rate limit, per second').fill(rate);
  await form.getByRole('button', { name: 'Start copy' }).click();
  await form.waitFor({ state: 'detached' });
}
