import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The lint rule that keeps the directions of imports, tried on files that break it and files that do not. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const tree = mkdtempSync(join(tmpdir(), 'spandrel-layers-'));
cpSync(join(root, 'biome.json'), join(tree, 'biome.json'));
after(() => rmSync(tree, { recursive: true }));

/** Whether the linter refuses a file at `path` that imports `from`. */
function isRefused(path: string, from: string): boolean {
  const file = join(tree, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `import { thing } from '${from}';\n\nexport const other = thing;\n`);
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [biome, 'lint', '--vcs-enabled=false', path],
    { cwd: tree, encoding: 'utf8' },
  );
  const output = stdout + stderr;
  assert.match(output, /Checked 1 file/, `the linter did not look at ${path}:\n${output}`);
  assert.equal(status !== 0, output.includes('noRestrictedImports'), output);
  return status !== 0;
}

const refused: [string, string][] = [
  ['electron/stream/a.ts', '../dmsg/link.ts'],
  ['electron/dmsg/a.ts', '../xdisk/unit.ts'],
  ['electron/dmsg/a.ts', '../block/device.ts'],
  ['electron/dmsg/crypto/a.ts', '../../target/export.ts'],
  ['electron/xdisk/a.ts', '../target/export.ts'],
  ['electron/xdisk/a.ts', '../nbd/server.ts'],
  ['electron/nbd/a.ts', '../dmsg/link.ts'],
  ['electron/router/a.ts', '../xdisk/unit.ts'],
  ['electron/target/media/a.ts', '../../../host/log.ts'],
  ['electron/host/a.ts', '../cli/output.ts'],
  ['electron/host/a.ts', 'electron'],
  ['electron/cli/a.ts', 'electron'],
  ['electron/cli.ts', 'electron'],
  ['electron/cli.ts', '../renderer/app.ts'],
  ['shared/a.ts', '../electron/host/log.ts'],
  ['shared/a.ts', 'node:fs'],
  ['renderer/a.ts', '../electron/host/log.ts'],
  ['renderer/a.ts', 'electron'],
  ['renderer/a.ts', 'node:fs'],
];

for (const [path, from] of refused) {
  test(`${path} may not import ${from}`, () => assert.ok(isRefused(path, from)));
}

const allowed: [string, string][] = [
  ['electron/dmsg/a.ts', '../stream/address.ts'],
  ['electron/xdisk/a.ts', '../dmsg/link.ts'],
  ['electron/target/a.ts', '../block/device.ts'],
  ['electron/host/a.ts', '../xdisk/unit.ts'],
  ['electron/host/a.ts', '../../shared/events.ts'],
  ['electron/cli/a.ts', '../host/log.ts'],
  ['electron/main.ts', 'electron'],
  ['electron/preload.ts', 'electron'],
  ['electron/ipc.ts', 'electron'],
  ['renderer/a.ts', '../shared/events.ts'],
];

for (const [path, from] of allowed) {
  test(`${path} may import ${from}`, () => assert.ok(!isRefused(path, from)));
}
