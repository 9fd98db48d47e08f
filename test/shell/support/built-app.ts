import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const STAND_IN = join(ROOT, 'test/shell/stand-in');

/** A page that does no more than keep what it hears. */
const INDEX = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Spandrel</title>
    <script>window.inlineRan = true;</script>
    <script type="module" src="/main.js"></script>
  </head>
  <body><h1>Test page</h1></body>
</html>
`;
const MAIN = `
try {
  (0, eval)('window.evalRan = true');
} catch {}
window.heard = [];
window.spandrel.subscribe((message) => {
  heard[heard.length] = message;
});
window.spandrel.send({ id: 1, command: 'session.hello', input: {} });
`;

/** The app as the build makes it, in a folder of its own, with the stand-in beside it. */
export interface BuiltApp {
  readonly folder: string;
  readonly main: string;
  readonly start: string;
  readonly scriptedHost: string;
}

/**
 * Compile the app as it is now.
 * @param pages `minimal`: a page of a few lines; `real`: that of the package, bundled
 */
export async function buildApp(
  scope: { after(end: () => void): void },
  pages: 'minimal' | 'real' = 'minimal',
): Promise<BuiltApp> {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-shell-'));
  scope.after(() => rmSync(folder, { recursive: true, force: true }));
  const dist = join(folder, 'dist');
  for (const name of ['package.json', 'build/window']) {
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(
    process.execPath,
    [compiler, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', dist],
    { encoding: 'utf8' },
  );
  const main = join(dist, 'electron/main.js');
  if (!existsSync(main)) throw new Error(`the app does not compile:\n${stdout}`);
  await Promise.all([
    bundlePreload(dist),
    bundleStandIn(join(folder, 'stand-in')),
    makePages(join(dist, 'renderer'), pages),
  ]);
  return {
    folder,
    main,
    start: join(folder, 'stand-in/start.js'),
    scriptedHost: pathToFileURL(join(folder, 'stand-in/scripted-host.js')).href,
  };
}

function bundlePreload(dist: string): Promise<unknown> {
  return build({
    entryPoints: [join(ROOT, 'electron/preload.ts')],
    outfile: join(dist, 'electron/preload.cjs'),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: ['electron'],
    logLevel: 'warning',
  });
}

/** For plain Node: what is compiled must not need a loader for TypeScript. */
async function bundleStandIn(outdir: string): Promise<void> {
  const common = { outdir, bundle: true, logLevel: 'warning', target: 'node20' } as const;
  await build({
    ...common,
    entryPoints: ['electron.ts', 'start.ts'].map((name) => join(STAND_IN, name)),
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  await build({
    ...common,
    entryPoints: [join(ROOT, 'test/shell/support/scripted-host.ts')],
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  await build({
    ...common,
    entryPoints: ['main-world.ts', 'isolated-world.ts'].map((name) => join(STAND_IN, name)),
    format: 'iife',
    platform: 'browser',
    target: 'chrome130',
  });
}

async function makePages(folder: string, pages: 'minimal' | 'real'): Promise<void> {
  if (pages === 'real') {
    cpSync(join(ROOT, 'dist/renderer'), folder, { recursive: true });
    return;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.html'), INDEX);
  writeFileSync(join(folder, 'main.js'), MAIN);
}
