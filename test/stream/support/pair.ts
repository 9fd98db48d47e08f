import type { TestContext } from 'node:test';
import type { Address } from '../../../electron/stream/address.ts';
import type { ByteStream } from '../../../electron/stream/byte-stream.ts';
import { connect } from '../../../electron/stream/connect.ts';
import { listen } from '../../../electron/stream/listen.ts';
import { KeepingSink } from './sink.ts';

export interface End {
  readonly stream: ByteStream;
  readonly sink: KeepingSink;
}

/** Both ends of a connection, closed after the test. */
export async function socketPair(
  test: TestContext,
  address: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 },
  readBytes?: number,
): Promise<{ dialled: End; accepted: End }> {
  let accept: (end: End) => void = () => {};
  const arriving = new Promise<End>((resolve) => {
    accept = resolve;
  });
  const listener = await listen(address, (stream) =>
    accept({ stream, sink: new KeepingSink(stream, readBytes) }),
  );
  const stream = await connect(listener.address);
  const dialled = { stream, sink: new KeepingSink(stream, readBytes) };
  const accepted = await arriving;
  await listener.close();
  test.after(() => {
    dialled.stream.destroy();
    accepted.stream.destroy();
  });
  return { dialled, accepted };
}
