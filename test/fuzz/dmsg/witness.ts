import { Command, Flag, OpenMode } from '../../../electron/dmsg/constants.ts';
import { exporterConn } from '../../../electron/dmsg/link-options.ts';
import type { Exporter } from '../../../electron/target/exporter.ts';
import { type Case, holds } from '../support/target.ts';
import type { WatchedMedium } from '../support/watched-medium.ts';
import { type Id, sameId } from './frame.ts';
import { flagged, type Heard } from './hearing.ts';
import { FuzzPeer } from './peer.ts';
import { answerTo, block, conn, open } from './words.ts';

const BYTES = 4096;

/** A well-behaved client of an exporter, on a link of its own: whatever others do there, it is served. */
export class Witness {
  readonly #peer: FuzzPeer;
  readonly #device: Id;

  private constructor(peer: FuzzPeer, device: Id) {
    this.#peer = peer;
    this.#device = device;
  }

  /** Open the first disk an exporter offers. */
  static async open(one: Case, exporter: Exporter): Promise<Witness> {
    const peer = new FuzzPeer(one, { wild: 0, le: true }, { conn: exporterConn() }, exporter);
    peer.stream.late = 0;
    peer.say(conn(peer.newId(), 'current'));
    await Promise.resolve();
    let span: Id | undefined;
    for (const heard of peer.inbox.splice(0)) {
      if (flagged(heard, Flag.REVTRANS) || !flagged(heard, Flag.CREATE)) continue;
      peer.say(answerTo(heard, false));
      if (heard.command === Command.LNK_SPAN) span ??= heard.id;
    }
    holds(span !== undefined, 'the witness is offered nothing');
    const device = peer.newId();
    peer.say(open(device, span, OpenMode.READ));
    await Promise.resolve();
    const answer = peer.inbox.splice(0).find(({ id }) => sameId(id, device));
    holds(answer?.error === 0 && !flagged(answer, Flag.DELETE), 'the witness is not let in');
    return new Witness(peer, device);
  }

  /** Read, and leave. @throws Finding where the answer is missing or wrong */
  async check(medium: WatchedMedium): Promise<void> {
    const peer = this.#peer;
    const id = peer.newId();
    peer.say(block(Command.BLK_READ, id, this.#device, { offset: 0, bytes: BYTES }));
    medium.answer(true);
    await Promise.resolve();
    const answers: Heard[] = peer.inbox.splice(0).filter((heard) => sameId(heard.id, id));
    holds(answers.length === 1, `another link of the exporter has ${answers.length} answers to a read`);
    const [{ error, payload }] = answers as [Heard];
    const expected = medium.bytes.subarray(0, payload.length);
    holds(
      error !== 0 || payload.equals(expected) || payload.length === 0,
      'another link reads something else',
    );
    peer.stream.hangUp();
    peer.checkEnd();
  }
}
