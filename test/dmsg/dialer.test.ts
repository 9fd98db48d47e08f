import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Dialer, type DialerEvents } from '../../electron/dmsg/dialer.ts';
import type { Link, LinkUser } from '../../electron/dmsg/link.ts';
import type { LinkError } from '../../electron/dmsg/link-error.ts';
import type { Address } from '../../electron/stream/address.ts';
import type { ByteStream } from '../../electron/stream/byte-stream.ts';
import { type MemoryStream, memoryPair } from './support/memory-stream.ts';
import { type End, eventually, linkOn, quiet, turns } from './support/test-link.ts';

const address: Address = { kind: 'tcp', host: 'nas.example', port: 987 };

/** A dialer whose connections the test opens or refuses. */
class Dialled implements LinkUser, DialerEvents {
  readonly attempts: {
    open: () => End;
    stream: () => MemoryStream;
    refuse: (error: Error) => void;
    signal: AbortSignal;
  }[] = [];
  readonly ups: Link[] = [];
  readonly downs: LinkError[] = [];
  readonly failures: { error: Error; retryMs: number }[] = [];
  readonly dialer: Dialer;

  constructor() {
    const { side: _, ...options } = quiet('dialer');
    const connect = (_address: Address, signal: AbortSignal): Promise<ByteStream> =>
      new Promise((resolve, reject) => {
        const pair = memoryPair();
        const stream = (): MemoryStream => {
          resolve(pair[0]);
          return pair[0];
        };
        const open = (): End => {
          stream();
          return linkOn(pair[1], quiet('listener'));
        };
        this.attempts.push({ open, stream, refuse: reject, signal });
      });
    this.dialer = new Dialer(address, connect, options, this, this);
  }

  up(link: Link): void {
    this.ups.push(link);
  }
  down(_link: Link, error: LinkError): void {
    this.downs.push(error);
  }
  spanOffered(): null {
    return null;
  }
  failed(_dialer: Dialer, error: Error, retryMs: number): void {
    this.failures.push({ error, retryMs });
  }

  /** The attempt of this number. */
  async attempt(number: number): Promise<(typeof this.attempts)[0]> {
    await eventually(() => this.attempts.length > number, `attempt ${number}`);
    return this.attempts[number] as (typeof this.attempts)[0];
  }
}

describe('Dialer', { concurrency: true }, () => {
  test('connects, and again when the link is lost', async () => {
    const dialled = new Dialled();
    assert.equal(dialled.dialer.state, 'connecting');
    const peer = (await dialled.attempt(0)).open();
    await eventually(() => dialled.ups.length === 1, 'the link');
    assert.equal(dialled.dialer.state, 'up');
    assert.equal(dialled.dialer.link, dialled.ups[0]);
    peer.link.close();
    await eventually(() => dialled.downs.length === 1, 'its end');
    assert.equal(dialled.dialer.state, 'waiting');
    assert.equal(dialled.dialer.link, undefined);
    assert.equal(dialled.dialer.lastError?.message, 'the peer ended the link');
    (await dialled.attempt(1)).open();
    await eventually(() => dialled.ups.length === 2, 'the second link');
    assert.equal(dialled.dialer.lastError, undefined);
    assert.deepEqual(dialled.failures, [], 'a link that was up did not fail to come');
    dialled.dialer.stop();
    await eventually(() => dialled.downs.length === 2, 'the orderly end');
    assert.equal(dialled.downs[1]?.code, 'closed');
    assert.equal(dialled.dialer.state, 'stopped');
    assert.equal(dialled.attempts.length, 2);
  });

  test('tries again after refusals, with pauses that grow to a quarter of a second', async () => {
    const dialled = new Dialled();
    const refusal = new Error('refused');
    for (let i = 0; i < 4; i++) (await dialled.attempt(i)).refuse(refusal);
    await eventually(() => dialled.failures.length === 4, 'four failures');
    assert.equal(dialled.dialer.lastError, refusal);
    const pauses = dialled.failures.map(({ retryMs }) => retryMs);
    [100, 200, 250, 250].forEach((due, i) => {
      const pause = pauses[i] as number;
      assert.ok(pause <= due && pause >= 0.8 * due, `${pause} ms where ${due} are due`);
    });
    assert.deepEqual(dialled.ups, []);
    dialled.dialer.stop();
  });

  test('a link that never came up is a failure, not a loss', async () => {
    const dialled = new Dialled();
    const stream = (await dialled.attempt(0)).stream();
    await turns();
    stream.peer?.destroy();
    await eventually(() => dialled.failures.length === 1, 'the failure');
    assert.match(dialled.failures[0]?.error.message ?? '', /closed the connection/);
    assert.deepEqual(dialled.downs, []);
    dialled.dialer.stop();
  });

  test('stopped while it waits or connects, it connects no more', async () => {
    const dialled = new Dialled();
    const { signal, stream } = await dialled.attempt(0);
    dialled.dialer.stop();
    assert.equal(signal.aborted, true);
    // The connection was there when the stop came.
    const late = stream();
    await turns();
    assert.equal(late.destroyed, true);
    assert.equal(dialled.dialer.link, undefined);
    assert.deepEqual(dialled.ups, []);
    assert.equal(dialled.dialer.state, 'stopped');
    assert.equal(dialled.attempts.length, 1);
  });
});
