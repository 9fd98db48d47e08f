import { Socket } from 'node:net';
import type { ByteSink, ByteStream } from './byte-stream.ts';

/**
 * A TCP or UNIX socket as a ByteStream. Node's `onread` option reads into our own memory, which costs a
 * third of the CPU of 'data' events; it must be given when the Socket is made.
 */
export class SocketStream implements ByteStream {
  readonly remote: string;
  readonly #socket: Socket;
  #sink: ByteSink | undefined;
  /** Node asks for the first memory when the socket is made, before there is a sink to ask: one byte is read. */
  #firstByte = Buffer.alloc(1);
  #unsentBytes = 0;
  #error: Error | undefined;
  #ended = false;
  #closed = false;
  #receiving = false;

  private constructor(remote: string, makeSocket: (onread: OnRead) => Socket) {
    this.remote = remote;
    this.#socket = makeSocket({
      buffer: () => this.#sink?.target() ?? this.#firstByte,
      callback: (bytes, buffer) => {
        this.#receiving = true;
        if (buffer === this.#firstByte) this.#acceptFirstByte();
        this.#sink?.received(bytes);
        this.#receiving = false;
        return true;
      },
    });
    this.#socket.on('error', (error) => {
      this.#error ??= error;
    });
    this.#socket.on('close', () => {
      if (this.#closed) return;
      this.#closed = true;
      this.#sink?.closed(this.#error);
    });
  }

  /** For a connection that is yet to be made: `made` gets the socket to connect. */
  static dial(remote: string, made: (socket: Socket) => void): SocketStream {
    return new SocketStream(remote, (onread) => {
      const socket = new Socket({ onread } as ConstructorParameters<typeof Socket>[0]);
      made(socket);
      return socket;
    });
  }

  /**
   * Take over a socket just accepted by a server, in its 'connection' event. `onread` cannot be asked of a
   * server (nodejs/node#53792), so the handle moves to a new Socket; where a future Node hides the handle,
   * the slower 'data' events do the same work.
   */
  static accept(remote: string, accepted: Socket): SocketStream {
    return new SocketStream(remote, (onread) => {
      const handle = handleOf(accepted);
      if (typeof handle?.useUserBuffer !== 'function') return emulate(accepted, onread);
      (accepted as unknown as { _handle: null })._handle = null;
      accepted.destroy();
      return new Socket({ handle, onread } as unknown as ConstructorParameters<typeof Socket>[0]);
    });
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  start(sink: ByteSink): void {
    this.#sink = sink;
    this.#socket.setNoDelay(true);
    this.#socket.resume();
  }

  retarget(): void {
    // Within `received` Node is about to ask anyway.
    if (this.#sink === undefined || this.#receiving) return;
    handleOf(this.#socket)?.useUserBuffer?.(this.#sink.target());
    this.#firstByte = NO_BYTES;
  }

  #acceptFirstByte(): void {
    this.#sink?.target().set(this.#firstByte);
    this.#firstByte = NO_BYTES;
  }

  write(chunks: readonly Uint8Array[], done: (error?: Error) => void): void {
    if (this.#ended) {
      // To the socket it would be an error, which drops what it still has to send.
      queueMicrotask(() => done(new Error('written after the end')));
      return;
    }
    let bytes = 0;
    const last = chunks.length - 1;
    if (last < 0) {
      queueMicrotask(done);
      return;
    }
    const finish = (error?: Error | null): void => {
      this.#unsentBytes -= bytes;
      done(error ?? undefined);
    };
    if (last > 0) this.#socket.cork();
    for (let i = 0; i <= last; i++) {
      const chunk = chunks[i] as Uint8Array;
      bytes += chunk.length;
      if (i < last) this.#socket.write(chunk);
      else {
        this.#unsentBytes += bytes;
        this.#socket.write(chunk, finish);
      }
    }
    if (last > 0) this.#socket.uncork();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#ended = true;
    this.#socket.end();
  }

  destroy(error?: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
  }
}

const NO_BYTES = Buffer.alloc(0);

interface OnRead {
  buffer: () => Uint8Array;
  callback: (bytes: number, buffer: Uint8Array) => boolean;
}

/** What Node has beneath a socket, where it lets us see it. */
function handleOf(socket: Socket): { useUserBuffer?: (memory: Uint8Array) => void } | null | undefined {
  return (socket as unknown as { _handle?: { useUserBuffer?: (memory: Uint8Array) => void } | null })._handle;
}

/** The `onread` contract on top of 'data' events. */
function emulate(socket: Socket, onread: OnRead): Socket {
  socket.on('data', (data) => {
    for (let at = 0; at < data.length; ) {
      const target = onread.buffer();
      const bytes = Math.min(target.length, data.length - at);
      data.copy(target, 0, at, at + bytes);
      at += bytes;
      onread.callback(bytes, target);
    }
  });
  return socket;
}
