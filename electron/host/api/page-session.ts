import {
  COMMANDS,
  type CommandName,
  EVENTS,
  type EventName,
  type Payload,
} from '../../../shared/contract.ts';
import type { CallError } from '../../../shared/errors.ts';
import { MAX_CALLS, MAX_TO_HOST_BYTES, ToHost, type ToPage } from '../../../shared/wire.ts';
import type { Log } from '../log.ts';
import { toCallError } from './call-error.ts';
import type { CallContext, Handler, Handlers } from './handlers.ts';
import { messageFault } from './message-fault.ts';

/** The way to a page: Electron's IPC or a WebSocket. */
export interface PageTransport {
  /** Who it is, for the log. */
  readonly name: string;
  send(message: ToPage): void;
  /** Bytes sent that the page has not taken; figures are left out while there are many. */
  readonly backlogBytes: number;
  /** The page broke the rules: cut it off. */
  drop(reason: string): void;
}

/** What happens to a page, for whoever pushes to it. */
export interface PageObserver {
  closed(session: PageSession): void;
}

/**
 * One page of one user: checks what it sends, runs its calls with their time-outs, answers in the words of
 * the contract. What it sends is not trusted: a message that is no message ends the session.
 */
export class PageSession {
  readonly #transport: PageTransport;
  readonly #handlers: Handlers;
  readonly #log: Log;
  readonly #observer: PageObserver;
  readonly #calls = new Map<number, AbortController>();
  #closed = false;

  constructor(transport: PageTransport, handlers: Handlers, log: Log, observer: PageObserver) {
    this.#transport = transport;
    this.#handlers = handlers;
    this.#log = log;
    this.#observer = observer;
  }

  get name(): string {
    return this.#transport.name;
  }
  get backlogBytes(): number {
    return this.#transport.backlogBytes;
  }

  /** A message of the page, already parsed from JSON or cloned. */
  receive(raw: unknown): void {
    if (this.#closed) return;
    // Before it is parsed: a schema follows a message as deep as it goes.
    const fault = messageFault(raw, MAX_TO_HOST_BYTES);
    if (fault !== null) {
      this.#transport.drop(fault);
      return;
    }
    const parsed = ToHost.safeParse(raw);
    if (!parsed.success) {
      this.#transport.drop('a message is not of the contract');
      return;
    }
    const message = parsed.data;
    if ('cancel' in message) this.#calls.get(message.cancel)?.abort(new Error('cancelled'));
    else if (this.#calls.has(message.id)) this.#transport.drop(`the call ${message.id} is under way already`);
    else if (this.#calls.size >= MAX_CALLS) this.#transport.drop(`more than ${MAX_CALLS} calls at a time`);
    else void this.#run(message.id, message.command, message.input);
  }

  /** Push an event. */
  emit<E extends EventName>(event: E, payload: Payload<E>): void {
    if (!this.#closed) this.#transport.send({ event, payload });
  }

  /** The page is gone: its calls are cancelled; its jobs go on. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of this.#calls.values()) call.abort(new Error('the page is gone'));
    this.#calls.clear();
    this.#observer.closed(this);
  }

  async #run<C extends CommandName>(id: number, command: C, rawInput: unknown): Promise<void> {
    const { input, output, progress, timeoutMs } = COMMANDS[command];
    const abort = new AbortController();
    this.#calls.set(id, abort);
    let timer: NodeJS.Timeout | undefined;
    try {
      const context: CallContext<C> = {
        signal: abort.signal,
        progress: (news) => {
          if (this.#calls.get(id) === abort) this.#transport.send({ id, progress: progress.parse(news) });
        },
        session: this,
      };
      const handler = this.#handlers[command] as Handler<C>;
      const stopped = new Promise<never>((_, reject) => {
        abort.signal.addEventListener('abort', () => reject(abort.signal.reason));
        timer = setTimeout(() => abort.abort(new TimeoutError(command, timeoutMs)), timeoutMs);
      });
      const work = handler(input.parse(rawInput) as Parameters<Handler<C>>[0], context);
      const value = output.parse(await Promise.race([work, stopped]));
      this.#answer(id, { id, ok: true, value });
    } catch (error) {
      this.#answer(id, { id, ok: false, error: this.#explain(command, abort.signal, error) });
    } finally {
      clearTimeout(timer);
    }
  }

  #answer(id: number, message: ToPage): void {
    if (this.#calls.delete(id)) this.#transport.send(message);
  }

  #explain(command: CommandName, signal: AbortSignal, error: unknown): CallError {
    const plain = { field: null, holders: [] };
    if (error instanceof TimeoutError) return { ...plain, code: 'timeout', message: error.message };
    if (signal.aborted) return { ...plain, code: 'cancelled', message: 'cancelled' };
    const explained = toCallError(error);
    if (explained.code === 'internal') this.#log.error(error, `${command} failed`);
    return explained;
  }
}

class TimeoutError extends Error {
  constructor(command: string, ms: number) {
    super(`${command} had no answer in ${ms / 1000} s`);
  }
}

/** The payload schema of an event, for tests and transports that check what they send. */
export function payloadSchema(event: EventName) {
  return EVENTS[event];
}
