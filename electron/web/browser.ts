import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../host/atomic-file.ts';

const FILE = 'open-browser.html';

/** What tells whether there is somebody in front of a screen of this machine. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number | undefined;
}

/** Why no browser can be opened here; undefined where one can. */
export function noBrowserBecause({ platform, env, uid }: Surroundings = surroundings()): string | undefined {
  if (env.SSH_CONNECTION || env.SSH_CLIENT || env.SSH_TTY) return 'this is a remote login';
  if (platform === 'darwin' || platform === 'win32') return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
  // The display is another user's, and browsers do not run as root.
  if (uid === 0) return 'Spandrel runs as root';
  return undefined;
}

/**
 * Open the user's browser at a URL that has a secret. The arguments of programs are for all users to see, so
 * the browser is given a file instead, which only its user can read and which leads on.
 * @param directory where the file may stand
 * @param open shows a file in the program for it
 */
export async function openBrowser(url: string, directory: string, open: (file: string) => Promise<unknown>) {
  const file = join(directory, FILE);
  const target = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const html =
    '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Spandrel</title>' +
    `<meta http-equiv="refresh" content="0; url=${target}"><a href="${target}">Spandrel</a>\n`;
  replaceFile(file, html, false);
  await open(file);
}

/** Remove the file of `openBrowser`: the token in it is good for ten minutes at most, and now for nothing. */
export function forgetBrowserFile(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
}

function surroundings(): Surroundings {
  return { platform: process.platform, env: process.env, uid: process.getuid?.() };
}
