import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Child } from '../e2e/support/child.ts';
import { without } from '../e2e/support/needs.ts';

/**
 * `npm start` in a tree of its own: the real start.js, a command line that only tells how it was called, and
 * packages `electron` of many kinds.
 */

const START = fileURLToPath(new URL('../../dist/electron/start.js', import.meta.url));
const isLinux = process.platform === 'linux';
// Electron does not run as root, so neither may these tests.
const isRoot = process.getuid?.() === 0;
const skip = isLinux ? isRoot && without('setpriv') : 'the reasons differ on other systems';

/** What stands for a binary of Electron: tells how it was called, then does as it is told. */
const binary = (end: string): string => `#!/bin/sh\necho "window $*"\n${end}\n`;

class Tree {
  readonly folder = mkdtempSync(join(tmpdir(), 'spandrel-start-'));
  readonly electron = join(this.folder, 'node_modules/electron');

  constructor(t: TestContext) {
    t.after(() => rmSync(this.folder, { recursive: true, force: true }));
    chmodSync(this.folder, 0o777);
    this.write('package.json', '{"type":"module"}');
    this.write('dist/electron/main.js', '');
    this.write('dist/electron/cli.js', "console.log('cli', ...process.argv.slice(2));\n");
    copyFileSync(START, join(this.folder, 'dist/electron/start.js'));
  }

  write(name: string, text: string, mode = 0o644): void {
    const path = join(this.folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  }

  /** The package, whose installer is this script. */
  install(installer: string): void {
    this.write('node_modules/electron/package.json', '{"name":"electron","type":"commonjs"}');
    this.write('node_modules/electron/install.js', installer);
    chmodSync(this.electron, 0o777);
  }

  installBinary(script: string): void {
    this.install('throw new Error("not needed")');
    this.write('node_modules/electron/path.txt', 'electron');
    this.write('node_modules/electron/dist/electron', script, 0o755);
  }

  start(env: NodeJS.ProcessEnv = {}, ...args: string[]): Child {
    const own = { DISPLAY: ':0', WAYLAND_DISPLAY: '', SPANDREL_ELECTRON: '', ELECTRON_RUN_AS_NODE: '' };
    const node = [process.execPath, join(this.folder, 'dist/electron/start.js'), ...args];
    const words = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...node] : node;
    const [program = '', ...rest] = words;
    return new Child(program, rest, { env: { ...process.env, ...own, ...env } });
  }

  /** Run to the end, which must be that of the stand-in for `serve`. @returns the one line about why */
  async servesBecause(env?: NodeJS.ProcessEnv): Promise<string> {
    const child = this.start(env, '--port', '7');
    assert.equal((await child.ended).status, 0, child.stderr);
    assert.match(child.stdout, /cli serve --demo --port 7\n$/);
    const lines = child.stderr.trimEnd().split('\n');
    assert.equal(lines.length, 1, child.stderr);
    const why = /^spandrel: no window, because (.+); starting "spandrel serve" for a browser$/.exec(
      lines[0] ?? '',
    );
    assert.ok(why !== null, lines[0]);
    return why[1] as string;
  }
}

suite('npm start', { skip }, () => {
  test('serves where there is no display', async (t) => {
    const tree = new Tree(t);
    tree.installBinary(binary('exit 0'));
    assert.match(await tree.servesBecause({ DISPLAY: '' }), /no display/);
  });

  test('serves where it is told to', async (t) => {
    const tree = new Tree(t);
    tree.installBinary(binary('exit 0'));
    assert.match(await tree.servesBecause({ SPANDREL_ELECTRON: 'no' }), /SPANDREL_ELECTRON=no/);
  });

  const foreign =
    existsSync(join(tmpdir(), 'node_modules/electron')) && 'a package electron is above the folder';
  test('serves where the package is not installed', { skip: foreign }, async (t) => {
    assert.match(await new Tree(t).servesBecause(), /package electron is not installed/);
  });

  test('serves where Electron cannot be fetched, and says why', async (t) => {
    const tree = new Tree(t);
    tree.install('console.error(new TypeError("fetch failed").stack); process.exit(1);');
    assert.match(await tree.servesBecause(), /cannot be fetched \(fetch failed\)$/);
  });

  test('serves where the installer ends well and brings nothing', async (t) => {
    const tree = new Tree(t);
    tree.install('');
    assert.match(await tree.servesBecause(), /its installer did nothing/);
  });

  test('serves where Electron cannot run', async (t) => {
    const tree = new Tree(t);
    tree.installBinary(binary('kill -TRAP $$'));
    assert.match(await tree.servesBecause(), /Electron does not run here \(SIGTRAP\)/);
    tree.installBinary(binary('exit 127'));
    assert.match(await tree.servesBecause(), /Electron does not run here \(127\)/);
    tree.write('node_modules/electron/dist/electron', 'x', 0o644);
    assert.match(await tree.servesBecause(), /Electron does not run here \(.*EACCES/);
  });

  test('is the window, with its exit code, its arguments and its signals', async (t) => {
    const tree = new Tree(t);
    tree.installBinary(binary('exit 3'));
    const child = tree.start({}, '--flag');
    assert.equal((await child.ended).status, 3);
    assert.equal(child.stdout, `window ${join(tree.folder, 'dist/electron/main.js')} --flag\n`);
    assert.equal(child.stderr, '');
    tree.installBinary(binary('trap "exit 5" TERM; echo up; while :; do sleep 0.05; done'));
    const running = tree.start();
    const up = new Promise<void>((resolve, reject) => {
      const look = setInterval(() => {
        if (!running.stdout.includes('up') && running.ending === undefined) return;
        clearInterval(look);
        if (running.ending === undefined) resolve();
        else reject(new Error(running.stderr));
      }, 10);
    });
    await up;
    running.signal('SIGTERM');
    assert.equal((await running.ended).status, 5);
  });

  test('is the window, fetched with one line about it', async (t) => {
    const tree = new Tree(t);
    // Bytes come to the folder for temporary files, as when the real one downloads; then all is there.
    tree.install(`
      const fs = require('fs'), os = require('os'), path = require('path');
      fs.writeFileSync(path.join(os.tmpdir(), 'part.zip'), 'bytes');
      setTimeout(() => {
        fs.mkdirSync(path.join(__dirname, 'dist'));
        fs.writeFileSync(path.join(__dirname, 'dist/electron'), ${JSON.stringify(binary('exit 0'))}, { mode: 0o755 });
        fs.writeFileSync(path.join(__dirname, 'path.txt'), 'electron');
      }, 1500);`);
    const child = tree.start();
    assert.equal((await child.ended).status, 0, child.stderr);
    assert.match(child.stdout, /^window /);
    assert.equal(child.stderr, 'spandrel: fetching Electron, once\n');
  });

  test('has help', async (t) => {
    const child = new Tree(t).start({}, '--help');
    assert.equal((await child.ended).status, 0);
    assert.match(child.stdout, /^Usage: npm start/);
    assert.equal(child.stderr, '');
  });

  test('the real one tells no window from a broken one', { skip: !isRoot && 'for root alone' }, async () => {
    const env = { ...process.env, DISPLAY: ':0' };
    const child = new Child(process.execPath, [START, '--port', 'x'], { env });
    assert.equal((await child.ended).status, 2);
    assert.match(
      child.stderr,
      /no window, because root cannot have Electron's sandbox; .*\nspandrel: .*"x" is no port/,
    );
  });
});
