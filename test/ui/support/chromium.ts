import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

/** Debian's Chromium, or another one SPANDREL_CHROMIUM names. */
const CHROMIUM = process.env.SPANDREL_CHROMIUM ?? '/usr/bin/chromium';

/** What Chromium is started with where it may not call anybody. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** For the `skip` of a test: the reason where there is no Chromium, else false. */
export const withoutChromium: string | false =
  !existsSync(CHROMIUM) && `not installed: ${CHROMIUM} (SPANDREL_CHROMIUM names another one)`;

export function launch(...more: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...ARGS, ...more] });
}
