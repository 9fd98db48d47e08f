import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockError } from '../../electron/block/error.ts';
import type { BlkError } from '../../electron/dmsg/blk.ts';
import { Command, Flag, OpenMode, Wire } from '../../electron/dmsg/constants.ts';
import type { Dialect } from '../../electron/dmsg/dialect.ts';
import { until } from '../block/support/until.ts';
import { type ExporterNode, exportOf, startExporter } from './support/exporter-node.ts';
import { IDLE_TRANSACTIONS, Net } from './support/net.ts';
import { type Asked, answered, RawClient } from './support/raw-client.ts';
import { TestMedium } from './support/test-medium.ts';

const SIZE = 1 << 20;

interface Setup {
  readonly node: ExporterNode;
  readonly client: RawClient;
  readonly span: bigint;
}

async function withClient(t: TestContext, medium: TestMedium, dialect: Dialect = 'current'): Promise<Setup> {
  const node = await startExporter(new Net(t), [exportOf(medium)]);
  const client = await RawClient.connect(t, node.address, { dialect });
  const { msgid } = await client.span();
  return { node, client, span: msgid };
}

const media: [string, () => TestMedium][] = [
  ['synchronous', () => new TestMedium(SIZE, { synchronous: true })],
  ['asynchronous', () => new TestMedium(SIZE)],
];

for (const [kind, make] of media) {
  test(`${kind}: every command`, async (t) => {
    const medium = make();
    const { node, client, span } = await withClient(t, medium);
    const { id } = await client.open(span);
    for (const bytes of [512, 16_384, 16_896, 65_536]) {
      const payload = Buffer.alloc(bytes, bytes >> 9);
      const written = answered(await client.run(id, Command.BLK_WRITE, { offset: 4096, bytes, payload }));
      assert.deepEqual([written.command, written.last, written.error], [Command.LNK_ERROR, true, 0]);
      assert.equal(written.payload.length, 0);
      assert.ok(medium.content.subarray(4096, 4096 + bytes).equals(payload));
      const found = answered(await client.run(id, Command.BLK_READ, { offset: 4096, bytes }));
      assert.deepEqual([found.last, found.error], [true, 0]);
      assert.ok(found.payload.equals(payload));
    }
    assert.equal((await client.run(id, Command.BLK_FLUSH, { offset: 77, bytes: 3 })).error, 0);
    assert.equal((await client.run(id, Command.BLK_FREEBLKS, { offset: 4096, bytes: 65_536 })).error, 0);
    assert.deepEqual(medium.log.slice(-2), ['2 0 0', '3 4096 65536']);
    // All zeros: answered with nothing.
    for (const bytes of [512, 65_536, SIZE]) {
      const hole = answered(await client.run(id, Command.BLK_READ, { bytes }));
      assert.deepEqual([hole.error, hole.payload.length], [0, 0]);
    }
    medium.content[65_536] = 1;
    assert.equal(answered(await client.run(id, Command.BLK_READ, { bytes: 131_072 })).payload[65_536], 1);
    client.send({ cmd: Command.LNK_ERROR | Flag.DELETE | Flag.REVCIRC, msgid: id, circuit: span });
    assert.ok(answered(await client.answer(id)).last);
    assert.equal(node.links[0]?.mux.size, IDLE_TRANSACTIONS + 1);
  });

  test(`${kind}: what is out of range does not reach the medium`, async (t) => {
    const medium = make();
    const { client, span } = await withClient(t, medium);
    const { id } = await client.open(span);
    const ranges: Asked[] = [
      { offset: SIZE, bytes: 512 },
      { offset: SIZE - 512, bytes: 1024 },
      { offset: 1, bytes: 512 },
      { offset: 512, bytes: 511 },
      { offset: 2 ** 53, bytes: 512 },
      { offset: 2 ** 63, bytes: 512 },
      { offset: 2 ** 64 - 2048, bytes: 4096 },
      { offset: 0, bytes: 0xffff_fe00 },
      { offset: 0, bytes: 0xffff_ffff },
    ];
    for (const command of [Command.BLK_READ, Command.BLK_WRITE, Command.BLK_FREEBLKS]) {
      for (const range of ranges) {
        const payload =
          command === Command.BLK_WRITE ? Buffer.alloc(Math.min(range.bytes ?? 0, 4096)) : Buffer.alloc(0);
        const marks = { keyidLow: 0x1234_5678, keyidHigh: 0x9abc_def0 };
        const {
          command: kind,
          last,
          error,
          body,
        } = answered(await client.run(id, command, { ...range, ...marks, payload }));
        assert.deepEqual([kind, last, error], [Command.BLK_ERROR, true, Wire.PARAM], JSON.stringify(range));
        const told = (body as { error: BlkError }).error;
        assert.deepEqual([told.keyidLow, told.keyidHigh], [0x1234_5678, 0x9abc_def0]);
        assert.equal(told.residual, range.bytes);
        assert.match(told.text, /^range: /);
      }
    }
    for (const [bytes, given] of [
      [512, 0],
      [512, 1024],
      [1024, 512],
      [0, 512],
    ] as const) {
      const { error } = await client.run(id, Command.BLK_WRITE, { bytes, payload: Buffer.alloc(given) });
      assert.equal(error, Wire.PARAM, `${given} bytes for ${bytes}`);
    }
    assert.deepEqual(medium.log, []);
    assert.equal((await client.run(id, Command.BLK_READ, { bytes: 0 })).error, 0);
  });

  test(`${kind}: errors of the medium, with what was not done`, async (t) => {
    const medium = make();
    const { client, span } = await withClient(t, medium);
    const { id } = await client.open(span);
    for (const [code, wire] of [
      ['io', Wire.IO],
      ['nospace', Wire.IO],
      ['readonly', Wire.IO],
      ['range', Wire.PARAM],
      ['unsupported', Wire.NOSUPP],
      ['path', Wire.LOSTLINK],
      ['timeout', Wire.LOSTLINK],
    ] as const) {
      medium.fail = () => new BlockError(code, `the disk is ill ${'x'.repeat(100)}`, { residual: 1536 });
      for (const command of [Command.BLK_READ, Command.BLK_WRITE, Command.BLK_FLUSH, Command.BLK_FREEBLKS]) {
        const payload = Buffer.alloc(command === Command.BLK_WRITE ? 65_536 : 0);
        const {
          last,
          error,
          body,
          payload: data,
        } = answered(await client.run(id, command, { bytes: 65_536, keyidLow: 7, keyidHigh: 9, payload }));
        assert.deepEqual([last, error, data.length], [true, wire, 0], `${command.toString(16)} ${code}`);
        const told = (body as { error: BlkError }).error;
        assert.deepEqual([told.keyidLow, told.keyidHigh, told.residual], [7, 9, 1536]);
        assert.ok(told.text.startsWith(`${code}: the disk is ill`) && told.text.length === 63, told.text);
      }
    }
    // Small reads of a fast medium are answered in place, without room for words.
    assert.equal((await client.run(id, Command.BLK_READ, { bytes: 512 })).error, Wire.LOSTLINK);
    medium.fail = () => null;
    assert.equal((await client.run(id, Command.BLK_READ, { bytes: 512 })).error, 0);
  });
}

test("a read over the dialect's payload is refused", async (t) => {
  const medium = new TestMedium(4 << 20);
  for (const [dialect, limit] of [
    ['2014', 65_536],
    ['current', 1 << 20],
  ] as const) {
    const { client, span } = await withClient(t, medium, dialect);
    const { id } = await client.open(span);
    assert.equal((await client.run(id, Command.BLK_READ, { bytes: limit })).error, 0);
    assert.equal((await client.run(id, Command.BLK_READ, { bytes: limit + 512 })).error, Wire.PARAM);
  }
  assert.equal(medium.log.length, 2);
});

test('a read-only disk: not opened for writing, and what is tried all the same is refused', async (t) => {
  const medium = new TestMedium(Buffer.alloc(SIZE, 1), { readOnly: true });
  const { client, span } = await withClient(t, medium);
  for (const modes of [OpenMode.WRITE, OpenMode.READ | OpenMode.WRITE]) {
    assert.equal((await client.open(span, modes)).error, Wire.PARAM);
  }
  const { id, error } = await client.open(span, OpenMode.READ);
  assert.equal(error, 0);
  await refusesChanges(client, id, /the disk is read-only/);
  assert.deepEqual(medium.log, []);
  assert.equal((await client.run(id, Command.BLK_FLUSH)).error, 0);
});

test('a disk opened for reading alone is not written through that opening', async (t) => {
  const medium = new TestMedium(SIZE);
  const { client, span } = await withClient(t, medium);
  const { id: reader } = await client.open(span, OpenMode.READ);
  const { id: writer } = await client.open(span);
  await refusesChanges(client, reader, /opened for reading only/);
  assert.deepEqual(medium.log, []);
  const payload = Buffer.alloc(512, 1);
  assert.equal((await client.run(writer, Command.BLK_WRITE, { bytes: 512, payload })).error, 0);
});

async function refusesChanges(client: RawClient, id: bigint, why: RegExp): Promise<void> {
  for (const command of [Command.BLK_WRITE, Command.BLK_FREEBLKS]) {
    const payload = Buffer.alloc(command === Command.BLK_WRITE ? 512 : 0);
    const { error, body } = answered(await client.run(id, command, { bytes: 512, payload }));
    assert.equal(error, Wire.IO);
    const { text } = (body as { error: BlkError }).error;
    assert.match(text, /^readonly: /);
    assert.match(text, why);
  }
}

test('what is no block command is refused with NOSUPP, in a device and on a span', async (t) => {
  const { client, span, node } = await withClient(t, new TestMedium(SIZE));
  const { id } = await client.open(span);
  assert.equal((await client.run(id, Command.BLK_OPEN)).error, Wire.NOSUPP);
  const onSpan = client.create(Command.BLK_FLUSH, { kind: 'none' }, { circuit: span, inTheirs: true });
  assert.equal((await client.answer(onSpan)).error, Wire.NOSUPP);
  assert.equal((await client.run(id, Command.BLK_FLUSH)).error, 0);
  assert.equal(node.links[0]?.state, 'up');
});

test('an open that ends itself leaves nothing behind', async (t) => {
  const item = exportOf(new TestMedium(SIZE));
  const node = await startExporter(new Net(t), [item]);
  const client = await RawClient.connect(t, node.address);
  const { msgid: span } = await client.span();
  const body = { kind: 'open', modes: OpenMode.READ } as const;
  const id = client.create(Command.BLK_OPEN | Flag.DELETE, body, { circuit: span, inTheirs: true });
  assert.ok(answered(await client.answer(id)).last);
  assert.equal(item.sessions.size, 0);
  assert.equal(node.links[0]?.mux.size, IDLE_TRANSACTIONS + 1);
});

test('a command with its end in a second message is answered once', async (t) => {
  const medium = new TestMedium(SIZE);
  const { client, span, node } = await withClient(t, medium);
  const { id } = await client.open(span);
  const range = { offset: 0, bytes: 512, keyidLow: 0, keyidHigh: 0, flags: 0 };
  const read = client.create(Command.BLK_READ, { kind: 'range', range }, { circuit: id });
  assert.ok(answered(await client.answer(read)).last);
  const before = node.links[0]?.mux.size;
  client.send({ cmd: Command.LNK_ERROR | Flag.DELETE, msgid: read, circuit: id });
  assert.equal((await client.run(id, Command.BLK_FLUSH)).error, 0);
  await until(() => node.links[0]?.mux.size === (before ?? 0) - 1, 'the end of the transaction');
  assert.equal(medium.log.length, 2);
});
