import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { ANY_PORT, addressOf, exported } from '../e2e/support/disk.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { closedPort, Stranger } from './support/servers.ts';
import { addPeer, cell, drawer, goTo, openAddPeer, openRow, row } from './support/steps.ts';

const WEB_SERVER = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

const wrong: readonly [
  what: string,
  address: (t: TestContext) => Promise<string>,
  stage: string,
  message: RegExp,
][] = [
  [
    'a host nobody knows',
    async () => 'no-such-host.invalid:987',
    'Name',
    /no-such-host\.invalid: unknown host/,
  ],
  ['a closed port', closedPort, 'Connection', /refused/],
  [
    'another protocol',
    async (t) => (await Stranger.start(t, WEB_SERVER)).address,
    'Protocol',
    /something else than DMSG/,
  ],
  [
    'a peer that says nothing',
    async (t) => (await Stranger.start(t)).address,
    'Protocol',
    /does not introduce itself/,
  ],
];

describe('adding a peer', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  for (const [what, addressIn, stage, message] of wrong) {
    test(`${what} has its own message, at the address and at its stage`, async (t) => {
      const { page } = await App.start(t, browser());
      const form = await openAddPeer(page, await addressIn(t));
      const plain = form.getByLabel('Allow a plain link to this host');
      if (await plain.isVisible()) await plain.check();
      await form.getByRole('button', { name: 'Test', exact: true }).click();
      await expect(form.getByRole('button', { name: 'Test again' })).toBeVisible();
      const failed = form.getByRole('listitem').filter({ hasText: ', failed' });
      await expect(failed).toHaveCount(1);
      await expect(failed).toContainText(stage);
      await expect(failed).toContainText(message);
      await expect(form.getByLabel('Address', { exact: true })).toHaveAccessibleDescription(message);
    });
  }

  test('an address that is none is refused at its field before anything is asked', async (t) => {
    const { page } = await App.start(t, browser());
    const form = await openAddPeer(page, 'https://nas.example');
    await expect(form.getByLabel('Address', { exact: true })).toHaveAccessibleDescription(
      /no way to reach a peer/,
    );
    await expect(form.getByRole('button', { name: 'Add', exact: true })).toBeDisabled();
    await form.getByLabel('Address', { exact: true }).fill('127.0.0.1:port');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(form.getByLabel('Address', { exact: true })).toHaveAccessibleDescription(/port/);
  });

  test('Cancel during a test closes the dialog within half a second and hangs up', async (t) => {
    const stranger = await Stranger.start(t);
    const { page } = await App.start(t, browser());
    const form = await openAddPeer(page, stranger.address);
    await form.getByRole('button', { name: 'Test', exact: true }).click();
    await expect(form.getByRole('listitem').filter({ hasText: 'Protocol, running' })).toBeVisible();
    assert.equal(stranger.open, 1);
    const startMs = performance.now();
    await form.getByRole('button', { name: 'Cancel' }).click();
    await form.waitFor({ state: 'detached' });
    const ms = performance.now() - startMs;
    assert.ok(ms < 500, `${ms} ms`);
    await expect.poll(() => stranger.open).toBe(0);
  });

  test('a test saves nothing', async (t) => {
    const app = await App.start(t, browser());
    const { page } = app;
    const exporter = await exported(app.box, 'memory:64M', '--label', 'nas/alpha');
    const form = await openAddPeer(page, addressOf(exporter));
    await form.getByRole('button', { name: 'Test', exact: true }).click();
    await expect(form.getByRole('list', { name: 'Disks offered' })).toContainText('nas/alpha');
    await form.getByRole('button', { name: 'Cancel' }).click();
    await form.waitFor({ state: 'detached' });
    await expect(page.getByText('No peers yet.')).toBeVisible();
    await app.restart();
    await goTo(page, 'Peers');
    await expect(page.getByText('No peers yet.')).toBeVisible();
    const config = readFileSync(app.box.path('state/config.json'), 'utf8');
    assert.ok(!config.includes(addressOf(exporter)), config);
  });

  test('a good one is linked and shows its disks', async (t) => {
    const { box, page } = await App.start(t, browser());
    const exporter = await exported(box, 'memory:64M', '--label', 'nas/alpha', '--serial', 'ALPHA');
    await addPeer(page, addressOf(exporter), 'nas');
    await goTo(page, 'Remote disks');
    const disk = row(page, /^nas\/alpha, Optimal, 1 of 1 path, not attached/);
    await expect(disk).toBeVisible();
    await expect(await cell(page, disk, 'Serial')).toHaveText('ALPHA');
    await expect(await cell(page, disk, 'Size')).toHaveText('64.0 MiB');
    await expect(await cell(page, disk, 'Peers')).toHaveText('nas');
    await expect(await openRow(page, disk, 'Label')).toContainText(
      '64.0 MiB (67.1 MB, 67,108,864 B, 131,072 × 512 B)',
    );
  });

  test('a new span appears in two seconds, and selection, scroll and sort stay', async (t) => {
    const { box, page } = await App.start(t, browser());
    const router = await box.start('route', '--listen', ANY_PORT);
    const many = Array.from({ length: 60 }, (_, index) => `memory:${index + 1}M`);
    await box.start('export', ...many, '--connect', addressOf(router));
    await addPeer(page, addressOf(router), 'router');
    await goTo(page, 'Remote disks');
    await expect(page.getByRole('main').getByRole('status')).toHaveText('60 disks');
    await page.getByRole('button', { name: 'Size', exact: true }).click();
    const grid = page.getByRole('treegrid', { name: 'Remote disks' });
    const chosen = grid.getByRole('row').filter({ hasText: '30.0 MiB' });
    await grid.focus();
    await page.keyboard.press('End');
    await chosen.scrollIntoViewIfNeeded();
    await expect(await openRow(page, chosen, 'Label')).toContainText('30.0 MiB');
    const before = await place();
    assert.ok(before.top > 0, 'it is scrolled');

    await box.start('export', 'memory:999M', '--connect', addressOf(router));
    const startMs = performance.now();
    await expect(page.getByRole('main').getByRole('status')).toHaveText('61 disks');
    const ms = performance.now() - startMs;
    assert.ok(ms < 2000, `${ms} ms`);
    assert.deepEqual(await place(), before);
    await expect(drawer(page)).toContainText('30.0 MiB');
    await expect(grid.getByRole('columnheader', { name: 'Size' })).toHaveAttribute('aria-sort', 'descending');

    async function place() {
      return {
        y: (await chosen.boundingBox())?.y,
        row: await chosen.getAttribute('id'),
        active: await grid.getAttribute('aria-activedescendant'),
        top: await grid.evaluate((element) => element.parentElement?.scrollTop ?? 0),
      };
    }
  });
});
