import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const { resolve } = createRequire(import.meta.url);
const manifest = resolve('spandrel/package.json');

/** Which Spandrel this is. */
export interface BuildInfo {
  readonly version: string;
  /** Of the checkout it was built in; null where that was none. */
  readonly commit: string | null;
}

/** What the manifest and the build say. */
export function buildInfo(): BuildInfo {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8')));
  try {
    const text = readFileSync(join(dirname(manifest), 'dist/build.json'), 'utf8');
    return { version, ...z.object({ commit: z.string().nullable() }).parse(JSON.parse(text)) };
  } catch {
    return { version, commit: null };
  }
}
