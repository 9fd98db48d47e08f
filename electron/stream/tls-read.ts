import type { TLSSocket } from 'node:tls';
import type { ByteSink } from './byte-stream.ts';

/** What Node keeps beneath a socket that reads into memory of its user. */
interface Handle {
  useUserBuffer?: (memory: Uint8Array) => void;
}

/**
 * Let a socket decrypt into the memory its sink names, and start to read. Node has `onread` for sockets it
 * connects itself, not for accepted ones and not beneath TLS, though all are made of the same parts: what the
 * option sets in the constructor is set here. Where a future Node names these parts otherwise, 'data' events
 * do the same with one more copy.
 * @returns call this when the target the sink has named must not be written to any more
 */
export function readInto(socket: TLSSocket, sink: ByteSink): () => void {
  let receiving = false;
  const received = (bytes: number): boolean => {
    receiving = true;
    sink.received(bytes);
    receiving = false;
    return true;
  };
  const copy = (data: Buffer): void => {
    for (let at = 0; at < data.length && !socket.destroyed; ) {
      const target = sink.target();
      const bytes = Math.min(target.length, data.length - at);
      data.copy(target, 0, at, at + bytes);
      at += bytes;
      received(bytes);
    }
  };
  // What came together with the end of the handshake has been read already.
  for (;;) {
    const early = socket.read() as Buffer | null;
    if (early === null) break;
    copy(early);
  }
  if (socket.destroyed) return () => {};
  const handle = (socket as unknown as { _handle?: Handle | null })._handle;
  const parts = onreadParts(socket);
  if (typeof handle?.useUserBuffer !== 'function' || parts === undefined) {
    socket.on('data', copy);
    return () => {};
  }
  const fields = socket as unknown as Record<symbol, unknown>;
  fields[parts.buffer] = true;
  fields[parts.generator] = () => sink.target();
  fields[parts.callback] = received;
  handle.useUserBuffer(sink.target());
  socket.resume();
  return () => {
    // Within `received` Node is about to ask anyway.
    if (!receiving && !socket.destroyed) handle.useUserBuffer?.(sink.target());
  };
}

/** The places where a socket keeps its `onread`. */
function onreadParts(socket: TLSSocket): { buffer: symbol; generator: symbol; callback: symbol } | undefined {
  const find = (name: string): symbol | undefined =>
    Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === name);
  const [buffer, generator, callback] = [find('kBuffer'), find('kBufferGen'), find('kBufferCb')];
  if (buffer === undefined || generator === undefined || callback === undefined) return undefined;
  return { buffer, generator, callback };
}
