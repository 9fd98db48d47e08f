import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { bindServer } from '../stream/listen.ts';
import type { Opening, Siblings } from './siblings.ts';

/** A sibling that lives answers within its longest I/O; one that does not answer is not passed by. */
const ANSWER_MS = 3_000;
const LINE_BYTES = 256;
const MAX_SIBLINGS = 256;
/** What one asks: client, epoch, and the words of an Opening; and the two answers. */
const OPENING = /^([0-9a-f]{32}) (0|[1-9]\d{0,15}) (read|look|claim) (one|many)$/;
const MAY_OPEN = 'ok\n';
const OTHER_WRITER = 'other writer\n';

/**
 * The exporters of one medium on this machine, of one user, find each other by sockets in a directory named
 * after the medium. Before one of them lets a client in that was with another, it has that one stop: else a
 * command stuck there could still be carried out; and before it lets one write, it hears whether another client
 * does elsewhere. A sibling that was killed cannot carry out anything; its socket refuses, and is removed.
 */
export class SiblingExporters implements Siblings {
  readonly domain: string;
  readonly #directory: string;
  readonly #own: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(domain: string, directory: string, opens: Siblings['opens']) {
    this.domain = domain;
    this.#directory = directory;
    this.#own = `${process.pid}-${randomBytes(4).toString('hex')}.sock`;
    this.#server = createServer((socket) => this.#answer(socket, opens));
    this.#server.unref();
  }

  /**
   * Join the exporters of a medium.
   * @param identity the same text for the same medium: Medium.identity
   * @param opens does here what a sibling asks for: Export.opensAtSibling
   * @returns undefined where there is no place to meet: this exporter's fence then reaches itself alone
   */
  static async join(
    identity: string,
    opens: Siblings['opens'],
    root: string = meetingPlace(),
  ): Promise<SiblingExporters | undefined> {
    if (process.platform === 'win32') return undefined;
    // What can meet is what shares directory and machine; only that may claim to be one domain.
    const digest = createHash('sha256').update(`${hostname()}\0${root}\0${identity}`).digest('hex');
    const directory = join(root, digest.slice(0, 16));
    if (!isOurs(root) || !isOurs(directory)) return undefined;
    const siblings = new SiblingExporters(digest.slice(0, 32), directory, opens);
    return (await siblings.#listen()) ? siblings : undefined;
  }

  async opens(opening: Opening): Promise<boolean> {
    const others = readdirSync(this.#directory).filter((name) => name !== this.#own);
    if (others.length > MAX_SIBLINGS) throw new Error(`more than ${MAX_SIBLINGS} exporters of one medium`);
    const answers = await Promise.all(others.map((name) => ask(join(this.#directory, name), opening)));
    return answers.every((mayOpen) => mayOpen);
  }

  /** Leave: to be called when no session can have anything under way. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #listen(): Promise<boolean> {
    try {
      await bindServer(this.#server, { kind: 'unix', path: join(this.#directory, this.#own) });
      return true;
    } catch {
      return false;
    }
  }

  #answer(socket: Socket, opens: Siblings['opens']): void {
    this.#sockets.add(socket);
    let text = '';
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    socket.setTimeout(2 * ANSWER_MS, () => socket.destroy());
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const end = text.indexOf('\n');
      if (end < 0 && text.length <= LINE_BYTES) return;
      const opening = parseOpening(text.slice(0, end));
      if (opening === undefined) socket.destroy();
      else void opens(opening).then((mayOpen) => socket.end(mayOpen ? MAY_OPEN : OTHER_WRITER));
    });
  }
}

/** Have one sibling raise the fence. @returns whether the client may open; so too where the sibling is dead */
function ask(path: string, { client, epoch, act, limit }: Opening): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    let answer = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the exporter at ${path} does not answer`));
    }, ANSWER_MS);
    timer.unref();
    socket.once('connect', () => socket.write(`${client} ${epoch} ${act} ${limit}\n`));
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') removeDead(path);
    });
    socket.once('close', () => {
      clearTimeout(timer);
      // It refused, or died while we asked: whatever it had under way has ended with it.
      if (answer === OTHER_WRITER) resolve(false);
      else if (answer === MAY_OPEN || !isAlive(path)) resolve(true);
      else reject(new Error(`the exporter at ${path} does not raise the fence`));
    });
  });
}

/** The pid stands in the name: a sibling whose process is there may only be slow. */
function isAlive(path: string): boolean {
  const pid = Number(/(\d+)-[0-9a-f]+\.sock$/.exec(path)?.[1]);
  try {
    process.kill(pid, 0);
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function removeDead(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Another sibling was faster.
  }
}

function parseOpening(line: string): Opening | undefined {
  const [, client, digits, act, limit] = OPENING.exec(line) ?? [];
  const epoch = Number(digits);
  if (client === undefined || !Number.isSafeInteger(epoch)) return undefined;
  return { client, epoch, act: act as Opening['act'], limit: limit as Opening['limit'] };
}

/** Where the exporters of this user meet. */
function meetingPlace(): string {
  return join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), `spandrel-fence-${userInfo().uid}`);
}

/** Make a directory for its owner alone; whether it is such a one. */
function isOurs(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(directory);
    return lstatSync(directory).isDirectory() && uid === userInfo().uid && (mode & 0o077) === 0;
  } catch {
    return false;
  }
}
