import type { DecodedMessage } from '../../../electron/dmsg/codec.ts';
import { RawPeer } from './raw-peer.ts';
import type { Prompt } from './replay.ts';
import { eventually, turns } from './test-link.ts';

/** What a conversation was made of. Our side always answers in the same way, so it can be had again. */
export type Step = (
  | { readonly kind: 'prompt'; readonly expected: DecodedMessage; readonly endedBefore: boolean }
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
) & {
  /** How many messages of ours had come before. */
  readonly heard: number;
};

/** Turns in which all that was sent before has arrived: the ids of ours depend on what had ended. */
const SETTLED = 6;

/** A raw peer that notes what it sends. */
export class NotingPeer extends RawPeer {
  readonly steps: Step[] = [];

  override sendBytes(bytes: Uint8Array): void {
    this.steps.push({ kind: 'send', bytes: Uint8Array.from(bytes), heard: this.heard });
    super.sendBytes(bytes);
  }

  /** Note what is prompted too. */
  noting(prompt: Prompt): Prompt {
    return async (expected, endedBefore) => {
      await turns(SETTLED);
      this.steps.push({ kind: 'prompt', expected, endedBefore, heard: this.heard });
      return prompt(expected, endedBefore);
    };
  }
}

/** How many bytes libdmsg sends. */
export function bytesOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === 'send' ? step.bytes.length : 0), 0);
}

/** Have a conversation again, up to so many bytes of libdmsg. @returns whether that is the end of a message */
export async function repeat(
  steps: readonly Step[],
  peer: RawPeer,
  prompt: Prompt,
  bytes: number,
): Promise<boolean> {
  let left = bytes;
  for (const step of steps) {
    await eventually(() => peer.heard >= step.heard, `message ${step.heard} of ours`);
    if (step.kind === 'prompt') {
      await turns(SETTLED);
      await prompt(step.expected, step.endedBefore);
    } else {
      if (left === 0) return true;
      peer.sendBytes(step.bytes.subarray(0, left));
      if (left < step.bytes.length) return false;
      left -= step.bytes.length;
    }
  }
  return true;
}
