import { readBlkBytes, readBlkOffset } from '../../../electron/dmsg/blk.ts';
import { Command, Flag, HEADER_BYTES, OpenMode } from '../../../electron/dmsg/constants.ts';
import type { Dialect } from '../../../electron/dmsg/dialect.ts';
import { commandOf, Off } from '../../../electron/dmsg/header.ts';
import { readSpan } from '../../../electron/dmsg/span.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { rangeOn } from '../support/range.ts';
import { holds } from '../support/target.ts';
import { type Frame, getId, type Id, NO_ID, viewOf } from './frame.ts';
import { flagged, type Heard, keyOf } from './hearing.ts';
import type { FuzzPeer } from './peer.ts';
import { recordedFrame } from './recorded.ts';
import { answerTo, block, conn, end, open, span } from './words.ts';

const PAYLOAD = Buffer.alloc(1 << 20, 0x41);
const SECTOR = 512;

/** A span offered to the client. */
interface Offered {
  readonly id: Id;
  readonly serial: string;
  readonly sizeBytes: number;
}

/** What was asked, by the key of its transaction's id. */
interface Asked {
  readonly bytes: number;
  /** Of the disk asked; undefined where it cannot be told. */
  readonly serial: string | undefined;
}

const CHANGING = new Set<number>([Command.BLK_WRITE, Command.BLK_FREEBLKS]);
const CARRIED = new Set<number>([Command.BLK_READ, ...CHANGING]);
/** The payload of a fence's answer. */
const FENCE_BYTES = 64;

/** A client of disks that knows the protocol, to break it: everything it says is to be changed by its peer. */
export class HostileClient {
  readonly peer: FuzzPeer;
  /** Sectors some write or discard was meant for, as the fuzzer said it. */
  readonly #touched: Uint8Array;
  readonly #random: Random;
  readonly #spans: Offered[] = [];
  readonly #opening = new Map<number, { readonly id: Id; readonly of: Offered }>();
  readonly #devices: { readonly id: Id; readonly of: Offered }[] = [];
  readonly #asked = new Map<number, Asked>();
  /** The disk each open is of; undefined where an id was used twice. */
  readonly #serials = new Map<number, string | undefined>();
  readonly #fence = { client: '0123456789abcdef0123456789abcdef', epoch: 1 };
  readonly #foreign: ((serial: string) => Buffer) | undefined;
  /**
   * @param foreign what must not stand in data read of a serial: content of other units; without it data is
   * not looked at, as behind a router it is what a hostile exporter says
   */
  constructor(peer: FuzzPeer, random: Random, touched: Uint8Array, foreign?: (serial: string) => Buffer) {
    this.peer = peer;
    this.#random = random;
    this.#touched = touched;
    this.#foreign = foreign;
    peer.emitted = (frame) => this.#note(frame);
  }

  introduce(dialect: Dialect): void {
    this.peer.say(conn(this.peer.newId(), dialect));
  }

  /** Hear what came, and answer what asks for it. */
  listen(): void {
    for (const heard of this.peer.inbox.splice(0)) this.#hear(heard);
  }

  /** Say something. */
  act(): void {
    const random = this.#random;
    const { peer } = this;
    const device = this.#devices.length === 0 ? undefined : random.pick(this.#devices);
    const kind = random.next();
    if (device === undefined || kind < 0.06) {
      if (this.#spans.length > 0) this.#open(random.pick(this.#spans));
      else peer.say({ cmd: Command.LNK_PING });
    } else if (kind < 0.74) this.#ask(device);
    else if (kind < 0.78) {
      this.#devices.splice(this.#devices.indexOf(device), 1);
      peer.say(end(device.id, device.of.id, Flag.REVCIRC | (random.chance(0.2) ? Flag.ABORT : 0)));
    } else if (kind < 0.82) peer.say({ cmd: Command.LNK_PING | (random.chance(0.5) ? Flag.REPLY : 0) });
    else if (kind < 0.86)
      peer.say({ cmd: Command.DBG_SHELL | Flag.REPLY, payload: Buffer.from('a\x1b[2Jtext\n') });
    else if (kind < 0.9) this.#offer();
    else if (kind < 0.94) this.#nest(device.id);
    else peer.send(recordedFrame(random, peer.ids));
  }

  #hear(heard: Heard): void {
    const random = this.#random;
    const { peer } = this;
    if ((heard.id.low | heard.id.high) === 0) return;
    if (!flagged(heard, Flag.REVTRANS)) {
      peer.ids.push(heard.id);
      if (flagged(heard, Flag.CREATE) && heard.command === Command.LNK_SPAN) {
        const view = new DataView(heard.bytes.buffer, heard.bytes.byteOffset, heard.bytes.length);
        const { pfsLabel, sizeBytes } = readSpan(view, 0, heard.le);
        this.#spans.push({ id: heard.id, serial: pfsLabel, sizeBytes: Number(sizeBytes) });
        peer.say(answerTo(heard, random.chance(0.03)));
      } else if (flagged(heard, Flag.CREATE)) peer.say(answerTo(heard, random.chance(0.01)));
      else if (flagged(heard, Flag.DELETE) && random.chance(0.8)) peer.say(answerTo(heard, true, 0, false));
      return;
    }
    const key = keyOf(heard.id);
    const opening = this.#opening.get(key);
    if (opening !== undefined && !flagged(heard, Flag.DELETE) && heard.error === 0) {
      this.#opening.delete(key);
      this.#devices.push(opening);
    }
    const asked = this.#asked.get(key);
    if (asked !== undefined && heard.payload.length > 0) this.#data(asked, heard);
  }

  /** Data of a read: no more than was asked, and of this unit. */
  #data({ bytes, serial }: Asked, { payload }: Heard): void {
    if (this.#foreign === undefined) return;
    holds(payload.length <= Math.max(bytes, FENCE_BYTES), `${payload.length} bytes for a read of ${bytes}`);
    if (serial === undefined) return;
    holds(payload.indexOf(this.#foreign(serial)) < 0, `a read of ${serial} has the content of another unit`);
  }

  #open(of: Offered): void {
    const random = this.#random;
    const id = this.peer.newId();
    this.#opening.set(keyOf(id), { id, of });
    const modes = random.pick([
      OpenMode.READ,
      OpenMode.READ | OpenMode.WRITE,
      OpenMode.READ | OpenMode.WRITE,
      0xff,
    ]);
    if (random.chance(0.7)) this.peer.say(open(id, of.id, modes));
    else {
      this.#fence.epoch += random.pick([1, 1, 1, 0, -1]);
      this.peer.say(open(id, of.id, modes, this.#fence));
    }
  }

  #ask({ id: device, of }: { readonly id: Id; readonly of: Offered }): void {
    const random = this.#random;
    const { peer } = this;
    const id = random.chance(0.95) || peer.ids.length === 0 ? peer.newId() : random.pick(peer.ids);
    const command = random.pick([
      Command.BLK_READ,
      Command.BLK_READ,
      Command.BLK_WRITE,
      Command.BLK_WRITE,
      Command.BLK_FLUSH,
      Command.BLK_FREEBLKS,
    ]);
    const range = rangeOn(of.sizeBytes, random);
    if (command === Command.BLK_WRITE) {
      const length = random.chance(0.95) ? Math.min(range.bytes, 128 << 10) : random.integer(0, 4096);
      peer.say(block(command, id, device, range, PAYLOAD.subarray(0, length)));
    } else peer.say(block(command, id, device, range));
    if (random.chance(0.03)) peer.say(end(id, device));
  }

  /** Offer a span, as no client does. */
  #offer(): void {
    const sizeBytes = this.#random.pick([0n, 1n << 20n, 2n ** 64n - 1n]);
    const distance = this.#random.pick([0, 1, 15, 16, 0xffff, 0x10000]);
    this.peer.say(span(this.peer.newId(), { serial: 'FUZZ', sizeBytes, blockBytes: 512, distance }));
  }

  /** Transactions stacked deep, of any command. */
  #nest(device: Id): void {
    let circuit = device;
    for (let depth = this.#random.integer(1, 10); depth > 0 && !this.peer.over; depth--) {
      const id = this.peer.newId();
      const command = this.#random.pick([
        Command.BLK_OPEN,
        Command.BLK_READ,
        Command.LNK_SPAN,
        Command.BLK_CLOSE,
      ]);
      this.peer.say({ cmd: command | Flag.CREATE, id, circuit: this.#random.chance(0.9) ? circuit : NO_ID });
      circuit = id;
    }
  }

  /** Note what a frame asks, as it goes out. */
  #note(frame: Frame): void {
    const { bytes, le } = frame;
    if (bytes.length < 2 * HEADER_BYTES) return;
    const view = viewOf(frame);
    const command = commandOf(view.getUint32(Off.cmd, le));
    const key = keyOf(getId(view, Off.msgid, le));
    const circuit = keyOf(getId(view, Off.circuit, le));
    if (command === Command.BLK_OPEN) {
      this.#serials.set(key, this.#serials.has(key) ? undefined : this.#serialOfSpan(circuit));
    } else if (CARRIED.has(command)) {
      const asked = this.#asked.get(key);
      const serial = this.#serials.get(circuit);
      const length = readBlkBytes(view, 0, le);
      this.#asked.set(key, {
        bytes: Math.max(asked?.bytes ?? 0, length),
        serial: asked !== undefined && asked.serial !== serial ? undefined : serial,
      });
      if (CHANGING.has(command)) this.#touch(readBlkOffset(view, 0, le), length);
    }
  }

  #serialOfSpan(key: number): string | undefined {
    return this.#spans.find(({ id }) => keyOf(id) === key)?.serial;
  }

  #touch(offset: number, bytes: number): void {
    const sectors = this.#touched.length;
    if (offset >= sectors * SECTOR) return;
    this.#touched.fill(
      1,
      Math.floor(offset / SECTOR),
      Math.min(sectors, Math.ceil((offset + bytes) / SECTOR)),
    );
  }
}
