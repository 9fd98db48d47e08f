import { messageFault } from '../../../electron/host/api/message-fault.ts';
import type { PageSession, PageTransport } from '../../../electron/host/api/page-session.ts';
import type { CommandName, Input } from '../../../shared/contract.ts';
import { COMMANDS } from '../../../shared/contract.ts';
import { CallError } from '../../../shared/errors.ts';
import { MAX_TO_HOST_BYTES, ToPage } from '../../../shared/wire.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { type Case, holds } from '../support/target.ts';
import { generate } from './generate.ts';
import { checkPrototypes } from './pollution.ts';
import { ODD, spoil } from './spoil.ts';

/** A page gone wild: it calls what there is, as it should be called or otherwise. */
export class HostilePage {
  readonly transport: PageTransport;
  /** Set right after the session was made of the transport. */
  session: PageSession | undefined;
  dropped: string | undefined;
  /** The session is over, and hears nothing more. */
  isClosed = false;
  /** A bug of a handler is none of ours only where the handler was made to have it. */
  readonly #mayBeInternal: boolean;
  readonly #case: Case;
  readonly #random: Random;
  readonly #open = new Map<number, unknown>();
  readonly #commands: readonly CommandName[];
  readonly #wild: number;
  #nextId = 1;
  #problem: unknown;

  constructor(one: Case, commands: readonly CommandName[], mayBeInternal: boolean) {
    this.#case = one;
    this.#random = one.random;
    this.#commands = commands;
    this.#mayBeInternal = mayBeInternal;
    this.#wild = one.random.pick([0.05, 0.2, 0.5]);
    this.transport = {
      name: 'fuzz',
      backlogBytes: 0,
      send: (message) => {
        try {
          this.#hear(message);
        } catch (error) {
          // Thrown in a session, it would become the answer to a call.
          this.#problem ??= error;
        }
      },
      drop: (reason) => {
        this.dropped ??= reason;
        this.session?.close();
      },
    };
  }

  /** Calls without an answer. */
  get waiting(): number {
    return this.#open.size;
  }

  /** @throws Finding where something it was told is wrong */
  check(): void {
    if (this.#problem !== undefined) throw this.#problem;
  }

  /** Send something. @param input what a command is given, else anything its schema takes */
  send(input?: <C extends CommandName>(command: C) => Input<C> | undefined): void {
    const random = this.#random;
    const command = random.pick(this.#commands);
    const id = random.chance(0.97) ? this.#nextId++ : random.integer(1, this.#nextId);
    const given = input?.(command) ?? generate(COMMANDS[command].input, random);
    let message: unknown = random.chance(0.06)
      ? { cancel: random.integer(1, this.#nextId) }
      : { id, command, input: given };
    // What is spoilt inside the input reaches the schema of the command, what is spoilt around it does not.
    if (random.chance(this.#wild)) {
      message = random.chance(0.9)
        ? { id, command, input: spoil(given, random, ODD) }
        : spoil(message, random, ODD);
    }
    const sent = message as { id?: unknown; command?: unknown } | null | undefined;
    if (typeof sent === 'object' && typeof sent?.id === 'number' && !this.#open.has(sent.id)) {
      this.#open.set(sent.id, sent.command);
    }
    this.#case.fed();
    this.session?.receive(message);
    const fault = messageFault(message, MAX_TO_HOST_BYTES);
    const isOver = this.dropped !== undefined || this.isClosed;
    holds(fault === null || isOver, `a page may send what it must not: ${fault}`);
    checkPrototypes();
  }

  #hear(message: ToPage): void {
    holds(ToPage.safeParse(message).success, 'what a page is told is not of the contract');
    if (!('id' in message)) return;
    holds(this.#open.has(message.id), `the call ${message.id} is answered twice, or was never made`);
    if (!('ok' in message)) return;
    const command = this.#open.get(message.id);
    this.#open.delete(message.id);
    if (message.ok) {
      const { output } = COMMANDS[command as CommandName];
      holds(output.safeParse(message.value).success, `the answer to ${command} is not of the contract`);
      return;
    }
    const { code } = CallError.parse(message.error);
    holds(code !== 'internal' || this.#mayBeInternal, `a call ended with a bug: ${message.error.message}`);
  }
}
