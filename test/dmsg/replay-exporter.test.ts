import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LinkError } from '../../electron/dmsg/link-error.ts';
import { memoryPair } from './support/memory-stream.ts';
import { RawPeer } from './support/raw-peer.ts';
import { fill, inBlocks, RecordedMedium, RecordedTarget } from './support/recorded-target.ts';
import { Replay } from './support/replay.ts';
import { type Role, rolesIn } from './support/roles.ts';
import { eventually, turns, within } from './support/test-link.ts';
import { type Recording, recordings } from './support/vectors.ts';

for (const dialect of ['2014', 'current'] as const) {
  for (const recording of recordings(dialect)) {
    const peers = [...new Set(recording.messages.map(({ peer }) => peer))].filter(
      (name) => name !== 'client',
    );
    for (const peerName of peers) {
      describe(`replay of ${recording.name}, ${peerName}`, () => {
        for (const role of rolesIn(dialect)) {
          if (recording.name.endsWith('/exporter-dies')) {
            test(role.name, () => replayed(recording, peerName, role, new RecordedMedium('holding')));
            continue;
          }
          for (const kind of ['synchronous', 'asynchronous'] as const) {
            test(`${role.name}, ${kind}`, () =>
              replayed(recording, peerName, role, new RecordedMedium(kind)));
          }
        }
      });
    }
  }
}

async function replayed(
  recording: Recording,
  peerName: string,
  role: Role,
  medium: RecordedMedium,
): Promise<void> {
  const scene = recording.name.split('/')[1];
  if (scene === 'io') await fill(medium, recording);
  const [a, b] = memoryPair();
  const peer = new RawPeer(b);
  const target = await RecordedTarget.on(a, role, medium);
  // Ours asks for no spans, the recorded exporters asked for all.
  const replay = new Replay(recording, peerName, peer, { adapt: inBlocks, withoutSpansOfLibdmsg: true });
  if (role.guessesWrong) await replay.refuseIntroduction();
  await replay.run((expected) => target.cause(expected));
  if (scene === 'exporter-dies') await eventually(() => medium.held.length === 2, 'two reads at the medium');
  await turns();
  assert.deepEqual(peer.inbox, [], 'nothing more came');
  assert.equal(target.link.state, 'up');
  assert.equal(target.link.dialect, recording.dialect);
  assert.equal(target.link.mux.size, replay.leftOpen);
  assert.ok(replay.answers >= 1);
  assert.equal(target.errors.length, 0);
  assert.equal(target.item.sessions.size, scene === 'exporter-dies' ? 1 : 0);
  if (scene === 'io') {
    const { reads, writes, flushes, discards, errors, inFlight } = target.item.stats.counters();
    assert.deepEqual(
      { reads, writes, flushes, discards, errors, inFlight },
      {
        reads: 3,
        writes: 1,
        flushes: 1,
        discards: 1,
        errors: 1,
        inFlight: 0,
      },
    );
  }
  if (scene === 'exporter-dies') target.link.fail(new LinkError('closed', 'the exporter dies'));
  else peer.destroy();
  await eventually(() => target.errors.length === 1, 'the end');
  assert.equal(target.errors[0]?.code, scene === 'exporter-dies' ? 'closed' : 'eof');
  await within(peer.closedWith, 'the end of the connection');
  assert.equal(target.link.mux.size, 0);
  // The medium answers the dead when it pleases.
  for (const request of medium.held) {
    request.filled = 0;
    request.done(null);
  }
  assert.equal(target.link.mux.size, 0);
  assert.equal(target.item.sessions.size, 0);
  assert.equal(target.item.stats.inFlight, 0);
  await within(target.exporter.close(), 'the end of all accepted requests');
}
