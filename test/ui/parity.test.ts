import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IoFigures } from '../../shared/events.ts';
import { FIGURE_NAMES } from '../../shared/model/figures.ts';
import { Unit } from '../../shared/model/unit.ts';
import { addressOf, exported } from '../e2e/support/disk.ts';
import { Fio } from '../e2e/support/fio.ts';
import { without } from '../e2e/support/needs.ts';
import { parseMetrics, sampleOf } from '../host/metrics/parse.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { readings } from './support/readings.ts';
import { addPeer, attach, cell, goTo, nbdUri, openUnit, row } from './support/steps.ts';

describe('page, --json and metrics', { skip: withoutChromium || without('fio') }, () => {
  const browser = useBrowser();

  test('tell one unit by the same names and numbers', async (t) => {
    const { box, page } = await App.start(t, browser(), { settings: { metrics_listen: '127.0.0.1:0' } });
    const exporter = await exported(box, 'memory:64M', '--label', 'nas/same', '--serial', 'SAME');
    await addPeer(page, addressOf(exporter), 'nas');
    const name = await attach(page, 'nas/same');
    const uri = await nbdUri(page, name);

    // What it is: the page's own JSON, a command's event, the labels of the metrics.
    const details = await openUnit(page, name, 'Raw');
    const raw = await details.getByRole('region', { name: 'JSON' }).innerText();
    const unit = Unit.parse(JSON.parse(raw));
    const { client: probe } = await attachedHere();
    const told = probe.ready.units[0];
    assert.ok(told !== undefined);
    const keys = ['serial', 'label', 'size_bytes', 'block_bytes', 'conflict', 'read_only'] as const;
    for (const key of keys) assert.equal(unit[key], told[key], key);
    await probe.stop();

    // What it does: a load of known size, with the counters before and after.
    const before = await metrics();
    sampleOf(before, 'spandrel_unit_info', { unit: name, serial: unit.serial, label: unit.label });
    const attachedRow = row(page, new RegExp(`^${name} `));
    const reads = await readings((await cell(page, attachedRow, 'r/s')).locator('.live'));
    const writes = await readings((await cell(page, attachedRow, 'w/s')).locator('.live'));
    const load = [
      '--rw=randrw',
      '--rwmixread=50',
      '--bs=4k',
      '--iodepth=4',
      '--size=32M',
      '--rate_iops=200,200',
    ];
    const fio = await new Fio(box, uri, ...load, '--time_based', '--runtime=6').result();
    assert.equal(fio.error, 0, fio.output);
    const after = await metrics();
    const grown = (metric: string): number =>
      sampleOf(after, metric, { unit: name }) - sampleOf(before, metric, { unit: name });
    assert.equal(grown('spandrel_unit_reads_total'), fio.reads);
    assert.equal(grown('spandrel_unit_writes_total'), fio.writes);
    assert.equal(grown('spandrel_unit_read_bytes_total'), fio.reads * 4096);
    assert.equal(grown('spandrel_unit_written_bytes_total'), fio.writes * 4096);
    assert.equal(grown('spandrel_unit_errors_total'), 0);
    await expect(await cell(page, attachedRow, 'Err')).toHaveText('0');
    for (const [shown, counted] of [
      [await reads.median(), fio.readsPerSecond],
      [await writes.median(), fio.writesPerSecond],
    ] as const)
      assert.ok(Math.abs(shown / counted - 1) < 0.1, `${shown} per second on the page, ${counted} by fio`);

    // The names: every figure of --json is one of the page, and its counters are those of the metrics.
    for (const figure of Object.keys(IoFigures.shape))
      assert.ok((FIGURE_NAMES as readonly string[]).includes(figure), figure);
    for (const counter of [
      'reads',
      'writes',
      'flushes',
      'discards',
      'read_bytes',
      'written_bytes',
      'discarded_bytes',
    ])
      sampleOf(after, `spandrel_unit_${counter}_total`, { unit: name });
    sampleOf(after, 'spandrel_unit_in_flight', { unit: name });

    function attachedHere() {
      return box.start('attach', addressOf(exporter)).then((client) => ({ client }));
    }
    async function metrics() {
      const address = await metricsAddress(page);
      const answer = await fetch(address);
      assert.equal(answer.status, 200);
      return parseMetrics(await answer.text());
    }
  });
});

/** Where the page says they are; it comes back to the attached disks. */
async function metricsAddress(page: App['page']): Promise<string> {
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'Metrics endpoint' }).click();
  const link = page.getByRole('link', { name: /^http:.*metrics/ });
  const address = await link.getAttribute('href');
  await goTo(page, 'Attached disks');
  return address ?? '';
}
