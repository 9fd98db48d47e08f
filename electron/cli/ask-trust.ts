import { createInterface } from 'node:readline/promises';
import { HostError } from '../host/host-error.ts';
import { type LinkSetup, openStream, protectionAt } from '../host/link-setup.ts';
import { TrustError } from '../host/trust/trust.ts';
import { type Address, formatAddress } from '../stream/address.ts';
import type { Output } from './output.ts';

/** Whoever answers neither yes nor no so often has said no. */
const QUESTIONS = 3;

/**
 * Ask whoever sits at the terminal about the keys of peers that are not known yet, before anything is done with
 * them. Where nobody sits there, and of peers that do not answer now, nothing is asked: they are refused later,
 * with the words that tell the key and how to vouch for it.
 * @throws HostError `cancelled` on Ctrl-C
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
  // Without these readline closes and answers nothing, and the process ends as if all were well.
  const left = new Promise<string>((resolve, reject) => {
    terminal.once('SIGINT', () => reject(new HostError('cancelled', 'cancelled')));
    terminal.once('close', () => resolve('no'));
  });
  // Heard of only while a question is open.
  left.catch(() => {});
  let question =
    `${peer} has a key that is not known here:\n  ${fingerprint}\n` +
    'Compare it with what "spandrel keygen" prints on that machine. Is it the same (yes/no)? ';
  try {
    for (let asked = 0; asked < QUESTIONS; asked++) {
      const answer = await Promise.race([terminal.question(question), left]);
      const word = answer.trim().toLowerCase();
      if (word === 'yes' || word === 'no') return word === 'yes';
      question = 'Type yes or no: ';
    }
    return false;
  } finally {
    terminal.close();
  }
}
