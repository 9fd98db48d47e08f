import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { extractAll, extractFile, listPackage } from '@electron/asar';
import { withoutChromium } from '../ui/support/chromium.ts';
import { buildApp } from './support/built-app.ts';
import { Ends, StandInApp } from './support/stand-in-app.ts';

/**
 * What electron-builder puts into a package, made by electron-builder itself around a binary that is none: all
 * but Electron and the outer formats, which have to be fetched.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILDER = join(ROOT, 'node_modules/electron-builder/cli.js');
/** Marks the fuses in Electron's binary; after it come their version, their number and one character for each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const;

const skip =
  (process.platform !== 'linux' && 'the package is made for Linux') ||
  (!existsSync(join(ROOT, 'dist/renderer/main.js')) && 'the app is not built: npm run build');

describe('the package', { skip }, () => {
  const ends = new Ends();
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-package-'));
  const unpacked = join(folder, `release/linux-${process.arch === 'x64' ? '' : `${process.arch}-`}unpacked`);
  const archive = join(unpacked, 'resources/app.asar');
  let files: string[];
  before(async () => {
    await pack(folder);
    files = listPackage(archive, { isPack: false }).map((name) => name.slice(1));
  });
  after(async () => {
    await ends.run();
    rmSync(folder, { recursive: true, force: true });
  });

  test('has what runs, and nothing of sources and tests', () => {
    const tops = new Set(files.map((name) => name.split('/')[0]));
    assert.deepEqual([...tops].sort(), ['LICENSE', 'build', 'dist', 'node_modules', 'package.json']);
    for (const name of [
      'dist/electron/main.js',
      'dist/electron/preload.cjs',
      'dist/electron/host/app/app-host.js',
      'dist/build.json',
      'dist/renderer/index.html',
      'dist/renderer/main.js',
      'dist/renderer/main.css',
      'build/window/icon.png',
      'build/window/tray.png',
      'build/window/tray@2x.png',
      'build/window/trayTemplate.png',
      'node_modules/zod/package.json',
    ]) {
      assert.ok(files.includes(name), name);
    }
    const ours = files.filter((name) => !name.startsWith('node_modules/'));
    const kinds = new Set(ours.flatMap((name) => /\.(\w+)$/.exec(name)?.[1] ?? []));
    for (const kind of kinds) assert.match(kind, /^(js|cjs|css|html|svg|png|txt|json|woff2)$/);
    const odd = /(^|\/)(test|renderer\/[a-z]+\/|cli|web)(\/|$)|\.(tsx?|map)$|cli\.js$|serve\.js$/;
    assert.deepEqual(
      ours.filter((name) => odd.test(name)),
      [],
    );
    const modules = files.filter((name) =>
      /^node_modules\/(@types|electron|playwright|react|ws|commander|axios)\b/.test(name),
    );
    assert.deepEqual(modules, []);
  });

  test('starts where its package.json says', () => {
    const { main, type, version, devDependencies } = JSON.parse(
      extractFile(archive, 'package.json').toString('utf8'),
    ) as Record<string, unknown>;
    assert.equal(type, 'module');
    assert.ok(files.includes(String(main)), String(main));
    assert.match(String(version), /^\d+\.\d+\.\d+/);
    assert.equal(devDependencies, undefined);
  });

  test('has every fuse as it should be', () => {
    const binary = readFileSync(join(unpacked, 'spandrel'), 'latin1');
    const wire = binary.slice(binary.indexOf(SENTINEL) + SENTINEL.length + 2).slice(0, FUSES.length);
    const set = Object.fromEntries(FUSES.map((name, at) => [name, wire[at]]));
    assert.deepEqual(set, {
      runAsNode: '0',
      enableCookieEncryption: '1',
      enableNodeOptionsEnvironmentVariable: '0',
      enableNodeCliInspectArguments: '0',
      enableEmbeddedAsarIntegrityValidation: '1',
      onlyLoadAppFromAsar: '1',
      loadBrowserProcessSpecificV8Snapshot: '0',
      grantFileProtocolExtraPrivileges: '0',
    });
  });

  test('runs: with nothing but what is in it, its page gets its host’s hello', {
    skip: withoutChromium,
  }, async (t) => {
    const app = join(folder, 'app');
    extractAll(archive, app);
    const built = await buildApp(ends);
    const started = await StandInApp.start(
      t,
      { ...built, main: join(app, 'dist/electron/main.js') },
      { host: 'real' },
    );
    const ok = await started.ask(
      'evaluate',
      `new Promise((resolve) => {
        spandrel.subscribe((message) => message.id === 900001 && resolve(message.ok));
        spandrel.send({ id: 900001, command: 'session.hello', input: {} });
      })`,
    );
    assert.equal(ok, true);
    await started.ask('quit').catch(() => {});
    assert.equal(await started.ended, 0);
  });

  test('has the native code of its platform, and of no other', () => {
    const native = files.filter((name) => name.endsWith('.node'));
    assert.ok(native.length > 0);
    for (const name of native) assert.match(name, new RegExp(`/linux-${process.arch}-`));
    const app = join(folder, 'native');
    extractAll(archive, app);
    const { crc32c } = createRequire(join(app, 'package.json'))('aws-crt/dist/native/checksums') as {
      crc32c(data: Uint8Array): number;
    };
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  });
});

/** Pack the app as built, for the machine this is. */
async function pack(folder: string): Promise<void> {
  const electron = join(folder, 'electron');
  mkdirSync(join(electron, 'resources'), { recursive: true });
  mkdirSync(join(electron, 'locales'));
  writeFileSync(join(electron, 'LICENSE'), '');
  // As in Electron before its fuses are set.
  writeFileSync(join(electron, 'electron'), `no binary ${SENTINEL}\x01\x0810110001 and its rest`, 'latin1');
  const overrides = [`-c.electronDist=${electron}`, `-c.directories.output=${join(folder, 'release')}`];
  const builder = spawn(process.execPath, [BUILDER, '--dir', '--linux', `--${process.arch}`, ...overrides], {
    cwd: ROOT,
    env: { ...process.env, NO_UPDATE_NOTIFIER: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [builder.stdout, builder.stderr]) {
    stream.on('data', (text: Buffer) => {
      output += text;
    });
  }
  const status = await new Promise((resolve) => builder.once('close', resolve));
  assert.equal(status, 0, output);
}
