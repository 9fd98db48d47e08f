import type { TestContext } from 'node:test';
import type { Address } from '../../../electron/stream/address.ts';
import type { DoorLimits } from '../../../electron/stream/door.ts';
import type { Listener } from '../../../electron/stream/listen.ts';
import { connectTls, listenTls } from '../../../electron/stream/tls.ts';
import type { TlsError } from '../../../electron/stream/tls-error.ts';
import type { TlsStream } from '../../../electron/stream/tls-stream.ts';
import { USUAL_LIMITS } from '../../../shared/limits.ts';
import { Collector } from './collector.ts';
import { makeKey, type TestKey } from './keys.ts';

export const ANY: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 };

/** A listener with TLS that counts whom it takes and whom not. */
export class TestListener {
  readonly key: TestKey;
  readonly accepted: TlsStream[] = [];
  readonly refused: TlsError[] = [];
  readonly sinks: Collector[] = [];
  #listener: Listener | undefined;
  #changed: () => void = () => {};

  private constructor(key: TestKey) {
    this.key = key;
  }

  static async open(
    t: TestContext,
    key = makeKey(),
    address = ANY,
    sizes?: number[],
    limits: DoorLimits = USUAL_LIMITS,
  ): Promise<TestListener> {
    const made = new TestListener(key);
    made.#listener = await listenTls(
      address,
      key,
      limits,
      (stream) => {
        const sink = new Collector(sizes);
        made.accepted.push(stream);
        made.sinks.push(sink);
        stream.start(sink);
        made.#changed();
      },
      (_name, error) => {
        made.refused.push(error);
        made.#changed();
      },
    );
    t.after(async () => {
      for (const stream of made.accepted) stream.destroy();
      await made.#listener?.close();
    });
    return made;
  }

  get address(): Address {
    return (this.#listener as Listener).address;
  }
  get port(): number {
    return this.address.kind === 'tcp' ? this.address.port : 0;
  }

  /** Until so many were taken or refused, in all. */
  async settled(count: number): Promise<void> {
    while (this.accepted.length + this.refused.length < count) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

/** Two ends of a link with TLS. */
export async function tlsPair(t: TestContext, sizes?: number[]) {
  const listener = await TestListener.open(t, makeKey(), ANY, sizes);
  const key = makeKey();
  const dialled = await connectTls(listener.address, key);
  t.after(() => dialled.destroy());
  const sink = new Collector(sizes);
  dialled.start(sink);
  await listener.settled(1);
  const accepted = listener.accepted[0] as TlsStream;
  return { listener, key, dialled, sink, accepted, acceptedSink: listener.sinks[0] as Collector };
}
