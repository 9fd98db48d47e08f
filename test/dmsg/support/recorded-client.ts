import assert from 'node:assert/strict';
import { BlockOp } from '../../../electron/block/device.ts';
import type { DecodedMessage } from '../../../electron/dmsg/codec.ts';
import { Command, Flag, OpenMode } from '../../../electron/dmsg/constants.ts';
import { commandOf } from '../../../electron/dmsg/header.ts';
import { Link } from '../../../electron/dmsg/link.ts';
import { clientConn } from '../../../electron/dmsg/link-options.ts';
import type { ByteStream } from '../../../electron/stream/byte-stream.ts';
import { Registry } from '../../../electron/xdisk/registry.ts';
import type { Unit } from '../../../electron/xdisk/unit.ts';
import type { UnitUser } from '../../../electron/xdisk/unit-user.ts';
import { has } from './replay.ts';
import { TestRequest } from './request.ts';
import type { Role } from './roles.ts';
import { NotingUser, quiet, within } from './test-link.ts';

const OPS: Readonly<Record<number, BlockOp>> = {
  [Command.BLK_READ]: BlockOp.read,
  [Command.BLK_WRITE]: BlockOp.write,
  [Command.BLK_FLUSH]: BlockOp.flush,
  [Command.BLK_FREEBLKS]: BlockOp.discard,
};

/** Our client in the place of the recorded one: a link, its registry, and what a user does with the disk. */
export class RecordedClient {
  readonly link: Link;
  readonly user = new NotingUser();
  readonly registry = new Registry();
  readonly requests: TestRequest[] = [];
  readonly rejected: string[] = [];
  unit: Unit | undefined;
  device: UnitUser | undefined;
  opening: Promise<void> | undefined;

  constructor(stream: ByteStream, role: Role) {
    const { side, dialect } = role;
    this.user.take = (link, span, transaction) => this.registry.spanOffered(link, span, transaction);
    this.link = new Link(stream, quiet(side, { dialect, conn: clientConn() }), this.user);
  }

  /** Do what made the recorded client send this. */
  async cause(expected: DecodedMessage, endedBefore: boolean): Promise<void> {
    const { body } = expected;
    if (commandOf(expected.cmd) === Command.LNK_PING) this.link.beat(performance.now() + 1e7, false);
    else if (body.kind === 'open') this.#open((body.modes & OpenMode.WRITE) !== 0);
    else if (body.kind === 'range') {
      await this.opening;
      const op = OPS[commandOf(expected.cmd)] as BlockOp;
      const request = new TestRequest(op, body.range.offset, body.range.bytes, expected.payload);
      this.requests.push(request);
      this.device?.submit(request);
    } else if (has(expected, Flag.DELETE) && !has(expected, Flag.REPLY) && !endedBefore) {
      await within(Promise.all(this.requests.map(({ ended }) => ended)), 'the answers');
      await this.device?.close();
    }
  }

  #open(writable: boolean): void {
    const [disk] = this.registry.disks;
    assert.ok(disk !== undefined, 'the span has come');
    this.unit = this.registry.attach(disk, { readOnly: !writable });
    this.opening = this.unit.open('test').then((device) => {
      this.device = device;
    });
  }
}
