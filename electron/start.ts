#!/usr/bin/env node
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm start`: the app in its window where Electron is there or can be fetched, else in a browser.
 */

const HELP = `Usage: npm start [-- OPTIONS]

Starts Spandrel in a window of its own. Where that cannot be (no Electron, no display), says why in one line and
starts "spandrel serve --demo" instead, for a browser.

Options are those of "spandrel serve" (npx spandrel serve --help) and used where that is started.
SPANDREL_ELECTRON=no  do not try the window.
`;

/** Without a byte for so long, a download goes nowhere. */
const STALL_MS = 20_000;
const LOOK_MS = 500;
/** Electron that dies this soon cannot run here. */
const EARLY_MS = 10_000;

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) process.stdout.write(HELP);
else {
  const obstacle = await startWindow();
  if (obstacle !== undefined) {
    process.stderr.write(
      `spandrel: no window, because ${obstacle}; starting "spandrel serve" for a browser\n`,
    );
    process.argv = [
      process.argv[0] ?? '',
      fileURLToPath(new URL('cli.js', import.meta.url)),
      'serve',
      '--demo',
      ...args,
    ];
    await import('./cli.ts');
  }
}

/** Run the window to its end. @returns why there can be none */
async function startWindow(): Promise<string | undefined> {
  const { env, platform } = process;
  if (env.SPANDREL_ELECTRON === 'no') return 'SPANDREL_ELECTRON=no asks for none';
  if (platform === 'linux') {
    if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
    if (process.getuid?.() === 0) return "root cannot have Electron's sandbox";
  }
  const main = fileURLToPath(new URL('main.js', import.meta.url));
  if (!existsSync(main)) return `${main} is not built`;
  const binary = await electronBinary();
  return 'path' in binary ? runElectron(binary.path, main) : binary.problem;
}

async function electronBinary(): Promise<{ path: string } | { problem: string }> {
  let directory: string;
  try {
    directory = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return { problem: 'the package electron is not installed' };
  }
  const problem = installed(directory) === undefined ? await fetchElectron(directory) : undefined;
  const path = installed(directory);
  return path === undefined
    ? { problem: `Electron is not here and cannot be fetched (${problem ?? 'its installer did nothing'})` }
    : { path };
}

/** The binary, which the package's installer names in a file when all of it is there. */
function installed(directory: string): string | undefined {
  try {
    const path = join(directory, 'dist', readFileSync(join(directory, 'path.txt'), 'utf8'));
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Run the package's installer as long as it gets on. @returns what is wrong, if anything */
async function fetchElectron(directory: string): Promise<string | undefined> {
  const scratch = mkdtempSync(join(tmpdir(), 'spandrel-electron-'));
  const places = [scratch, join(directory, 'dist')];
  const installer = spawn(process.execPath, [join(directory, 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TMPDIR: scratch, TMP: scratch, TEMP: scratch, ELECTRON_GET_NO_PROGRESS: '1' },
  });
  let errors = '';
  installer.stderr.on('data', (text: Buffer) => {
    errors = (errors + text).slice(0, 4096);
  });
  let stalled = false;
  let bytes = bytesIn(places);
  let movedMs = performance.now();
  const watch = setInterval(() => {
    const now = bytesIn(places);
    if (now !== bytes) {
      if (bytes === 0) process.stderr.write('spandrel: fetching Electron, once\n');
      [bytes, movedMs] = [now, performance.now()];
    } else if (performance.now() - movedMs > STALL_MS) {
      stalled = true;
      installer.kill();
    }
  }, LOOK_MS);
  const code = await ended(installer);
  clearInterval(watch);
  rmSync(scratch, { recursive: true, force: true });
  if (stalled) return `nothing came for ${STALL_MS / 1000} s`;
  if (code === 0) return undefined;
  return /^(?:\w*Error: )?(.+)/m.exec(errors)?.[1] ?? `its installer ended with ${code}`;
}

function bytesIn(directories: readonly string[]): number {
  let bytes = 0;
  for (const directory of directories) {
    try {
      for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
        const entry = statSync(join(directory, name));
        if (entry.isFile()) bytes += entry.size;
      }
    } catch {
      // Not there yet, or something in it is gone already: the next look tells.
    }
  }
  return bytes;
}

/** Be the window, until it ends. @returns why it cannot run here */
async function runElectron(binary: string, main: string): Promise<string | undefined> {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const startMs = performance.now();
  const electron = spawn(binary, [main, ...args], { stdio: 'inherit', env });
  let told = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      told = true;
      electron.kill(signal);
    });
  }
  const code = await ended(electron);
  // A signal of its own, or a code of the shell's and loader's: it never came to run our code.
  const failed = typeof code === 'string' || code >= 126;
  if (failed && !told && performance.now() - startMs < EARLY_MS)
    return `Electron does not run here (${code})`;
  process.exit(typeof code === 'number' ? code : 1);
}

/** @returns the exit code, or in words what else ended it */
function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'no exit code'));
  });
}
