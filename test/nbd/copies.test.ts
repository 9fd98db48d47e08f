import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { NbdClient } from '../../electron/nbd/client.ts';
import { HandshakeChannel } from '../../electron/nbd/handshake-channel.ts';
import { memoryPair } from '../dmsg/support/memory-stream.ts';
import { copiedBytes } from '../stream/support/count-copies.ts';
import { chunk, exportInfo, GREETING, reply } from './fake-server.ts';
import { u64 } from './raw.ts';
import { TestRequest } from './requests.ts';

/** Bytes that arrive one at a time are copied a few times each, not once for each that follows. */

const BYTES = 65_536;
/** The stream puts each in its place, whoever takes it moves it on, and buffers double: the rest is room. */
const COPIES = 10;

test('an option in single bytes is copied a few times', async () => {
  const [here, there] = memoryPair();
  here.readBytes = 1;
  const copied = await copiedBytes(async () => {
    const channel = new HandshakeChannel(here);
    there.start({ target: () => new Uint8Array(1), received: () => {}, closed: () => {} });
    there.write([Buffer.alloc(BYTES, 7)], () => {});
    assert.equal((await channel.take(BYTES)).length, BYTES);
  });
  assert.ok(copied >= BYTES && copied < COPIES * BYTES, `${copied} bytes copied of ${BYTES}`);
});

test('the answer to a read in single bytes is copied a few times', async () => {
  const [here, there] = memoryPair();
  there.start({ target: () => new Uint8Array(4096), received: () => {}, closed: () => {} });
  const send = (...bytes: Uint8Array[]): void => there.write(bytes, () => {});
  send(GREETING, reply(8, 1), reply(7, 3, exportInfo(1n << 20n, 0x0ed)), reply(7, 1));
  const client = await NbdClient.over(here, 'disk', 'test');
  here.readBytes = 1;
  const request = new TestRequest(BlockOp.read, 0, BYTES, Buffer.alloc(BYTES));
  client.submit(request);
  const copied = await copiedBytes(async () => {
    send(chunk(u64(0n), 1, true, u64(0n), Buffer.alloc(BYTES, 7)));
    assert.equal(await request.over, null);
  });
  assert.ok(copied >= BYTES && copied < COPIES * BYTES, `${copied} bytes copied of ${BYTES}`);
  here.destroy();
});
