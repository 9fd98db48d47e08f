import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addressOf, attached, exported } from './support/disk.ts';
import { Fio, type FioResult } from './support/fio.ts';
import { without } from './support/needs.ts';
import { Sandbox } from './support/sandbox.ts';
import type { EventOf, Spandrel } from './support/spandrel.ts';

const MIB = 1 << 20;
const SIZE_BYTES = 64 * MIB;
const SERIAL = 'E2E-FAILOVER';
/** At this rate the load of `startLoad` writes for some seconds, whatever the machine. */
const WRITES_PER_SECOND = 3000;

const skip = without('fio');

type UnitEvent = EventOf<'unit'>;
type Exporter = Spandrel<'export'>;

/** The client of one disk, statistics being printed often, so that the state of its paths is seen. */
function client(box: Sandbox, exporters: readonly Exporter[], ...flags: string[]) {
  return attached(box, exporters.map(addressOf), '--stat', '0.1', ...flags);
}

function exporter(box: Sandbox, file: string): Promise<Exporter> {
  return exported(box, file, '--serial', SERIAL);
}

/** Start an exporter again where one was. */
function again(box: Sandbox, file: string, before: Exporter): Promise<Exporter> {
  return box.start('export', file, '--listen', addressOf(before), '--serial', SERIAL);
}

/** Verified random writes of 4 KiB at depth 16 for about four seconds, started and seen at the unit. */
async function startLoad(box: Sandbox, uri: string, unit: Spandrel<'attach'>): Promise<Fio> {
  const load = ['--rw=randwrite', '--bs=4k', '--iodepth=16', '--verify=crc32c', '--size=48M'];
  const fio = new Fio(box, uri, ...load, `--rate_iops=,${WRITES_PER_SECOND}`);
  await writing(unit, unit.mark);
  return fio;
}

/** Until writes are answered. */
async function writing(unit: Spandrel<'attach'>, since: number): Promise<void> {
  await unit.waitForEvent('stats', ({ units }) => (units[0]?.figures.writes ?? 0) > 0, since);
}

/** The path in use. */
async function openPath(unit: Spandrel<'attach'>, since: number, not?: string): Promise<string> {
  const openAt = (event: EventOf<'stats'>): string | undefined =>
    event.units[0]?.paths.find(({ state, peer }) => state === 'open' && peer !== not)?.peer;
  const event = await unit.waitForEvent('stats', (candidate) => openAt(candidate) !== undefined, since);
  return openAt(event) as string;
}

function uses(event: UnitEvent, peer: string): boolean {
  return event.state === 'open' && event.paths.some((path) => path.peer === peer && path.state === 'open');
}

test('the exporter in use dies, comes back, and the other one dies: nobody notices', { skip }, async (t) => {
  const box = new Sandbox(t);
  const file = box.file('disk.img', SIZE_BYTES);
  const exporters = [await exporter(box, file), await exporter(box, file)];
  const { client: unit, uri } = await client(box, exporters);
  const fio = await startLoad(box, uri, unit);
  const first = await openPath(unit, unit.mark);
  const dying = exporters.find((candidate) => addressOf(candidate) === first) as Exporter;
  const other = exporters.find((candidate) => candidate !== dying) as Exporter;

  const firstMs = await killed(unit, dying, addressOf(other));
  await writing(unit, unit.mark);
  const mark = unit.mark;
  const revived = await again(box, file, dying);
  await unit.waitForEvent('unit', ({ paths }) => paths.some(({ peer }) => peer === first), mark);
  await writing(unit, unit.mark);
  const secondMs = await killed(unit, other, first);

  const result = await fio.clean();
  t.diagnostic(`open on the other path ${firstMs.toFixed(0)} ms and ${secondMs.toFixed(0)} ms after a kill`);
  diagnoseStall(t, result);
  await unit.stop();
  await revived.stop();
});

/** Kill an exporter in use. @returns ms until the unit is open on the other path */
async function killed(unit: Spandrel<'attach'>, dying: Exporter, other: string): Promise<number> {
  const mark = unit.mark;
  const startMs = performance.now();
  await dying.kill();
  const { atMs } = await unit.waitForEvent('unit', (event) => uses(event, other), mark);
  return atMs - startMs;
}

function diagnoseStall(t: TestContext, result: FioResult): void {
  t.diagnostic(
    `longest write ${result.longestWriteMs.toFixed(0)} ms, read ${result.longestReadMs.toFixed(0)} ms`,
  );
  assert.ok(result.longestWriteMs < 2000, 'a stall of two seconds is an outage');
}

test('the only exporter dies and comes back: held requests are answered', { skip }, async (t) => {
  const box = new Sandbox(t);
  const file = box.file('disk.img', SIZE_BYTES);
  const only = await exporter(box, file);
  const { client: unit, uri } = await client(box, [only], '--no-path', 'hold');
  const fio = await startLoad(box, uri, unit);
  const mark = unit.mark;
  await only.kill();
  await unit.waitForEvent('unit', ({ state }) => state === 'holding', mark);
  await ticks(unit, 10);
  const restartMs = performance.now();
  const revived = await again(box, file, only);
  const { atMs } = await unit.waitForEvent('unit', ({ state }) => state === 'open', mark);
  t.diagnostic(`open again ${(atMs - restartMs).toFixed(0)} ms after the restart`);
  const { longestWriteMs } = await fio.clean();
  t.diagnostic(`longest write ${longestWriteMs.toFixed(0)} ms`);
  await unit.stop();
  await revived.stop();
});

/** Let a number of intervals of `--stat 0.1` pass. */
async function ticks(unit: Spandrel<'attach'>, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await unit.waitForEvent('stats', () => true, unit.mark);
}

for (const { policy, lowMs, highMs } of [
  { policy: 'fail', lowMs: 0, highMs: 1000 },
  { policy: '1', lowMs: 700, highMs: 3000 },
]) {
  test(`--no-path ${policy}: errors in time, and work after the return`, { skip }, async (t) => {
    const box = new Sandbox(t);
    const file = box.file('disk.img', SIZE_BYTES);
    const only = await exporter(box, file);
    const { client: unit, uri } = await client(box, [only], '--no-path', policy);
    const fio = await startLoad(box, uri, unit);
    const mark = unit.mark;
    const startMs = performance.now();
    await only.kill();
    const { atMs } = await unit.waitForEvent('unit', ({ state }) => state === 'failed', mark);
    const { error, output } = await fio.result();
    const ms = atMs - startMs;
    t.diagnostic(`failed ${ms.toFixed(0)} ms after the kill, fio heard errno ${error}`);
    assert.notEqual(error, 0, output);
    assert.ok(ms >= lowMs && ms < highMs, `${ms} ms`);

    const since = unit.mark;
    const revived = await again(box, file, only);
    await unit.waitForEvent('unit', ({ paths }) => paths.length === 1, since);
    await new Fio(box, uri, '--rw=randwrite', '--bs=4k', '--verify=crc32c', '--size=4M').clean();
    await unit.stop();
    await revived.stop();
  });
}
