import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles what runs in the window: the page, and Electron's preload script, which in its sandbox can load
 * no other file; and notes the commit. Everything else is compiled by tsc.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}dist/renderer`;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([
  build({
    entryPoints: [`${root}renderer/main.tsx`],
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['chrome130', 'firefox128', 'safari18'],
    jsx: 'automatic',
    minify: true,
    sourcemap: true,
    // A strict content security policy forbids what development builds of React need.
    define: { 'process.env.NODE_ENV': '"production"' },
    chunkNames: 'chunk-[hash]',
    legalComments: 'linked',
    logLevel: 'warning',
  }),
  build({
    entryPoints: [`${root}electron/preload.ts`],
    outfile: `${root}dist/electron/preload.cjs`,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    external: ['electron'],
    logLevel: 'warning',
  }),
  writeFile(`${root}dist/build.json`, `${JSON.stringify({ commit: commit() })}\n`),
  copyFile(`${root}renderer/index.html`, `${out}/index.html`),
  copyFile(`${root}renderer/icon.svg`, `${out}/icon.svg`),
]);

/** The commit of the checkout; null where this is none. */
function commit(): string | null {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : null;
}
