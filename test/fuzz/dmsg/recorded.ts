import { MAGIC } from '../../../electron/dmsg/constants.ts';
import { Off } from '../../../electron/dmsg/header.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { ALL_RECORDINGS } from '../../dmsg/support/vectors.ts';
import { type Frame, type Id, setId, viewOf } from './frame.ts';

/** What libdmsg and its peers said in recorded conversations, one link of one recording each, in order. */
const LINKS: readonly (readonly { readonly fromLibdmsg: boolean; readonly bytes: Buffer }[])[] =
  ALL_RECORDINGS.flatMap(({ messages }) =>
    [...new Set(messages.map(({ peer }) => peer))].map((name) =>
      messages
        .filter(({ peer }) => peer === name)
        .map(({ from, bytes }) => ({ fromLibdmsg: from === 'libdmsg', bytes })),
    ),
  );
const ALL = LINKS.flat();

function copyOf(bytes: Buffer): Frame {
  return { bytes: Buffer.from(bytes), le: bytes.readUInt16LE(0) === MAGIC };
}

/** A recorded message, mostly with ids that mean something here. */
export function recordedFrame(random: Random, ids: readonly Id[]): Frame {
  const frame = copyOf(random.pick(ALL).bytes);
  if (ids.length === 0 || random.chance(0.2)) return frame;
  const view = viewOf(frame);
  if (random.chance(0.5)) setId(view, Off.msgid, random.pick(ids), frame.le);
  if (random.chance(0.7)) setId(view, Off.circuit, random.pick(ids), frame.le);
  return frame;
}

/** One side of a recorded conversation. */
export function recordedSide(random: Random): Frame[] {
  const fromLibdmsg = random.chance(0.5);
  return random
    .pick(LINKS)
    .filter((message) => message.fromLibdmsg === fromLibdmsg)
    .map(({ bytes }) => copyOf(bytes));
}
