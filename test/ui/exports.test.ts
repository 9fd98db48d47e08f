import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attached } from '../e2e/support/disk.ts';
import { without } from '../e2e/support/needs.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { cell, dialog, goTo, openRow, row } from './support/steps.ts';

const MIB = 1 << 20;

describe('exporting', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('a file exported here is a disk for others', { skip: without('nbdinfo') }, async (t) => {
    const { box, page } = await App.start(t, browser());
    const file = box.file('image.img', 48 * MIB);
    await goTo(page, 'Exports');
    await page.getByRole('main').getByRole('button', { name: 'Export…' }).first().click();
    const form = dialog(page, 'Export');
    await form.getByLabel('Path').fill(file);
    await expect(form).toContainText('48.0 MiB (50.3 MB, 50,331,648 B');
    await form.getByLabel('Label').fill('office/image');
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    await expect(row(page, /^office\/image, Online, 0 clients/)).toBeVisible();

    const listener = page.getByRole('region', { name: 'Where exports are offered' });
    await expect(listener).toContainText('Listening');
    const address = /127\.0\.0\.1:\d+/.exec(await listener.innerText())?.[0] ?? '';
    const { uri } = await attached(box, [address]);
    const info = JSON.parse(await box.runOk('nbdinfo', '--json', uri)) as {
      exports: { 'export-size': number }[];
    };
    assert.equal(info.exports[0]?.['export-size'], 48 * MIB);
    await expect(listener).toContainText('1 peer linked');
  });

  test('what cannot be exported is refused at its field, with the cause', async (t) => {
    const { box, page } = await App.start(t, browser());
    await goTo(page, 'Exports');
    await page.getByRole('main').getByRole('button', { name: 'Export…' }).first().click();
    const form = dialog(page, 'Export');
    await form.getByLabel('Path').fill(box.path('nothing.img'));
    await expect(form.getByLabel('Path')).toHaveAccessibleDescription(
      /nothing\.img.*(no such file|does not exist)/i,
    );
    await expect(form.getByRole('button', { name: 'Export', exact: true })).toBeDisabled();
  });

  test('16MiB in a size field is 16,777,216 bytes, and what is no size says so', async (t) => {
    const { page } = await App.start(t, browser());
    await goTo(page, 'Exports');
    await page.getByRole('main').getByRole('button', { name: 'Export…' }).first().click();
    const form = dialog(page, 'Export');
    await form.getByText('Memory', { exact: true }).click();
    const size = form.getByRole('textbox', { name: 'Size' });
    await size.fill('sixteen');
    await expect(size).toHaveAccessibleDescription(/sixteen/);
    await size.fill('1000B');
    await expect(form.getByRole('button', { name: /^1,024 B/ })).toBeVisible();
    await form.getByRole('button', { name: /^512 B/ }).click();
    await expect(size).toHaveValue('512B');
    await size.fill('16MiB');
    await expect(form).toContainText('16,777,216 B');
    await form.getByLabel('Label').fill('office/memory');
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    const details = await openRow(page, row(page, /^office\/memory, Online/), 'Label');
    await expect(details).toContainText('16,777,216 B');
  });

  test('how many may write is said before, and changed while it is offered', async (t) => {
    const { page } = await App.start(t, browser());
    await goTo(page, 'Exports');
    await page.getByRole('main').getByRole('button', { name: 'Export…' }).first().click();
    const form = dialog(page, 'Export');
    await form.getByText('Memory', { exact: true }).click();
    await form.getByRole('textbox', { name: 'Size' }).fill('16MiB');
    await form.getByLabel('Label').fill('office/shared');
    await form.getByRole('button', { name: 'Show command' }).click();
    await expect(form).not.toContainText('--writers');
    await form.getByRole('switch', { name: 'Several clients may write it at once' }).click();
    await expect(form).toContainText('--writers many');
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    const item = row(page, /^office\/shared, Online/);
    await expect(await cell(page, item, 'Access')).toHaveText('Read-write, many');
    const details = await openRow(page, item, 'Label');
    await details.getByRole('tab', { name: 'Options' }).click();
    await expect(details).toContainText('--writers many');
    await details.getByRole('switch', { name: 'Several clients may write it at once' }).click();
    await details.getByRole('button', { name: 'Save' }).click();
    await expect(await cell(page, item, 'Access')).toHaveText('Read-write');
    await expect(details).not.toContainText('--writers');
  });
});
