import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressOf, exported } from '../e2e/support/disk.ts';
import { Fio } from '../e2e/support/fio.ts';
import { without } from '../e2e/support/needs.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { readings } from './support/readings.ts';
import { addPeer, attach, cell, nbdUri, openUnit, row } from './support/steps.ts';

describe('I/O on the page', { skip: withoutChromium || without('fio') }, () => {
  const browser = useBrowser();

  test('r/s and w/s are those fio counts, and the chart moves', async (t) => {
    const { box, page } = await App.start(t, browser());
    const exporter = await exported(box, 'memory:64M', '--label', 'nas/fast');
    await addPeer(page, addressOf(exporter), 'nas');
    const unit = await attach(page, 'nas/fast');
    const uri = await nbdUri(page, unit);
    const attached = row(page, new RegExp(`^${unit} `));
    const reads = await readings((await cell(page, attached, 'r/s')).locator('.live'));
    const writes = await readings((await cell(page, attached, 'w/s')).locator('.live'));
    const options = [
      '--rw=randrw',
      '--rwmixread=75',
      '--bs=4k',
      '--iodepth=4',
      '--size=32M',
      '--rate_iops=300,100',
      '--rate_process=poisson',
    ];
    const fio = new Fio(box, uri, ...options, '--time_based', '--runtime=8');
    await openUnit(page, unit, 'Performance');
    const chart = page.getByRole('complementary').locator('canvas').first();
    await chart.waitFor();
    const pictures = new Set<string>();
    await expect
      .poll(
        async () =>
          pictures.add(await chart.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())).size,
      )
      .toBeGreaterThan(3);
    const result = await fio.result();
    assert.equal(result.error, 0, result.output);
    agrees('r/s', await reads.median(), result.readsPerSecond);
    agrees('w/s', await writes.median(), result.writesPerSecond);

    function agrees(what: string, shown: number, counted: number): void {
      t.diagnostic(`${what}: ${shown} on the page, ${counted.toFixed(1)} by fio`);
      assert.ok(Math.abs(shown / counted - 1) < 0.1, `${what}: ${shown} on the page, ${counted} by fio`);
    }
  });
});
