import {
  COMMANDS,
  type CommandName,
  type EventName,
  type Input,
  type Output,
  type Payload,
  type Progress,
} from '../../shared/contract.ts';
import { ToPage } from '../../shared/wire.ts';
import { CallFailure, failure } from './call-failure.ts';
import { parsePayload, parseTables } from './payload.ts';
import type { Loss, OpenTransport, Transport } from './transport.ts';

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly since: number }
  | { readonly kind: 'lost'; readonly since: number }
  | { readonly kind: 'denied' };

export interface CallOptions<C extends CommandName> {
  /** Abort it to cancel the call: it then fails at once with `cancelled`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (news: Progress<C>) => void;
  /** Wait shorter than the contract allows. */
  readonly timeoutMs?: number;
}

interface Pending {
  readonly command: CommandName;
  settle(outcome: { value: unknown } | CallFailure): void;
  progress(news: unknown): void;
}

const RETRY_MS = [500, 1000, 2000, 4000, 8000] as const;
/** The host times calls out itself; this much later the page gives up on a host that does not answer. */
const GRACE_MS = 2000;

/**
 * The page's end of the contract: calls with their answers, events, and coming back after a loss. Knows
 * nothing of what is on screen.
 */
export class Connection {
  readonly #open: OpenTransport;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<() => void>();
  readonly #events = new Map<EventName, (payload: never) => void>();
  #transport: Transport | null = null;
  #state: ConnectionState = { kind: 'connecting' };
  #nextId = 1;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #lastHeard = 0;
  #tables: Promise<void> = Promise.resolve();

  constructor(open: OpenTransport) {
    this.#open = open;
  }

  get state(): ConnectionState {
    return this.#state;
  }
  /** When the host last sent anything, ms since 1970. */
  get lastHeard(): number {
    return this.#lastHeard;
  }

  start(): void {
    clearTimeout(this.#retry);
    const old = this.#transport;
    this.#transport = null;
    old?.close();
    let mine: Transport | null = null;
    const current = () => this.#transport === mine;
    mine = this.#open({
      opened: () => {
        if (current()) this.#opened();
      },
      message: (raw) => {
        if (current()) this.#receive(raw);
      },
      closed: (loss) => {
        if (current()) this.#closed(loss);
      },
    });
    this.#transport = mine;
  }

  /** Try again now, not when the back-off says so. */
  retryNow(): void {
    if (this.#state.kind !== 'connected') this.start();
  }

  /** Hear of changes of the state. @returns a disposer */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Who takes an event; one for each. */
  on<E extends EventName>(event: E, take: (payload: Payload<E>) => void): void {
    this.#events.set(event, take);
  }

  /**
   * Ask the host.
   * @throws CallFailure with an error of the contract; `cancelled` as soon as the signal is aborted,
   * `disconnected` as soon as the connection is lost
   */
  call<C extends CommandName>(command: C, input: Input<C>, options: CallOptions<C> = {}): Promise<Output<C>> {
    const { signal, onProgress } = options;
    if (signal?.aborted) return Promise.reject(failure('cancelled', 'cancelled'));
    const transport = this.#transport;
    if (this.#state.kind !== 'connected' || transport === null)
      return Promise.reject(failure('disconnected', 'There is no connection to Spandrel’s host'));
    const id = this.#nextId++;
    const schema = COMMANDS[command];
    let resolve: (value: Output<C>) => void = () => undefined;
    let reject: (why: CallFailure) => void = () => undefined;
    const promise = new Promise<Output<C>>((fulfil, refuse) => {
      resolve = fulfil;
      reject = refuse;
    });
    const cancel = (why: CallFailure) => {
      if (!this.#pending.has(id)) return;
      transport.send({ cancel: id });
      settle(why);
    };
    const aborted = () => cancel(failure('cancelled', 'cancelled'));
    const limit = options.timeoutMs ?? schema.timeoutMs + GRACE_MS;
    const timer = setTimeout(
      () => cancel(failure('timeout', `The host did not answer within ${limit / 1000} s (${command})`)),
      limit,
    );
    const settle = (outcome: { value: unknown } | CallFailure) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      this.#pending.delete(id);
      if (outcome instanceof CallFailure) return reject(outcome);
      const parsed = schema.output.safeParse(outcome.value);
      if (parsed.success) resolve(parsed.data as Output<C>);
      else
        reject(
          failure('internal', `The answer to ${command} is not of the contract: ${parsed.error.message}`),
        );
    };
    signal?.addEventListener('abort', aborted);
    this.#pending.set(id, {
      command,
      settle,
      progress: (news) => onProgress?.(schema.progress.parse(news) as Progress<C>),
    });
    transport.send({ id, command, input });
    return promise;
  }

  #opened(): void {
    this.#attempt = 0;
    this.#lastHeard = Date.now();
    this.#set({ kind: 'connected', since: Date.now() });
  }

  #closed(loss: Loss): void {
    this.#transport = null;
    if (loss === 'denied') this.#set({ kind: 'denied' });
    else {
      if (this.#state.kind !== 'lost') this.#set({ kind: 'lost', since: Date.now() });
      this.#retry = setTimeout(() => this.start(), RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)]);
    }
    for (const call of this.#pending.values())
      call.settle(
        failure('disconnected', `The connection to the host was lost before it answered (${call.command})`),
      );
  }

  #receive(raw: unknown): void {
    this.#lastHeard = Date.now();
    try {
      const message = ToPage.parse(raw);
      if ('event' in message) this.#take(message.event, message.payload);
      else if ('progress' in message) this.#pending.get(message.id)?.progress(message.progress);
      else if (message.ok) this.#pending.get(message.id)?.settle({ value: message.value });
      else this.#pending.get(message.id)?.settle(new CallFailure(message.error));
    } catch (error) {
      // The host breaks the contract: its next message may be fine, and what is on screen still holds.
      console.error('a message of the host is not of the contract', error);
    }
  }

  #take<E extends EventName>(event: E, payload: unknown): void {
    if (event === 'tables') {
      // One after the other: a patch must not overtake the snapshot before it.
      const transport = this.#transport;
      this.#tables = this.#tables
        .then(() => parseTables(payload, nextTask))
        .then((batch) => {
          if (this.#transport === transport) this.#hand('tables', batch);
        })
        .catch((error) => console.error('a batch of tables is not of the contract', error));
    } else this.#hand(event, parsePayload(event, payload));
  }

  #hand<E extends EventName>(event: E, payload: Payload<E>): void {
    const take = this.#events.get(event) as ((payload: Payload<E>) => void) | undefined;
    take?.(payload);
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Let everything else that waits have its turn; a timer would wait 4 ms and more. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
