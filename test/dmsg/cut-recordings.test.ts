import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LinkError } from '../../electron/dmsg/link-error.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import { type MemoryStream, memoryPair } from './support/memory-stream.ts';
import { RawPeer } from './support/raw-peer.ts';
import { RecordedClient } from './support/recorded-client.ts';
import { fill, inBlocks, RecordedMedium, RecordedTarget } from './support/recorded-target.ts';
import { type Prompt, Replay, type ReplayOptions } from './support/replay.ts';
import type { Role } from './support/roles.ts';
import { bytesOf, NotingPeer, repeat, type Step } from './support/script.ts';
import { eventually, within } from './support/test-link.ts';
import { type Recording, recordings } from './support/vectors.ts';

/** Each recorded conversation is cut after each byte of libdmsg, by FIN and by RST: all that was open ends. */

/** Our side, in the place of a recorded client or exporter. */
interface Ours {
  readonly prompt: Prompt;
  readonly replayOptions: ReplayOptions;
  /** When the link is down: nothing is left of it. @returns why it is */
  end(): Promise<LinkError>;
}

async function ourClient(stream: MemoryStream, role: Role): Promise<Ours> {
  const client = new RecordedClient(stream, role);
  return {
    prompt: (expected, endedBefore) => client.cause(expected, endedBefore),
    replayOptions: {},
    end: async () => {
      const error = await within(client.user.isDown, 'the end of the link');
      assert.equal(client.link.mux.size, 0);
      assert.deepEqual(
        client.registry.disks.filter(({ unit }) => unit === undefined),
        [],
      );
      const { unit, requests } = client;
      assert.equal(unit?.paths.size ?? 0, 0);
      if (unit !== undefined) client.registry.detach(unit as Unit, true);
      await within(Promise.all(requests.map(({ ended }) => ended)), 'the end of all requests');
      await client.opening?.catch(() => {});
      assert.equal(unit?.stats.inFlight ?? 0, 0);
      return error;
    },
  };
}

async function ourExporter(stream: MemoryStream, role: Role, recording: Recording): Promise<Ours> {
  const medium = new RecordedMedium(recording.name.endsWith('/exporter-dies') ? 'holding' : 'asynchronous');
  if (recording.name.endsWith('/io')) await fill(medium, recording);
  const target = await RecordedTarget.on(stream, role, medium);
  return {
    prompt: (expected) => target.cause(expected),
    // Ours asks for no spans, the recorded exporters asked for all.
    replayOptions: { adapt: inBlocks, withoutSpansOfLibdmsg: true },
    end: async () => {
      await eventually(() => target.errors.length === 1, 'the end of the link');
      assert.equal(target.link.mux.size, 0);
      for (const request of medium.held) request.done(null);
      await within(target.exporter.close(), 'the end of all accepted requests');
      assert.equal(target.item.sessions.size, 0);
      assert.equal(target.item.stats.inFlight, 0);
      return target.errors[0] as LinkError;
    },
  };
}

/** The conversation as it goes when nothing cuts it. */
async function script(recording: Recording, peerName: string, role: Role): Promise<readonly Step[]> {
  const [a, b] = memoryPair();
  const peer = new NotingPeer(b);
  const ours = await start(a, recording, peerName, role);
  await new Replay(recording, peerName, peer, ours.replayOptions).run(peer.noting(ours.prompt));
  peer.destroy();
  await ours.end();
  return peer.steps;
}

function start(stream: MemoryStream, recording: Recording, peerName: string, role: Role): Promise<Ours> {
  return peerName === 'client' ? ourClient(stream, role) : ourExporter(stream, role, recording);
}

for (const dialect of ['2014', 'current'] as const) {
  const role: Role = { name: 'dialer', side: 'dialer', dialect, guessesWrong: false };
  for (const recording of recordings(dialect)) {
    describe(`${recording.name} is cut after each byte`, () => {
      for (const peerName of new Set(recording.messages.map(({ peer }) => peer))) {
        test(`${peerName === 'client' ? 'client' : 'exporter'} in the place of ${peerName}`, async (t) => {
          const steps = await script(recording, peerName, role);
          const bytes = bytesOf(steps);
          assert.ok(bytes > 400, `${bytes} bytes`);
          for (let at = 0; at <= bytes; at++) {
            for (const how of ['FIN', 'RST'] as const) {
              const [a, b] = memoryPair();
              const peer = new RawPeer(b);
              const ours = await start(a, recording, peerName, role);
              const whole = await repeat(steps, peer, ours.prompt, at);
              if (how === 'FIN') peer.end();
              else a.reset();
              const { code, message } = await ours.end();
              const where = `${how} after byte ${at}: ${message}`;
              assert.equal(code, how === 'FIN' ? 'eof' : 'socket', where);
              if (how === 'FIN') assert.equal(/in the middle of a message/.test(message), !whole, where);
            }
          }
          t.diagnostic(`${2 * (bytes + 1)} cuts`);
        });
      }
    });
  }
}
