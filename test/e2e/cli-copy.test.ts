import assert from 'node:assert/strict';
import { openSync, readSync, statSync, symlinkSync, truncateSync, writeSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { CliEvent } from '../../shared/events.ts';
import { randomFile, sha256 } from './support/data.ts';
import { addressOf, attached, exported } from './support/disk.ts';
import { Sandbox } from './support/sandbox.ts';
import { messagesOf } from './support/spandrel.ts';

const MIB = 1 << 20;
const SIZE_BYTES = 64 * MIB;
const SERIAL = 'E2E-COPY';

/** A disk of 64 MiB that can be reached as a file, as a unit and over NBD. */
async function disk(t: TestContext, sizeBytes = SIZE_BYTES) {
  const box = new Sandbox(t);
  const file = box.file('disk.img', sizeBytes);
  const exporter = await exported(box, file, '--serial', SERIAL);
  const peer = addressOf(exporter);
  return { box, file, unit: `dmsg://${peer}/${SERIAL}` };
}

/** Copy with --verify. @returns the event at its end */
async function copied(box: Sandbox, from: string, to: string, ...flags: string[]) {
  const events: CliEvent[] = await box.events('copy', from, to, '--verify', ...flags);
  assert.equal(events[0]?.event, 'ready');
  const done = events.at(-1);
  assert.ok(done?.event === 'done' && done.command === 'copy' && done.verified, JSON.stringify(done));
  const phases = new Set(events.flatMap((event) => (event.event === 'progress' ? [event.phase] : [])));
  assert.deepEqual([...phases], ['copy', 'verify']);
  return done;
}

test('file to unit and unit to file', async (t) => {
  const { box, file, unit } = await disk(t);
  const source = box.path('source');
  const wanted = await randomFile(source, SIZE_BYTES);
  await copied(box, source, unit);
  assert.equal(await sha256(file), wanted);
  const target = box.path('target');
  const { copied_bytes, zero_bytes } = await copied(box, unit, target);
  assert.deepEqual([copied_bytes, zero_bytes], [SIZE_BYTES, 0]);
  assert.equal(await sha256(target), wanted);
});

test('unit to an NBD URI and back to a file', async (t) => {
  const { box, file, unit } = await disk(t);
  const source = box.path('source');
  const wanted = await randomFile(source, SIZE_BYTES);
  await copied(box, source, unit);
  const other = box.file('other.img', SIZE_BYTES);
  const { uri } = await attached(box, [addressOf(await exported(box, other, '--serial', 'OTHER'))]);
  await copied(box, unit, uri);
  const target = box.path('target');
  await copied(box, uri, target);
  assert.deepEqual(await Promise.all([file, other, target].map(sha256)), [wanted, wanted, wanted]);
});

test('over a UNIX socket', async (t) => {
  const box = new Sandbox(t);
  const socket = box.path('dmsg');
  await box.start('export', 'memory:4M', '--listen', `unix:${socket}`, '--serial', SERIAL);
  await copied(box, `dmsg+unix:///${SERIAL}?socket=${socket}`, box.path('target'));
});

test('holes stay holes', async (t) => {
  const { box, file, unit } = await disk(t, 256 * MIB);
  const data = Buffer.alloc(MIB, 0x5a);
  const fd = openSync(file, 'r+');
  writeSync(fd, data, 0, MIB, 100 * MIB);
  const target = box.path('target');
  const { zero_bytes } = await copied(box, unit, target);
  assert.equal(zero_bytes, 255 * MIB);
  const { size, blocks } = statSync(target);
  assert.equal(size, 256 * MIB);
  assert.ok(blocks * 512 <= 2 * MIB, `${blocks * 512} bytes in use`);
  const found = Buffer.alloc(MIB);
  readSync(openSync(target, 'r'), found, 0, MIB, 100 * MIB);
  assert.ok(found.equals(data));
});

test('zeros of the source replace what the target had', async (t) => {
  const { box, file, unit } = await disk(t, 8 * MIB);
  await randomFile(box.path('random'), 8 * MIB);
  await copied(box, box.path('random'), unit);
  const zeros = box.file('zeros', 8 * MIB);
  await copied(box, zeros, unit);
  assert.equal(await sha256(file), await sha256(zeros));
});

test('an existing file is replaced only when that is asked for', async (t) => {
  const { box, unit } = await disk(t, 4 * MIB);
  const target = box.path('target');
  const before = await randomFile(target, 8 * MIB);
  const refused = await box.cli('copy', unit, target);
  assert.equal(refused.status, 4);
  assert.deepEqual(refused.messages, [`spandrel: ${target} exists; --overwrite replaces its content`]);
  assert.equal(await sha256(target), before);
  await copied(box, unit, target, '--overwrite');
  assert.equal(statSync(target).size, 4 * MIB);
});

test('a target that is too small is refused and left alone', async (t) => {
  const { box, file, unit } = await disk(t, 4 * MIB);
  const source = box.path('source');
  await randomFile(source, 8 * MIB);
  const before = await sha256(file);
  const { status, messages } = await box.cli('copy', source, unit);
  assert.equal(status, 4);
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? '', new RegExp(`${SERIAL} cannot take the copy: it has 4194304 bytes`));
  assert.equal(await sha256(file), before);
});

test('a read-only target is refused', async (t) => {
  const box = new Sandbox(t);
  const readOnly = addressOf(await exported(box, 'memory:4M', '--read-only', '--serial', 'RO'));
  const source = box.file('source', MIB);
  const refused = await box.cli('copy', source, `dmsg://${readOnly}/RO`);
  assert.equal(refused.status, 4);
  assert.match(refused.messages.join('\n'), /^spandrel: .*RO cannot take the copy: it is read-only$/);
});

test('a file whose tail is no whole block is no source', async (t) => {
  const { box, unit } = await disk(t, 4 * MIB);
  const source = box.file('source', MIB);
  truncateSync(source, MIB + 100);
  const { status, messages } = await box.cli('copy', source, unit);
  assert.equal(status, 4);
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? '', /100 bytes/);
});

test('SIGINT in the middle ends a copy with 130 and one line', async (t) => {
  const { box, unit } = await disk(t, 4096 * MIB);
  const target = box.path('target');
  const copy = await box.start('copy', unit, target);
  await copy.waitForEvent('progress');
  const { status } = await copy.endWith('SIGINT');
  const messages = messagesOf(copy.logLines);
  assert.equal(status, 130);
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? '', /^spandrel: cancelled in copy after .*target is not a whole copy$/);
});

test('--rate holds a copy back', async (t) => {
  const { box, unit } = await disk(t, 8 * MIB);
  const done = await copied(box, unit, box.path('target'), '--rate', '4MiB');
  // Copied and verified: twice 8 MiB, less the burst at the start.
  assert.ok(done.seconds > 3.5 && done.seconds < 20, `${done.seconds} s`);
});

test('a rate that is none is refused', async (t) => {
  const box = new Sandbox(t);
  for (const [rate, why] of [
    ['fast', /bad size "fast"/],
    ['1000', /1000 a second is too slow: 1.00 KiB is the least/],
  ] as const) {
    const { status, messages } = await box.cli('copy', 'from', 'to', '--rate', rate);
    assert.equal(status, 2);
    assert.match(messages.join(), why);
  }
});

test('nothing is copied onto itself', async (t) => {
  const { box, file, unit } = await disk(t, 4 * MIB);
  const before = await sha256(file);
  const link = box.path('link');
  symlinkSync(file, link);
  for (const [from, to] of [
    [file, file],
    [file, link],
    [unit, unit.replace('dmsg://', 'dmsg://tcp:')],
  ] as const) {
    const { status, messages } = await box.cli('copy', from, to, '--overwrite');
    assert.deepEqual(
      [status, messages],
      [2, [`spandrel: ${to} is ${from} itself: a disk is not copied onto itself`]],
    );
  }
  assert.equal(await sha256(file), before);
});

test('a target whose blocks do not fit is refused', async (t) => {
  const box = new Sandbox(t);
  const large = addressOf(await exported(box, 'memory:4M', '--block-size', '4096', '--serial', 'LARGE'));
  const { status, messages } = await box.cli('copy', box.file('source', MIB + 512), `dmsg://${large}/LARGE`);
  assert.equal(status, 4);
  assert.match(messages.join(), /LARGE cannot take the copy: its blocks have 4096 bytes/);
});
