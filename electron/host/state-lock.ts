import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Address, AddressError, parseAddress } from '../stream/address.ts';
import { bindServer, ListenError } from '../stream/listen.ts';
import { HostError } from './host-error.ts';

/** What the host that runs has done so that people see it. */
export const ShowAnswer = z.discriminatedUnion('kind', [
  /** Its pages are served; the URL lets one browser in. */
  z.object({ kind: z.literal('serve'), url: z.url({ protocol: /^https?$/ }), address: z.string().max(300) }),
  /** Its window was brought to the front. */
  z.object({ kind: z.literal('window') }),
]);
export type ShowAnswer = z.infer<typeof ShowAnswer>;

const ShowRequest = z.object({ show: z.literal(true) });

const MAX_LINE_BYTES = 4096;
const PATIENCE_MS = 5_000;
const MAX_ASKING = 8;
const ATTEMPTS = 3;

/**
 * Keeps a state directory for one host: who comes second asks the first to show itself. It is a socket in the
 * directory, for its owner alone; one left by a killed process is replaced.
 */
export class StateLock {
  readonly #server: Server;
  readonly #asking: ReadonlySet<Socket>;

  private constructor(server: Server, asking: ReadonlySet<Socket>) {
    this.#server = server;
    this.#asking = asking;
  }

  /**
   * @param onShow called when another process wants the same directory
   * @returns the lock, or what the host that has it answered
   * @throws HostError `local` where the directory cannot be used, `busy` where whoever has it does not answer
   */
  static async take(directory: string, onShow: () => Promise<ShowAnswer>): Promise<StateLock | ShowAnswer> {
    const address = socketOf(directory);
    for (let attempt = 1; ; attempt++) {
      const asking = new Set<Socket>();
      const server = createServer((socket) => {
        asking.add(socket.on('close', () => asking.delete(socket)));
        serve(socket, onShow);
      });
      server.maxConnections = MAX_ASKING;
      try {
        await bindServer(server, address);
        return new StateLock(server, asking);
      } catch (error) {
        if (!(error instanceof ListenError) || error.code !== 'in-use') throw error;
      }
      try {
        return await ask(address.path);
      } catch (error) {
        // It may have ended in this moment, and its place is free.
        if (attempt < ATTEMPTS && isGone(error)) continue;
        throw new HostError(
          'busy',
          `another Spandrel uses ${directory} and does not answer (${(error as Error).message}); end it, or name ` +
            'another directory with SPANDREL_STATE',
          error,
        );
      }
    }
  }

  /** Let others have the directory. */
  release(): Promise<void> {
    for (const socket of this.#asking) socket.destroy();
    return new Promise((done) => this.#server.close(() => done()));
  }
}

function socketOf(directory: string): Extract<Address, { kind: 'unix' }> {
  if (process.platform === 'win32') {
    const name = createHash('sha256').update(resolve(directory).toLowerCase()).digest('hex').slice(0, 32);
    return { kind: 'unix', path: `\\\\.\\pipe\\spandrel-${name}` };
  }
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const address = parseAddress(`unix:${join(directory, 'host.sock')}`);
    if (address.kind === 'unix') return address;
    throw new Error('a path of a socket is one');
  } catch (error) {
    const why = error instanceof AddressError ? 'its name is too long for a socket in it' : String(error);
    throw new HostError(
      'local',
      `the state directory ${directory} cannot be used: ${why}; name another one with SPANDREL_STATE`,
      error,
    );
  }
}

/** Answer one question. Whoever asks wrongly or slowly is hung up on. */
function serve(socket: Socket, onShow: () => Promise<ShowAnswer>): void {
  readLine(socket)
    .then((line) => ShowRequest.parse(JSON.parse(line)))
    .then(onShow)
    .then((answer) => socket.end(`${JSON.stringify(answer)}\n`))
    .catch(() => socket.destroy());
}

async function ask(path: string): Promise<ShowAnswer> {
  const socket = createConnection({ path });
  try {
    const line = readLine(socket);
    socket.write(`${JSON.stringify({ show: true } satisfies z.infer<typeof ShowRequest>)}\n`);
    return ShowAnswer.parse(JSON.parse(await line));
  } finally {
    socket.destroy();
  }
}

function readLine(socket: Socket): Promise<string> {
  return new Promise((done, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const end = text.indexOf('\n');
      if (end >= 0) done(text.slice(0, end));
      else if (text.length > MAX_LINE_BYTES) reject(new Error('an answer that is none'));
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      reject(new Gone());
    });
  });
}

class Gone extends Error {
  constructor() {
    super('it hung up');
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof Gone || code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ECONNRESET';
}
