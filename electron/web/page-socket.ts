import type { RawData, WebSocket } from 'ws';
import type { ToPage } from '../../shared/wire.ts';
import type { PageSession, PageTransport } from '../host/api/page-session.ts';
import type { Log } from '../host/log.ts';
import { MessageBudget } from '../host/page/message-budget.ts';
import type { WebLimits } from './limits.ts';

/** Close codes of RFC 6455. */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
/** A close frame has room for 123 bytes of text. */
const MAX_REASON = 100;

/** A page in a browser, at the other end of a WebSocket. */
export class PageSocket implements PageTransport {
  readonly name: string;
  readonly #socket: WebSocket;
  readonly #limits: WebLimits;
  readonly #log: Log;
  readonly #budget: MessageBudget;
  #session: PageSession | undefined;
  #answered = true;
  #over = false;

  /** @param name who it is, for the log */
  constructor(name: string, socket: WebSocket, limits: WebLimits, log: Log) {
    this.name = name;
    this.#socket = socket;
    this.#limits = limits;
    this.#log = log;
    this.#budget = new MessageBudget(limits.messageBurst, limits.messagesPerSecond);
  }

  /** @param closed called once when the page is gone */
  start(connect: (transport: PageTransport) => PageSession, closed: () => void): void {
    const socket = this.#socket;
    socket.on('close', () => {
      this.#end();
      closed();
    });
    // What breaks the WebSocket protocol itself, or is too large: `ws` closes with the fitting code.
    socket.on('error', (error) => this.#cutOff(error.message));
    socket.on('pong', () => {
      this.#answered = true;
    });
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    this.#session = connect(this);
  }

  get backlogBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: ToPage): void {
    if (this.#over || this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.backlogBytes > this.#limits.backlogBytes) {
      this.#cutOff(`it leaves ${this.backlogBytes} bytes waiting`);
      this.#socket.terminate();
    } else this.#socket.send(JSON.stringify(message));
  }

  drop(reason: string): void {
    this.#cutOff(reason);
    this.#close(POLICY_VIOLATION, reason.slice(0, MAX_REASON));
  }

  /** The host ends. */
  leave(): void {
    this.#end();
    this.#close(GOING_AWAY, 'Spandrel has ended');
  }

  /** Called now and then: a page that has not answered since the last time is dead. */
  ping(): void {
    if (this.#answered) {
      this.#answered = false;
      this.#socket.ping();
    } else {
      this.#cutOff('it does not answer');
      this.#socket.terminate();
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#over) return;
    this.#answered = true;
    if (!this.#budget.take()) this.drop('more messages than a page needs');
    else if (isBinary) this.drop('a binary message');
    else {
      const message = parse(data.toString());
      if (message === undefined) this.drop('a message is not JSON');
      else this.#session?.receive(message);
    }
  }

  #cutOff(reason: string): void {
    if (!this.#over) this.#log.warn(`${this.name}: cut off: ${reason}`);
    this.#end();
  }

  #close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), this.#limits.closeMs).unref();
  }

  #end(): void {
    this.#over = true;
    this.#session?.close();
  }
}

/** undefined, which JSON has not, where the text is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
