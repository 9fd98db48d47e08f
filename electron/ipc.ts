import type { IpcMainEvent, WebContents, WebFrameMain } from 'electron';
import { TO_HOST, TO_PAGE } from '../shared/channels.ts';
import type { ToPage } from '../shared/wire.ts';
import type { PageSession, PageTransport } from './host/api/page-session.ts';
import type { AppHost } from './host/app/app-host.ts';
import type { Log } from './host/log.ts';
import { MESSAGE_RATE, MessageBudget } from './host/page/message-budget.ts';
import { APP_ORIGIN } from './shell/origin.ts';

/** A page that does not answer the system takes no figures either. */
const UNRESPONSIVE_BACKLOG = Number.MAX_SAFE_INTEGER;

export interface IpcListener {
  started(session: PageSession): void;
  ended(): void;
  /** A page broke the rules; its document is not listened to any more. */
  dropped(reason: string): void;
}

/**
 * Electron's IPC as a way to pages: each document of a window that speaks gets a session, which ends with the
 * document. Only the main frame of our origin is heard.
 */
export class IpcPages implements PageTransport {
  readonly name: string;
  readonly #contents: WebContents;
  readonly #host: Pick<AppHost, 'connect'>;
  readonly #log: Log;
  readonly #listener: IpcListener;
  #budget = newBudget();
  #session: PageSession | null = null;
  #refused = false;
  #noted = false;
  #unresponsive = false;

  constructor(contents: WebContents, host: Pick<AppHost, 'connect'>, log: Log, listener: IpcListener) {
    this.name = `window ${contents.id}`;
    this.#contents = contents;
    this.#host = host;
    this.#log = log;
    this.#listener = listener;
    contents.ipc.on(TO_HOST, (event, message: unknown) => this.#receive(event, message));
    // Committed, not started: a navigation that is refused leaves the document where it is.
    contents.on('did-navigate', () => this.#renew());
    contents.on('render-process-gone', () => this.#renew());
    contents.on('destroyed', () => this.#renew());
    contents.on('unresponsive', () => {
      this.#unresponsive = true;
    });
    contents.on('responsive', () => {
      this.#unresponsive = false;
    });
  }

  get backlogBytes(): number {
    return this.#unresponsive ? UNRESPONSIVE_BACKLOG : 0;
  }

  send(message: ToPage): void {
    if (this.#contents.isDestroyed()) return;
    try {
      this.#contents.send(TO_PAGE, message);
    } catch (error) {
      this.#log.error(error, 'an answer cannot be cloned for the page');
      if ('id' in message && 'ok' in message) this.#contents.send(TO_PAGE, unsendable(message.id));
    }
  }

  drop(reason: string): void {
    this.#end();
    this.#refused = true;
    this.#listener.dropped(reason);
  }

  #receive({ sender, senderFrame }: IpcMainEvent, message: unknown): void {
    if (this.#refused) return;
    const isMain = sender === this.#contents && senderFrame !== null && senderFrame === sender.mainFrame;
    if (!isMain || senderFrame.origin !== APP_ORIGIN) {
      this.#ignore(senderFrame);
      return;
    }
    if (this.#budget.take()) this.#open().receive(message);
    else this.drop(`more than ${MESSAGE_RATE.perSecond} messages a second`);
  }

  /** Frames of others are not heard, and cannot fill the log either. */
  #ignore(frame: WebFrameMain | null): void {
    if (!this.#noted) this.#log.warn(`a message of ${frame?.url ?? 'a frame that is gone'} is refused`);
    this.#noted = true;
  }

  #open(): PageSession {
    if (this.#session !== null) return this.#session;
    const session = this.#host.connect(this);
    this.#session = session;
    this.#listener.started(session);
    return session;
  }

  /** Another document: what the one before did does not count against it. */
  #renew(): void {
    this.#end();
    this.#refused = false;
    this.#noted = false;
    this.#budget = newBudget();
  }

  #end(): void {
    const session = this.#session;
    this.#session = null;
    if (session === null) return;
    session.close();
    this.#listener.ended();
  }
}

function unsendable(id: number): ToPage {
  const message = 'the answer cannot be sent to the page';
  return { id, ok: false, error: { code: 'internal', message, field: null, holders: [] } };
}

function newBudget(): MessageBudget {
  return new MessageBudget(MESSAGE_RATE.burst, MESSAGE_RATE.perSecond);
}
