import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Page } from 'playwright';
import { addressOf, exported } from '../e2e/support/disk.ts';
import { Fio } from '../e2e/support/fio.ts';
import { without } from '../e2e/support/needs.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { addPeer, attach, cell, goTo, nbdUri, openAttach, row } from './support/steps.ts';

const GIB = 2 ** 30;

describe('tables', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('two disks with one serial stay two rows, each with a warning', async (t) => {
    const { box, page } = await App.start(t, browser());
    await addPeer(
      page,
      addressOf(await exported(box, 'memory:64M', '--serial', 'TWIN', '--label', 'a/one')),
      'a',
    );
    await addPeer(
      page,
      addressOf(await exported(box, 'memory:65M', '--serial', 'TWIN', '--label', 'b/two')),
      'b',
    );
    await goTo(page, 'Remote disks');
    for (const [label, other] of [
      ['a/one', 'b/two'],
      ['b/two', 'a/one'],
    ] as const) {
      const disk = row(page, new RegExp(`^${label}, .*its serial is also of another disk`));
      await expect(disk).toHaveCount(1);
      await expect(await cell(page, disk, 'Serial')).toContainText(`Also the serial of ${other}`);
    }
    const form = await openAttach(page, 'a/one');
    await expect(form).toContainText('The serial TWIN is not unique');
    await expect(form).toContainText('b/two');
  });

  test('one disk over two peers is one row with two paths', async (t) => {
    const { box, page } = await App.start(t, browser());
    const file = box.file('disk.img', 64 << 20);
    for (const name of ['left', 'right']) {
      const exporter = await exported(box, file, '--serial', 'SHARED', '--label', 'nas/shared');
      await addPeer(page, addressOf(exporter), name);
    }
    await goTo(page, 'Remote disks');
    const disk = row(page, /^nas\/shared, Optimal, 2 of 2 paths/);
    await expect(disk).toHaveCount(1);
    await expect(await cell(page, disk, 'Peers')).toHaveText('left, right');
    await disk.getByRole('button', { name: 'Show paths' }).click();
    await expect(row(page, /^path over left, /)).toHaveCount(1);
    await expect(row(page, /^path over right, /)).toHaveCount(1);
    await expect(page.getByRole('main').getByRole('status')).toHaveText('1 disk');
  });

  test('sizes sort by what they are, not by how they read', async (t) => {
    const { box, page } = await App.start(t, browser());
    const files = [box.file('900g', 900 * GIB), box.file('1t', 1024 * GIB), box.file('80m', 80 << 20)];
    const exporter = await box.start('export', ...files, '--listen', '127.0.0.1:0');
    await addPeer(page, addressOf(exporter), 'nas');
    await goTo(page, 'Remote disks');
    const sizes = async () => {
      const shown = await page
        .getByRole('main')
        .getByRole('row')
        .getByText(/^[\d.,]+ [KMGT]iB$/)
        .all();
      const placed = await Promise.all(
        shown.map(async (size) => ({ text: await size.innerText(), y: (await size.boundingBox())?.y ?? 0 })),
      );
      return placed.sort((a, b) => a.y - b.y).map(({ text }) => text);
    };
    const header = page.getByRole('button', { name: 'Size', exact: true });
    await header.click();
    await expect.poll(sizes).toEqual(['1.00 TiB', '900.0 GiB', '80.0 MiB']);
    await header.click();
    await expect.poll(sizes).toEqual(['80.0 MiB', '900.0 GiB', '1.00 TiB']);
  });

  test('a click on a size changes numbers and labels everywhere, and it stays so', async (t) => {
    const app = await App.start(t, browser());
    const { box, page } = app;
    await addPeer(page, addressOf(await exported(box, 'memory:1G', '--label', 'nas/one')), 'nas');
    await goTo(page, 'Remote disks');
    const size = await cell(page, row(page, /^nas\/one, /), 'Size');
    await expect(size).toHaveText('1.00 GiB');
    await size.getByRole('button').click();
    await expect(size).toHaveText('1.07 GB');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('contentinfo')).toContainText(/r [\d.,]+ [kMGT]?B\/s/);
    await app.reload();
    await expect(await cell(page, row(page, /^nas\/one, /), 'Size')).toHaveText('1.07 GB');
  });

  test('nothing moves while figures change', { skip: without('fio') }, async (t) => {
    const { box, page } = await App.start(t, browser());
    for (const label of ['nas/a', 'nas/b', 'nas/c']) {
      await addPeer(page, addressOf(await exported(box, 'memory:64M', '--label', label)), label);
      const unit = await attach(page, label);
      const options = [
        '--rw=randrw',
        '--bs=4k',
        '--size=32M',
        '--rate_iops=500,200',
        // A figure that never changes proves nothing here: let the rate vary from second to second.
        '--rate_process=poisson',
        '--time_based',
        '--runtime=60',
      ];
      new Fio(box, await nbdUri(page, unit), ...options);
    }
    await goTo(page, 'Attached disks');
    const main = page.getByRole('main');
    await page.getByRole('button', { name: 'r/s', exact: true }).click();
    await expect(await cell(page, row(page, /^xa0 /), 'r/s')).toHaveText(/[1-9]/);
    const reads = (await cell(page, row(page, /^xa0 /), 'r/s')).locator('.live');
    const before = await boxes(page);
    assert.ok(before.length > 60, `${before.length} boxes`);
    for (let seconds = 0; seconds < 4; seconds++) {
      const text = await reads.innerText();
      await expect(reads).not.toHaveText(text);
      assert.deepEqual(await boxes(page), before);
    }
    await expect(main.getByRole('row')).toHaveCount(4);
  });

  test('one hung peer holds up neither other rows nor dialogs', async (t) => {
    const { box, page } = await App.start(t, browser());
    const good = await exported(box, 'memory:64M', '--label', 'good/disk');
    const bad = await exported(box, 'memory:65M', '--label', 'hung/disk');
    await addPeer(page, addressOf(good), 'good');
    await addPeer(page, addressOf(bad), 'hung');
    const unit = await attach(page, 'hung/disk');
    const uri = await nbdUri(page, unit);
    const free = await times();
    process.kill(bad.pid, 'SIGSTOP');
    box.after(() => process.kill(bad.pid, 'SIGCONT'));
    // A program waits for the hung peer, and a detach looks who it is.
    box.spawn('qemu-io', '-f', 'raw', '-c', 'read 0 4k', uri);
    await expect(row(page, new RegExp(`^${unit} `)).getByText('Nobody')).toHaveCount(0);
    const hung = await times();
    for (const [what, ms] of hung) {
      const before = free.get(what) ?? 0;
      t.diagnostic(`${what}: ${before} ms, with a hung peer ${ms} ms`);
      assert.ok(ms - before < 200, `${what}: ${before} ms, with a hung peer ${ms} ms`);
    }

    /** What some steps take, Playwright's own time included. */
    async function times(): Promise<Map<string, number>> {
      const taken = new Map<string, number>();
      const timed = async (what: string, act: () => Promise<void>): Promise<void> => {
        const startMs = performance.now();
        await act();
        taken.set(what, Math.round(performance.now() - startMs));
      };
      await timed('the other row', async () => {
        await page.getByRole('link', { name: 'Remote disks' }).click();
        await row(page, /^good\/disk, Optimal/).waitFor();
      });
      await timed('the dialog of the other disk', async () => {
        await page.getByRole('button', { name: 'Attach good/disk' }).click();
        await page.getByRole('dialog', { name: 'Attach good/disk' }).waitFor();
      });
      await timed('Cancel', async () => {
        await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      });
      await goTo(page, 'Attached disks');
      await row(page, new RegExp(`^${unit} `))
        .getByRole('checkbox')
        .click();
      await timed('the dialog of the hung one', async () => {
        await page.getByRole('main').getByRole('button', { name: 'Detach…' }).click();
        await page.getByRole('dialog').getByText('What is done, in this order').waitFor();
      });
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await row(page, new RegExp(`^${unit} `))
        .getByRole('checkbox')
        .click();
      return taken;
    }
  });
});

/** Where every row, cell, header and button is. Toasts come and go over them. */
function boxes(page: Page): Promise<string[]> {
  return page
    .locator(
      ':is(main, nav, header, footer) :is(button, a, [role=row], [role=gridcell], [role=columnheader])',
    )
    .evaluateAll((elements) =>
      elements.map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return `${element.getAttribute('role') ?? element.tagName} ${element.getAttribute('aria-label') ?? ''} ${x},${y} ${width}x${height}`;
      }),
    );
}
