import { createInterface } from 'node:readline/promises';
import { type LinkSetup, openStream, protectionAt } from '../host/link-setup.ts';
import { TrustError } from '../host/trust/trust.ts';
import { type Address, formatAddress } from '../stream/address.ts';
import type { Output } from './output.ts';

/**
 * Ask whoever sits at the terminal about the keys of peers that are not known yet, before anything is done with
 * them. Where nobody sits there, and of peers that do not answer now, nothing is asked: they are refused later,
 * with the words that tell the key and how to vouch for it.
 */
export async function askAboutKeys(
  setup: LinkSetup,
  peers: readonly Address[],
  output: Output,
): Promise<void> {
  const { trust } = setup;
  if (trust === undefined || output.json || !process.stdin.isTTY || !process.stderr.isTTY) return;
  for (const peer of peers) {
    if (protectionAt(setup, peer) !== 'tls') continue;
    try {
      (await openStream(setup, peer)).destroy();
    } catch (error) {
      if (!(error instanceof TrustError) || error.code !== 'unknown') continue;
      if (await confirmed(formatAddress(peer), error.fingerprint)) {
        trust.known.pin(formatAddress(peer), error.fingerprint);
      }
    }
  }
}

async function confirmed(peer: string, fingerprint: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `${peer} has a key that is not known here:\n  ${fingerprint}\n` +
        'Compare it with what "spandrel keygen" prints on that machine. Is it the same (yes/no)? ',
    );
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    terminal.close();
  }
}
