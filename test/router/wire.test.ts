import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, Flag, Wire } from '../../electron/dmsg/constants.ts';
import { commandOf } from '../../electron/dmsg/header.ts';
import { Random } from '../dmsg/support/random.ts';
import { sharedExportOf, startExporter } from '../target/support/exporter-node.ts';
import { Net } from '../target/support/net.ts';
import { answered, RawClient } from '../target/support/raw-client.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { RawExporter } from '../xdisk/support/raw-exporter.ts';
import { RouterNode } from './support/router-node.ts';

const RANGE = {
  keyidLow: 0xfedc_ba98,
  keyidHigh: 0x7654_3210,
  offset: 2 ** 40 + 512,
  bytes: 100,
  flags: 0x1234_5678,
};

for (const littleEndian of [true, false]) {
  const order = littleEndian ? 'little-endian' : 'big-endian';

  test(`${order} messages pass unharmed, with ids of the other link`, async (t) => {
    const random = new Random();
    const net = new Net(t);
    const exporter = await RawExporter.start(t);
    const router = await RouterNode.start(net);
    await router.dial(exporter.address);
    const client = await RawClient.connect(t, router.address, { littleEndian });
    // So that the ids are not the same by chance.
    const shift = client.create(Command.LNK_PING, { kind: 'none' });
    await client.answer(shift);
    const { msgid: span } = await client.span();
    const opening = client.open(span);
    const session = await exporter.open();
    const { id } = await opening;
    assert.notEqual(id, session.id);

    for (const length of [0, 1, 64, 100, 16_384, 16_448, 65_536, 65_537, 1 << 20]) {
      const payload = random.bytes(length);
      const odd = {
        reserved: 0xbeef,
        linkVerifier: 0x0123_4567_89ab_cdefn,
        auxDescr: 0xfeed_face_cafe_f00dn,
        reserved2: 0xdead_1234,
        rest: random.bytes(64).fill(0, 0, 24), // reserved bytes of the extended header
      };
      const msgid = 0x77_0000_0000n + BigInt(length);
      client.send({
        cmd: Command.BLK_WRITE | Flag.CREATE | Flag.DELETE,
        msgid,
        circuit: id,
        body: { kind: 'range', range: RANGE },
        payload,
        ...odd,
      });
      const got = await session.next(Command.BLK_WRITE);
      assert.equal(got.littleEndian, littleEndian);
      assert.equal(got.circuit, session.id);
      assert.notEqual(got.msgid, msgid);
      assert.ok(got.payload.equals(payload), `${length} bytes`);
      assert.ok(got.rest.equals(odd.rest));
      assert.deepEqual(got.body, { kind: 'range', range: RANGE });
      assert.deepEqual(
        [got.reserved, got.linkVerifier, got.auxDescr, got.reserved2],
        [odd.reserved, odd.linkVerifier, odd.auxDescr, odd.reserved2],
      );

      const answer = random.bytes(length);
      const told = { keyidLow: 1, keyidHigh: 2, residual: 3, text: 'told' };
      await session.answer(got.msgid, {
        littleEndian: !littleEndian,
        cmd: Command.BLK_ERROR,
        error: Wire.IO,
        body: { kind: 'error', error: told },
        payload: answer,
        auxDescr: 5n,
      });
      const back = await client.answer(msgid);
      assert.deepEqual([back.littleEndian, back.circuit, back.auxDescr], [!littleEndian, id, 5n]);
      const { command, last, error, body, payload: found } = answered(back);
      assert.deepEqual([command, last, error], [Command.BLK_ERROR, true, Wire.IO]);
      assert.deepEqual(body, { kind: 'error', error: told });
      assert.ok(found.equals(answer));
    }
  });

  test(`${order}: commands nobody knows are relayed whole`, async (t) => {
    const random = new Random();
    const net = new Net(t);
    const exporter = await RawExporter.start(t);
    const router = await RouterNode.start(net);
    await router.dial(exporter.address);
    const client = await RawClient.connect(t, router.address, { littleEndian });
    const opening = client.open((await client.span()).msgid);
    const session = await exporter.open();
    const { id } = await opening;
    for (const units of [1, 2, 7, 32]) {
      const command = 0x0050_7700 | units;
      const header = random.bytes((units - 1) * 64);
      const body = units === 1 ? ({ kind: 'none' } as const) : ({ kind: 'raw', header } as const);
      const asked = client.create(command, body, { circuit: id, payload: random.bytes(10) });
      const got = await session.next(command);
      assert.deepEqual(got.body, body);
      assert.equal(got.payload.length, 10);
      assert.equal(got.cmd & Flag.DELETE, 0);
      await session.answer(got.msgid, { error: 0x99 });
      assert.equal((await client.answer(asked)).error, 0x99);
      client.send({ cmd: Command.LNK_ERROR | Flag.DELETE, msgid: asked, circuit: id, error: 0x55 });
    }
  });

  test(`${order}: a client works with our exporter, beside a router and behind it`, async (t) => {
    const net = new Net(t);
    const medium = new TestMedium(1 << 20);
    const { address } = await startExporter(net, [sharedExportOf(medium)]);
    const router = await RouterNode.start(net);
    await router.dial(address);
    for (const [i, to] of [address, router.address].entries()) {
      const client = await RawClient.connect(t, to, { littleEndian });
      const { msgid, span } = await client.span();
      assert.deepEqual([span.distance, span.sizeBytes, span.peerLabel], [i, 1n << 20n, 'host/disk']);
      const { id } = await client.open(msgid);
      const payload = Buffer.alloc(65_536, i + 1);
      assert.equal(
        (await client.run(id, Command.BLK_WRITE, { offset: 4096, bytes: 65_536, payload })).error,
        0,
      );
      assert.ok(medium.content.subarray(4096, 69_632).equals(payload));
      const { payload: found } = await client.run(id, Command.BLK_READ, { offset: 4096, bytes: 65_536 });
      assert.ok(found.equals(payload));
      const refused = await client.run(id, Command.BLK_READ, { offset: 1 << 20, bytes: 512, keyidLow: 5 });
      assert.equal(commandOf(refused.cmd), Command.BLK_ERROR);
      assert.equal(refused.body.kind === 'error' && refused.body.error.keyidLow, 5);
    }
  });
}
