import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Locator, Page } from 'playwright';
import { addressOf, exported } from '../e2e/support/disk.ts';
import { without } from '../e2e/support/needs.ts';
import type { Sandbox } from '../e2e/support/sandbox.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { addPeer, attach, dialog, goTo, nbdUri, row } from './support/steps.ts';

describe('detaching', { skip: withoutChromium || without('qemu-io') }, () => {
  const browser = useBrowser();

  test('while a program uses it: refused, naming it; then done; and taken back', async (t) => {
    const { box, page } = await App.start(t, browser());
    const unit = await attachedDisk(box, page);
    const client = box.spawn('qemu-io', '-f', 'raw', await nbdUri(page, unit));
    await expect(row(page, /^xa0 /)).toContainText(/nbd/i);
    await usedBy(page, unit);

    const form = await openDetach(page, unit);
    await expect(form).toContainText(`${unit} is in use, so nothing is torn down`);
    const holder = form.getByRole('table', { name: 'In use by' }).getByRole('row').nth(1);
    await expect(holder).toContainText(String(client.pid));
    await expect(holder).toContainText('qemu-io');
    const detach = form.getByRole('button', { name: 'Detach', exact: true });
    await expect(detach).toBeDisabled();

    client.stdin.end();
    await client.ended;
    await form.getByRole('button', { name: 'Recheck' }).click();
    await expect(detach).toBeEnabled();
    await detach.click();
    await expect(page.getByText('No disks attached.', { exact: false })).toBeVisible();

    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByText(`${unit} is attached again`)).toBeVisible();
    await expect(row(page, /^xa0 vault, /)).toBeVisible();
  });

  test('by force takes a second step with the label typed, and Enter is not enough', async (t) => {
    const { box, page } = await App.start(t, browser());
    const unit = await attachedDisk(box, page);
    const client = box.spawn('qemu-io', '-f', 'raw', await nbdUri(page, unit));
    await usedBy(page, unit);
    const form = await openDetach(page, unit);
    await form.getByRole('button', { name: 'Force…' }).click();
    const force = dialog(page, `Detach ${unit} by force`);
    await expect(force).toContainText('1 user has it open and would get I/O errors.');
    const button = force.getByRole('button', { name: 'Detach by force' });
    await expect(button).toBeDisabled();
    const label = force.getByRole('textbox');
    await label.fill('nas/vaul');
    await expect(button).toBeDisabled();
    await label.fill('nas/vault');
    await expect(button).toBeEnabled();
    await label.press('Enter');
    await expect(force).toBeVisible();
    await expect(row(page, /^xa0 /)).toHaveCount(1);
    await button.click();
    await expect(page.getByText(`${unit} detached by force`)).toBeVisible();
    await expect(row(page, /^xa0 /)).toHaveCount(0);
    client.stdin.end('read 0 4k\n');
    const { status } = await client.ended;
    assert.notEqual(status, 0, 'the client was told that its disk is gone');
  });
});

/** An idle disk `nas/vault` attached as `vault`. */
async function attachedDisk(box: Sandbox, page: Page): Promise<string> {
  const exporter = await exported(box, 'memory:64M', '--label', 'nas/vault');
  await addPeer(page, addressOf(exporter), 'nas');
  return attach(page, 'nas/vault', (form) => form.getByLabel('Alias').fill('vault'));
}

/** Until the page shows that somebody has it open. */
async function usedBy(page: Page, unit: string): Promise<void> {
  await goTo(page, 'Attached disks');
  await expect(row(page, new RegExp(`^${unit} `)).getByText('Nobody')).toHaveCount(0);
}

async function openDetach(page: Page, unit: string): Promise<Locator> {
  await row(page, new RegExp(`^${unit} `))
    .getByRole('checkbox')
    .click();
  await page.getByRole('main').getByRole('button', { name: 'Detach…' }).click();
  return dialog(page, new RegExp(`^Detach ${unit}`));
}
