import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The icons packages are made with: containers that hold what they say. */

const folder = fileURLToPath(new URL('../../build/', import.meta.url));
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Width of a PNG, which must be as high as it is wide. */
function pixelsOf(png: Buffer): number {
  assert.deepEqual(png.subarray(0, 8), PNG);
  assert.equal(png.readUInt32BE(16), png.readUInt32BE(20));
  return png.readUInt32BE(16);
}

test('Linux has them in the sizes their names say', () => {
  const names = readdirSync(`${folder}icons`);
  assert.ok(names.includes('512x512.png') && names.includes('16x16.png'));
  for (const name of names) {
    assert.equal(`${pixelsOf(readFileSync(`${folder}icons/${name}`))}`, name.split('x')[0], name);
  }
});

test('Windows has one file of all sizes', () => {
  const ico = readFileSync(`${folder}icon.ico`);
  assert.deepEqual([ico.readUInt16LE(0), ico.readUInt16LE(2)], [0, 1]);
  const sizes = Array.from({ length: ico.readUInt16LE(4) }, (_, at) => {
    const entry = 6 + 16 * at;
    const offset = ico.readUInt32LE(entry + 12);
    const pixels = pixelsOf(ico.subarray(offset, offset + ico.readUInt32LE(entry + 8)));
    assert.equal(ico.readUInt8(entry), pixels % 256);
    return pixels;
  });
  assert.deepEqual(sizes, [16, 24, 32, 48, 64, 128, 256]);
});

test('macOS has one file of all sizes, for dense displays too', () => {
  const icns = readFileSync(`${folder}icon.icns`);
  assert.equal(icns.toString('latin1', 0, 4), 'icns');
  assert.equal(icns.readUInt32BE(4), icns.length);
  const found: [string, number][] = [];
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
    found.push([icns.toString('latin1', at, at + 4), pixelsOf(icns.subarray(at + 8))]);
  }
  assert.deepEqual(Object.fromEntries(found), {
    icp4: 16,
    icp5: 32,
    icp6: 64,
    ic07: 128,
    ic08: 256,
    ic09: 512,
    ic10: 1024,
    ic11: 32,
    ic12: 64,
    ic13: 256,
    ic14: 512,
  });
});

test('the running app has one for its window, and two densities for the tray', () => {
  const pixels = (name: string) => pixelsOf(readFileSync(`${folder}window/${name}.png`));
  assert.equal(pixels('icon'), 256);
  assert.equal(pixels('tray@2x'), 2 * pixels('tray'));
  assert.equal(pixels('trayTemplate@2x'), 2 * pixels('trayTemplate'));
});
