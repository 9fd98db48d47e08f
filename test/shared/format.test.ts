import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatDuration,
  formatIso,
  formatLatency,
  formatNumber,
  formatOps,
  formatPercent,
  formatSizeForms,
  formatTime,
} from '../../shared/format.ts';
import { echoSize, parseSizeInput } from '../../shared/size-input.ts';

const GIB = 1024 ** 3;

test('sizes have one decimal, two below ten, and a label that matches the maths', () => {
  assert.equal(formatBytes(0), '0 B');
  assert.equal(formatBytes(1023), '1023 B');
  assert.equal(formatBytes(1024), '1.00 KiB');
  assert.equal(formatBytes(1024, 'si'), '1.02 kB');
  assert.equal(formatBytes(900 * GIB), '900.0 GiB');
  assert.equal(formatBytes(1024 * GIB), '1.00 TiB');
  assert.equal(formatBytes(1_000_204_886_016, 'si'), '1.00 TB');
  assert.equal(formatBytes(9.994 * GIB), '9.99 GiB');
  assert.equal(formatBytes(9.996 * GIB), '10.0 GiB');
});

test('a size just below the next unit is shown in the next unit, not as 1024.0', () => {
  assert.equal(formatBytes(1024 * 1024 - 1), '1.00 MiB');
  assert.equal(formatBytes(999_999, 'si'), '1.00 MB');
});

test('all forms of a size stand together', () => {
  const forms = '931.5 GiB (1.00 TB, 1,000,204,886,016 B, 1,953,525,168 × 512 B)';
  assert.equal(formatSizeForms(1_000_204_886_016, 512), forms);
  assert.equal(formatSizeForms(4096, null, 'si'), '4.10 kB (4.00 KiB, 4,096 B)');
});

test('rates, requests, counts and percent', () => {
  assert.equal(formatByteRate(101_082_726), '96.4 MiB/s');
  assert.equal(formatByteRate(0), '0 B/s');
  assert.equal(formatOps(12_345.4), '12,345');
  assert.equal(formatOps(0.4), '0.4');
  assert.equal(formatOps(0.01), '<0.1');
  assert.equal(formatOps(0), '0');
  assert.equal(formatOps(9.97), '10');
  assert.equal(formatCount(1_953_525_168), '1,953,525,168');
  assert.equal(formatPercent(0.42), '42.0 %');
  assert.equal(formatNumber(0), '0');
  assert.equal(formatNumber(0.2512), '0.25');
  assert.equal(formatNumber(12.34), '12.3');
});

test('latency has three significant digits in the unit that fits', () => {
  for (const [us, text] of [
    [0, '0 µs'],
    [0.95, '0.95 µs'],
    [95.24, '95.2 µs'],
    [999.4, '999 µs'],
    [999.9, '1.00 ms'],
    [1200, '1.20 ms'],
    [12_345_678, '12.3 s'],
    [130_000_000, '2 m 10 s'],
  ] as const)
    assert.equal(formatLatency(us), text);
});

test('durations have the two units that matter', () => {
  for (const [ms, text] of [
    [0, '0 s'],
    [350, '350 ms'],
    [42_000, '42 s'],
    [59_600, '1 m'],
    [130_000, '2 m 10 s'],
    [11_100_000, '3 h 5 m'],
    [100_800_000, '1 d 4 h'],
  ] as const)
    assert.equal(formatDuration(ms), text);
});

test('a time has its date unless it is today, and ISO 8601 has its zone', () => {
  const at = Date.UTC(2025, 10, 26, 10, 42, 7, 120);
  assert.equal(formatTime(at, 'utc', at + 1000), '10:42:07');
  assert.equal(formatTime(at, 'utc', at + 86_400_000), '2025-11-26 10:42:07');
  assert.equal(formatIso(at, 'utc'), '2025-11-26T10:42:07.120Z');
  assert.equal(Date.parse(formatIso(at, 'local')), at);
  assert.match(formatIso(at, 'local'), /[+-]\d\d:\d\d$/);
});

test('a size is read in every notation of the design', () => {
  for (const text of ['16MiB', '16 M', '16m', '16777216B', '16777216', '16,777,216', '32768s', ' 16 mib '])
    assert.deepEqual(parseSizeInput(text), { ok: true, bytes: 16_777_216 }, text);
  assert.deepEqual(parseSizeInput('16MB'), { ok: true, bytes: 16_000_000 });
  assert.deepEqual(parseSizeInput('1.5 GiB'), { ok: true, bytes: 1_610_612_736 });
  assert.deepEqual(parseSizeInput('32768s', 4096), { ok: true, bytes: 16_777_216 });
});

test('a size that is no multiple of the block is refused with its neighbours', () => {
  const read = parseSizeInput('1000B', 512);
  assert.equal(read.ok, false);
  assert.deepEqual(!read.ok && read.nearest, [512, 1024]);
  assert.match(!read.ok ? read.message : '', /multiple of 512 B: 512 B or 1,024 B/);
  assert.deepEqual(!read.ok && parseSizeInput('1', 512), {
    ok: false,
    message: 'must be a multiple of 512 B: 512 B',
    nearest: [512],
  });
});

test('what is no size is refused with the cause', () => {
  for (const [text, cause] of [
    ['', /type a size/],
    ['abc', /not a size/],
    ['-5M', /not a size/],
    ['1e3', /not a size|unknown unit/],
    ['16QiB', /unknown unit “QiB”/],
    ['0.3B', /whole number/],
    ['0', /more than 0/],
    ['9000000P', /8 PiB/],
    [`${'9'.repeat(400)}`, /8 PiB/],
  ] as const) {
    const read = parseSizeInput(text);
    assert.equal(read.ok, false, text);
    assert.match(!read.ok ? read.message : '', cause, text);
  }
});

test('large sizes are read without rounding', () => {
  assert.deepEqual(parseSizeInput('1000204886016B', 512), { ok: true, bytes: 1_000_204_886_016 });
  assert.deepEqual(parseSizeInput('7.9990234375P', 512), { ok: true, bytes: 7.9990234375 * 1024 ** 5 });
});

test('what was read is echoed in bytes and blocks', () => {
  assert.equal(echoSize(16_777_216, 512), '16.0 MiB = 16,777,216 B = 32,768 × 512 B');
});
