import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressOf, exported } from '../e2e/support/disk.ts';
import { Fio } from '../e2e/support/fio.ts';
import { without } from '../e2e/support/needs.ts';
import type { Sandbox } from '../e2e/support/sandbox.ts';
import type { Spandrel } from '../e2e/support/spandrel.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { addPeer, attach, cell, goTo, nbdUri, row } from './support/steps.ts';

const MIB = 1 << 20;
/** How values look that nobody vouches for, in the light theme. */
const STALE = 'rgb(95, 103, 112) italic';
type Exporter = Spandrel<'export'>;

describe('paths that die', { skip: withoutChromium || without('fio') }, () => {
  const browser = useBrowser();

  test('of three paths under fio: Degraded, then Single path, each told with its cause and its stall', async (t) => {
    const { box, page } = await App.start(t, browser());
    const { exporters, unit } = await site(box, page, 3);
    const fio = await load(box, page, unit, 24);
    const line = row(page, new RegExp(`^${unit} `));
    await expect(line).toHaveAccessibleName(/Optimal, 3 of 3 paths/);

    await killActive(exporters);
    await expect(line).toHaveAccessibleName(/Degraded, 2 of 3 paths/);
    await killActive(exporters);
    await expect(line).toHaveAccessibleName(/Single path, 1 of 3 paths/);
    await expect(await cell(page, line, 'Health')).toContainText('No redundancy: 1 of 3 paths');
    await fio.clean();

    await goTo(page, 'Activity');
    const events = page.getByRole('main').getByRole('row');
    const lost = events.filter({ hasText: `${unit}: path through path-` }).filter({ hasText: 'lost' });
    await expect(lost).toHaveCount(2);
    await expect(lost.first()).toContainText(/the peer closed the connection|connection refused/);
    const stalls = events.filter({ hasText: /I\/O goes on through path-\d; it stood still for \d+ ms/ });
    await expect(stalls).not.toHaveCount(0);
    await expect(events.filter({ hasText: ': Degraded, 2 of 3 paths left' })).toHaveCount(1);

    /** Kill the exporter whose path is in use. */
    async function killActive(all: Exporter[]): Promise<void> {
      await line.getByRole('button', { name: 'Show paths' }).click();
      const active = page
        .getByRole('main')
        .getByRole('row', { name: /^path over path-\d, / })
        .filter({ hasText: 'Active' });
      const name = await active.getAttribute('aria-label');
      await line.getByRole('button', { name: 'Hide paths' }).click();
      const index = Number(/path-(\d)/.exec(name ?? '')?.[1]);
      await all[index]?.kill();
    }
  });

  test('all of them: Holding with a countdown, and on when one returns, without attaching anew', async (t) => {
    const { box, page } = await App.start(t, browser());
    const { exporters, unit, file } = await site(box, page, 2, 60);
    const attached = row(page, new RegExp(`^${unit} `));
    const fio = await load(box, page, unit, 24);
    for (const exporter of exporters) await exporter.kill();
    await expect(attached).toHaveAccessibleName(/Holding I\/O, 0 of 2 paths/);
    const health = await cell(page, attached, 'Health');
    await expect(health).toContainText(/No path\. \d+ requests? held, failing in \d+ s/);
    const [first, second] = [await secondsLeft(), await later()];
    assert.ok(first <= 60 && second < first, `${first} s, then ${second} s`);

    const revived = exporters[0] as Exporter;
    await box.start(
      'export',
      file,
      '--listen',
      addressOf(revived),
      '--serial',
      'SHARED',
      '--label',
      'nas/shared',
    );
    await expect(attached).toHaveAccessibleName(/Single path, 1 of 2 paths/);
    await fio.clean();
    await goTo(page, 'Activity');
    await expect(page.getByRole('main').getByText(/: Holding I\/O, no path/)).not.toHaveCount(0);

    async function secondsLeft(): Promise<number> {
      return Number(/failing in (\d+) s/.exec(await health.innerText())?.[1]);
    }
    async function later(): Promise<number> {
      const shown = await secondsLeft();
      await expect(health).not.toContainText(`failing in ${shown} s`);
      return secondsLeft();
    }
  });

  test('the host itself: everything shown is old, with its age, and nothing as current', async (t) => {
    const { box, page, serve } = await App.start(t, browser());
    const { unit } = await site(box, page, 2);
    await goTo(page, 'Attached disks');
    const attached = row(page, new RegExp(`^${unit} `));
    await expect(attached).toHaveAccessibleName(/Optimal/);
    await serve.kill();
    await expect(
      page.getByRole('alert').filter({ hasText: /connection to the host was lost .* ago/ }),
    ).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: /Host lost, last heard .* ago/ })).toBeVisible();
    await expect(await cell(page, attached, 'Health')).toContainText(/Unknown.*Last report .* ago/s);
    await expect(attached.getByText('Optimal')).toHaveCount(0);
    const looks = await page
      .getByRole('main')
      .locator('.live:visible')
      .evaluateAll((elements) =>
        elements.map(
          (element) => `${getComputedStyle(element).color} ${getComputedStyle(element).fontStyle}`,
        ),
      );
    assert.ok(looks.length > 5, 'there are values');
    assert.deepEqual([...new Set(looks)], [STALE], 'all of them look old');
  });
});

/** A disk behind several exporters, attached. @param holdSeconds without a path; for ever where it is not given */
async function site(box: Sandbox, page: App['page'], paths: number, holdSeconds?: number) {
  const file = box.file('disk.img', 64 * MIB);
  const exporters: Exporter[] = [];
  for (let index = 0; index < paths; index++) {
    const exporter = await exported(box, file, '--serial', 'SHARED', '--label', 'nas/shared');
    exporters.push(exporter);
    await addPeer(page, addressOf(exporter), `path-${index}`);
  }
  const unit = await attach(page, 'nas/shared', async (form) => {
    if (holdSeconds === undefined) return;
    await form.getByLabel('Hold them for').check();
    await form.getByLabel('Seconds to hold requests').fill(String(holdSeconds));
  });
  return { file, exporters, unit };
}

/** Verified writes for some seconds, seen on the page. */
async function load(box: Sandbox, page: App['page'], unit: string, mib: number): Promise<Fio> {
  const uri = await nbdUri(page, unit);
  const writes = ['--rw=randwrite', '--bs=4k', '--iodepth=16', '--verify=crc32c', `--size=${mib}M`];
  const fio = new Fio(box, uri, ...writes, '--rate_iops=,1000');
  const attached = row(page, new RegExp(`^${unit} `));
  await expect(await cell(page, attached, 'w/s')).toHaveText(/[1-9]/);
  return fio;
}
