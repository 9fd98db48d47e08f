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
for (const name of ['biome.json', 'package.json']) cpSync(join(root, name), join(tree, name));
after(() => rmSync(tree, { recursive: true }));

/** What the linter says of a file. */
function lint(path: string, text: string): { status: number | null; output: string } {
  const file = join(tree, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [biome, 'lint', '--vcs-enabled=false', path],
    { cwd: tree, encoding: 'utf8' },
  );
  const output = stdout + stderr;
  assert.match(output, /Checked 1 file/, `the linter did not look at ${path}:\n${output}`);
  return { status, output };
}

/** Whether the linter refuses a file at `path` that imports `from`. */
function isRefused(path: string, from: string): boolean {
  const { status, output } = lint(path, `import { thing } from '${from}';\n\nexport const other = thing;\n`);
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
  ['electron/host/a.ts', '../web/web-host.ts'],
  ['electron/host/app/a.ts', '../../web/web-host.ts'],
  ['electron/host/a.ts', '../shell/menu.ts'],
  ['electron/xdisk/a.ts', '../web/web-host.ts'],
  ['electron/stream/a.ts', '../shell/menu.ts'],
  ['electron/web/a.ts', '../cli/output.ts'],
  ['electron/web/a.ts', '../shell/menu.ts'],
  ['electron/web/a.ts', '../../renderer/app.ts'],
  ['electron/web/a.ts', 'electron'],
  ['electron/shell/a.ts', 'electron'],
  ['electron/shell/a.ts', '../web/web-host.ts'],
  ['electron/shell/a.ts', '../cli/output.ts'],
  ['electron/shell/a.ts', '../xdisk/unit.ts'],
  ['electron/main.ts', './web/web-host.ts'],
  ['electron/main.ts', '../renderer/app.ts'],
  ['electron/ipc.ts', './cli/output.ts'],
  ['electron/preload.ts', './host/log.ts'],
  ['electron/preload.ts', './ipc.ts'],
  ['electron/preload.ts', 'node:fs'],
  ['electron/serve.ts', 'electron'],
  ['electron/start.ts', 'electron'],
  ['electron/cli/a.ts', '../shell/menu.ts'],
  ['electron/cli/a.ts', 'electron'],
  ['electron/cli.ts', 'electron'],
  ['electron/cli.ts', '../renderer/app.ts'],
  ['shared/a.ts', '../electron/host/log.ts'],
  ['shared/a.ts', 'node:fs'],
  ['renderer/a.ts', '../electron/host/log.ts'],
  ['renderer/a.ts', 'electron'],
  ['renderer/a.ts', 'node:fs'],
  ['renderer/build.ts', '../electron/host/log.ts'],
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
  ['electron/cli/a.ts', '../serve.ts'],
  ['electron/serve.ts', './web/web-host.ts'],
  ['electron/web/a.ts', '../host/app/app-host.ts'],
  ['electron/web/a.ts', '../stream/address.ts'],
  ['electron/web/a.ts', '../../shared/wire.ts'],
  ['electron/web/a.ts', 'node:http'],
  ['electron/shell/a.ts', '../host/app/app-host.ts'],
  ['electron/shell/a.ts', '../../shared/wire.ts'],
  ['electron/main.ts', './shell/menu.ts'],
  ['electron/main.ts', './host/app/app-host.ts'],
  ['electron/preload.ts', '../shared/wire.ts'],
  ['electron/main.ts', 'electron'],
  ['electron/preload.ts', 'electron'],
  ['electron/ipc.ts', 'electron'],
  ['renderer/a.ts', '../shared/events.ts'],
  ['renderer/build.ts', 'node:fs'],
];

for (const [path, from] of allowed) {
  test(`${path} may import ${from}`, () => assert.ok(!isRefused(path, from)));
}

/** Rules that are meant for React, by file: methods of the engine are called `usePath` and are no hooks. */
for (const [path, isAsked] of [
  ['electron/xdisk/a.ts', false],
  ['test/xdisk/a.ts', false],
  ['renderer/a.ts', true],
] as const) {
  test(`${path} ${isAsked ? 'is' : 'is not'} held to the rules of hooks`, () => {
    const { output } = lint(
      path,
      "import { useThing } from './b.ts';\n\nexport function Part() {\n  if (Math.random() > 0.5) useThing();\n}\n",
    );
    assert.equal(output.includes('useHookAtTopLevel'), isAsked, output);
  });
}
