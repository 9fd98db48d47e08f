import assert from 'node:assert/strict';
import { type DecodedMessage, decodeMessage } from '../../../electron/dmsg/codec.ts';
import type { Conn } from '../../../electron/dmsg/conn.ts';
import { Command, Flag, Wire } from '../../../electron/dmsg/constants.ts';
import { commandOf } from '../../../electron/dmsg/header.ts';
import type { RawPeer } from './raw-peer.ts';
import { within } from './test-link.ts';
import type { Recording } from './vectors.ts';

/**
 * What plays the recorded peer: called before each of its messages is awaited, to do what caused it.
 * `endedBefore` tells that libdmsg had ended the transaction already.
 */
export type Prompt = (expected: DecodedMessage, endedBefore: boolean) => void | Promise<void>;

export interface ReplayOptions {
  /** Change a recorded message before it is used: for what the engine does otherwise on purpose. */
  adapt?: (message: DecodedMessage, fromLibdmsg: boolean) => DecodedMessage;
  /** Leave out the spans libdmsg offers, and all that belongs to them. */
  withoutSpansOfLibdmsg?: boolean;
}

/** Plays libdmsg's side of one link of a recording towards our engine, and checks what that answers. */
export class Replay {
  readonly messages: readonly { fromLibdmsg: boolean; message: DecodedMessage }[];
  readonly #peer: RawPeer;
  /** The recorded peer's ids, and those our engine has for the same transactions. */
  readonly #ids = new Map<bigint, Promise<bigint>>([[0n, Promise.resolve(0n)]]);
  readonly #pending: Promise<unknown>[] = [];
  /** Sent once libdmsg has introduced itself. */
  #refusal: { cmd: number; msgid: bigint; error: number } | undefined;
  answers = 0;
  /** The recorded peer's introduction, and ours. */
  introductions: readonly [Conn, Conn] | undefined;

  constructor(recording: Recording, peerName: string, peer: RawPeer, options: ReplayOptions = {}) {
    const adapt = options.adapt ?? ((message) => message);
    const all = recording.messages
      .filter((message) => message.peer === peerName)
      .map(({ from, bytes }) => {
        const fromLibdmsg = from === 'libdmsg';
        return { fromLibdmsg, message: adapt(decodeMessage(bytes), fromLibdmsg) };
      });
    const left = new Set(
      all
        .filter(({ fromLibdmsg, message }) => fromLibdmsg && message.body.kind === 'span')
        .map(({ message }) => message.msgid),
    );
    const isLeft = (fromLibdmsg: boolean, message: DecodedMessage): boolean =>
      fromLibdmsg !== has(message, Flag.REVTRANS) && left.has(message.msgid);
    this.messages = all.filter(
      ({ fromLibdmsg, message }) => !(options.withoutSpansOfLibdmsg && isLeft(fromLibdmsg, message)),
    );
    this.#peer = peer;
  }

  /** Transactions the conversation leaves open. */
  get leftOpen(): number {
    const halves = new Map<string, number>();
    for (const { fromLibdmsg, message } of this.messages) {
      if (message.msgid === 0n) continue;
      const key = `${fromLibdmsg !== has(message, Flag.REVTRANS)} ${message.msgid}`;
      halves.set(key, (halves.get(key) ?? 2) - (has(message, Flag.DELETE) ? 1 : 0));
    }
    return [...halves.values()].filter((open) => open > 0).length;
  }

  /** A 2014 libdmsg does not know the other generation's introduction: it refuses it. */
  async refuseIntroduction(): Promise<void> {
    const conn = await within(
      this.#peer.next(({ body }) => body.kind === 'conn'),
      'the first introduction',
    );
    const cmd = Command.LNK_ERROR | Flag.CREATE | Flag.DELETE | Flag.REPLY | Flag.REVTRANS;
    this.#pending.push(this.#peer.next((end) => end.msgid === conn.msgid && has(end, Flag.DELETE)));
    this.#refusal = { cmd, msgid: conn.msgid, error: Wire.NOSUPP };
  }

  async run(prompt: Prompt): Promise<void> {
    const ended = new Set<string>();
    for (const { fromLibdmsg, message } of this.messages) {
      const key = `${fromLibdmsg !== has(message, Flag.REVTRANS)} ${message.msgid}`;
      if (fromLibdmsg) {
        if (has(message, Flag.DELETE)) ended.add(key);
        await this.#send(message);
      } else {
        await prompt(message, ended.has(key));
        const came = this.#await(message);
        // A listener may wait for libdmsg to introduce itself first.
        if (message.body.kind === 'conn') this.#pending.push(came);
        else await came;
      }
    }
    await Promise.all(this.#pending);
    assert.deepEqual(this.#peer.inbox, [], 'the engine said more than the recorded peer');
  }

  async #send(message: DecodedMessage): Promise<void> {
    const msgid = has(message, Flag.REVTRANS) ? await this.#idOf(message.msgid) : message.msgid;
    const circuit = has(message, Flag.REVCIRC) ? await this.#idOf(message.circuit) : message.circuit;
    this.#peer.send({ ...message, msgid, circuit });
    if (message.body.kind !== 'conn' || this.#refusal === undefined) return;
    this.#peer.send(this.#refusal);
    this.#refusal = undefined;
  }

  async #await(expected: DecodedMessage): Promise<void> {
    const opens = has(expected, Flag.CREATE) && !has(expected, Flag.REPLY);
    const theirs = has(expected, Flag.REVTRANS) || expected.msgid === 0n;
    const circuit = has(expected, Flag.REVCIRC) ? expected.circuit : await this.#idOf(expected.circuit);
    const msgid = opens ? undefined : theirs ? expected.msgid : await this.#idOf(expected.msgid);
    const came = within(
      this.#peer.next(
        (message) =>
          message.circuit === circuit &&
          (msgid === undefined ? !has(message, Flag.REPLY) : message.msgid === msgid) &&
          kindOf(message) === kindOf(expected),
      ),
      `message 0x${expected.cmd.toString(16)} of transaction 0x${expected.msgid.toString(16)}`,
    );
    if (opens)
      this.#ids.set(
        expected.msgid,
        came.then((message) => message.msgid),
      );
    const message = await came;
    assert.equal(flagsOf(message), flagsOf(expected));
    assert.equal(message.error, expected.error);
    if (expected.body.kind === 'open') assert.deepEqual(message.body, expected.body);
    if (expected.body.kind === 'range') assert.deepEqual(message.body, expected.body);
    assert.ok(message.payload.subarray(0, expected.payload.length).equals(expected.payload), 'payload');
    if (has(expected, Flag.REPLY)) this.answers++;
    const { body } = expected;
    if (body.kind === 'conn' && message.body.kind === 'conn') {
      this.introductions = [body.conn, message.body.conn];
    }
  }

  #idOf(recorded: bigint): Promise<bigint> {
    const id = this.#ids.get(recorded);
    assert.ok(id !== undefined, `nobody opened 0x${recorded.toString(16)}`);
    return id;
  }
}

export function has(message: DecodedMessage, flag: number): boolean {
  return (message.cmd & flag) !== 0;
}

export function flagsOf(message: DecodedMessage): number {
  return (message.cmd & 0xff000000) >>> 0;
}

/** The command, where the two forms of an answer count as one. */
function kindOf(message: DecodedMessage): number {
  const command = commandOf(message.cmd);
  return command === Command.BLK_ERROR ? Command.LNK_ERROR : command;
}
