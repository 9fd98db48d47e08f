import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMessage } from '../../electron/dmsg/codec.ts';
import { Command } from '../../electron/dmsg/constants.ts';
import { MessageReader } from '../../electron/dmsg/message-reader.ts';
import { copiedBytes } from '../stream/support/count-copies.ts';
import { Delivery, KeepingSink } from './support/deliver.ts';
import { fields } from './support/fields.ts';

/** A payload that arrives one byte at a time is copied a few times, not once for each byte that follows. */

const BYTES = 65_536;
/** The test itself puts each byte in its place and keeps the payload; the rest is room. */
const COPIES = 8;

test('a message in single bytes is copied a few times', async () => {
  const sink = new KeepingSink();
  const reader = new MessageReader(sink, BYTES);
  const delivery = new Delivery(reader);
  const message = encodeMessage(fields({ cmd: Command.DBG_SHELL, payload: Buffer.alloc(BYTES, 7) }));
  const copied = await copiedBytes(() => {
    for (let at = 0; at < message.length; at++) delivery.piece(message.subarray(at, at + 1));
  });
  assert.equal(sink.kept.length, 1);
  assert.ok(copied >= BYTES && copied < COPIES * BYTES, `${copied} bytes copied of ${BYTES}`);
  reader.stop();
});
