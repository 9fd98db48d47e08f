import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Conn } from '../../electron/dmsg/conn.ts';
import { Wire } from '../../electron/dmsg/constants.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import { memoryPair } from './support/memory-stream.ts';
import { RawPeer } from './support/raw-peer.ts';
import { RecordedClient } from './support/recorded-client.ts';
import { Replay } from './support/replay.ts';
import type { TestRequest } from './support/request.ts';
import { type Role, rolesIn } from './support/roles.ts';
import { turns, within } from './support/test-link.ts';
import { type Recording, recordings } from './support/vectors.ts';

for (const dialect of ['2014', 'current'] as const) {
  for (const recording of recordings(dialect)) {
    describe(`replay of ${recording.name}, client`, () => {
      for (const role of rolesIn(dialect)) {
        test(role.name, async () => {
          const { client, replay, peer } = await play(recording, role);
          assert.equal(client.link.state, 'up');
          assert.equal(client.link.dialect, dialect);
          assert.equal(client.user.downCount, 0);
          assert.equal(client.link.mux.size, replay.leftOpen);
          assert.ok(replay.answers >= 1);
          const [recorded, ours] = replay.introductions as [Conn, Conn];
          for (const field of [
            'peerMask',
            'peerType',
            'pfsType',
            'pfsMask',
            'protoVersion',
            'pfsLabel',
          ] as const) {
            assert.equal(ours[field], recorded[field], field);
          }
          await check(recording, client);
          peer.destroy();
          const error = await within(client.user.isDown, 'the end');
          assert.equal(error.code, 'eof');
          await turns();
          if (client.unit !== undefined) client.registry.detach(client.unit, true);
          assert.equal(client.link.mux.size, 0);
          assert.deepEqual(client.registry.disks, []);
        });
      }
    });
  }
}

async function play(recording: Recording, role: Role) {
  const [a, b] = memoryPair();
  const peer = new RawPeer(b);
  const client = new RecordedClient(a, role);
  const replay = new Replay(recording, 'client', peer);
  if (role.guessesWrong) await replay.refuseIntroduction();
  await replay.run((expected, endedBefore) => client.cause(expected, endedBefore));
  await turns();
  assert.deepEqual(peer.inbox, [], 'nothing more came');
  return { client, replay, peer };
}

/** What the user of the disk saw. */
async function check(recording: Recording, client: RecordedClient): Promise<void> {
  const { requests } = client;
  switch (recording.name.split('/')[1]) {
    case 'io': {
      assert.equal(requests.length, 6);
      const errors = await within(Promise.all(requests.map(({ ended }) => ended)), 'the ends');
      assert.deepEqual(
        errors.map((error) => error?.code),
        [undefined, undefined, undefined, undefined, undefined, 'io'],
      );
      assert.equal(errors[5]?.residual, 512);
      const [first, written, back] = requests as [TestRequest, TestRequest, TestRequest];
      assert.equal(first.filled, 1000);
      assert.ok(written.buffer.length === 512 && back.data.equals(written.buffer), 'read back as written');
      assert.equal(client.unit?.state, 'idle');
      assert.equal(client.unit?.paths.size, 1);
      break;
    }
    case 'exporter-dies': {
      // The disk is gone, its user is not told: the reads wait for another path.
      assert.deepEqual(
        requests.map(({ over }) => over),
        [false, false],
      );
      assert.equal(client.unit?.state, 'holding');
      assert.equal(client.unit?.waiting, 2);
      assert.equal(client.unit?.paths.size, 0);
      client.registry.detach(client.unit as Unit, true);
      client.unit = undefined;
      for (const { ended } of requests) assert.equal((await within(ended, 'the end'))?.code, 'path');
      break;
    }
    case 'span-withdrawn':
      assert.equal(client.user.spans.length, 1);
      assert.deepEqual(client.registry.disks, []);
      break;
    case 'two-paths': {
      assert.equal(client.user.spans.length, 2);
      const disks = client.registry.disks;
      assert.equal(disks.length, 1, 'one serial, one disk');
      assert.equal(disks[0]?.paths.size, 1);
      assert.equal([...(disks[0]?.paths ?? [])][0]?.span.distance, 1);
      break;
    }
    case 'ping':
      assert.ok(client.link.rttMs !== undefined, `answered, be it with ${Wire.NOSUPP}`);
      break;
    default:
      assert.fail(`nobody checks ${recording.name}`);
  }
}
