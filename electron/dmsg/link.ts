import type { ByteSink, ByteStream } from '../stream/byte-stream.ts';
import type { Fingerprint } from '../stream/fingerprint.ts';
import { printable } from '../stream/text.ts';
import { TlsError } from '../stream/tls-error.ts';
import { Backlog } from './backlog.ts';
import { type Conn, connCommand, readConn, writeConn } from './conn.ts';
import { Command, Flag, Wire } from './constants.ts';
import { ControlAllowance } from './control-allowance.ts';
import { LinkCryptoError } from './crypto/error.ts';
import { type Dialect, dialectOfConn, MAX_PAYLOAD_BYTES } from './dialect.ts';
import { heartbeat } from './heartbeat.ts';
import { LinkError } from './link-error.ts';
import { type LinkLimits, overLimit } from './link-limits.ts';
import { admits, connFor, type LinkOptions } from './link-options.ts';
import type { Message } from './message.ts';
import { MessageReader } from './message-reader.ts';
import { MessageWriter } from './message-writer.ts';
import { Mux } from './mux.ts';
import { Pulse } from './pulse.ts';
import { readSpan, type Span, writeSpan } from './span.ts';
import type { Transaction, TransactionHandler } from './transaction.ts';

/** Who uses a link. */
export interface LinkUser {
  /** The peer has introduced itself: `link.peer` and `link.dialect` are known, spans may be offered. */
  up(link: Link): void;
  /**
   * The peer offers something. The handler returned hears of its withdrawal and of what the peer opens on
   * it; null refuses the span.
   */
  spanOffered(link: Link, span: Span, transaction: Transaction, message: Message): TransactionHandler | null;
  /** The link has ended; all its transactions have been told. Called once, last. */
  down(link: Link, error: LinkError): void;
  /** The system has taken some of what was written: `link.unsentBytes` has shrunk. */
  progress?(link: Link): void;
  /** Console text of the peer (DBG_SHELL|REPLY), printable, for the log. */
  consoleText?(link: Link, text: string): void;
}

/** How long an orderly close waits for the peer before the connection is cut. */
const CLOSE_MS = 1_000;
const CONSOLE_TEXT_BYTES = 256;
/** What a line of console text counts as: it goes to the log. */
const CONSOLE_TEXT_COST = 100;

/**
 * A connection to one peer: introductions (LNK_CONN) both ways in the peer's dialect, spans, pings, and the
 * transactions of whoever uses it. Whatever the peer does wrong ends this link and nothing else.
 */
export class Link implements ByteSink {
  readonly #stream: ByteStream;
  readonly #options: LinkOptions;
  readonly #user: LinkUser;
  readonly #limits: LinkLimits;
  readonly #backlog: Backlog;
  readonly #reader: MessageReader;
  readonly #writer: MessageWriter;
  /** The transactions. */
  readonly mux: Mux;
  #state: 'handshake' | 'up' | 'closing' | 'down' = 'handshake';
  #peer: Conn | undefined;
  #peerIntroduction: Transaction | undefined;
  #dialect: Dialect;
  /** Dialects whose LNK_CONN we have sent. */
  readonly #introduced = new Set<Dialect>();
  readonly #startedMs = performance.now();
  readonly #pulse: Pulse;
  readonly #allowance: ControlAllowance;
  #paused = false;
  #closeTimer: NodeJS.Timeout | undefined;

  /** Takes over a stream just opened or accepted, and starts it. */
  constructor(stream: ByteStream, options: LinkOptions, user: LinkUser) {
    this.#stream = stream;
    this.#options = options;
    this.#user = user;
    this.#limits = options.limits;
    this.#pulse = new Pulse(options.limits, options.pingMs, this.#startedMs);
    this.#allowance = new ControlAllowance(options.limits, this.#startedMs);
    this.#dialect = options.dialect === 'auto' ? 'current' : options.dialect;
    this.#reader = new MessageReader(
      {
        message: (message) => this.mux.receive(message),
        landing: (message, n) => this.mux.landing(message, n),
      },
      // Until the peer has told its dialect, the smaller limit holds.
      MAX_PAYLOAD_BYTES['2014'],
    );
    this.#backlog = new Backlog(options.limits, (error) => this.fail(error));
    this.#writer = new MessageWriter(
      stream,
      () => {
        this.#backlog.note(this.unsentBytes);
        user.progress?.(this);
      },
      () => this.#backlog.note(this.unsentBytes),
    );
    this.mux = new Mux(
      this.#writer,
      {
        opened: (transaction, message) => this.#opened(transaction, message),
        oneWay: (m) => this.#oneWay(m),
        control: () => this.control(),
        losing: ({ idLow, idHigh }) => {
          if (this.#reader.abandonLandingFor(idLow, idHigh)) this.#stream.retarget?.();
        },
        overrun: (error) => queueMicrotask(() => this.fail(error)),
      },
      options.limits,
    );
    stream.start(this);
    heartbeat.add(this);
    // In `auto` a listener waits to hear the dialler's dialect. A dialler of either generation speaks at
    // once, and an old listener answers an introduction it does not know with NOSUPP.
    if (options.side === 'dialer' || options.dialect !== 'auto') this.#introduce(this.#dialect);
  }

  /** The peer's address, for people. */
  get remote(): string {
    return this.#stream.remote;
  }
  /** Fingerprint of the key the peer has proved to hold; undefined where the link asks for none. */
  get identity(): Fingerprint | undefined {
    return this.#stream.identity;
  }
  /** What its peer may cost. */
  get limits(): LinkLimits {
    return this.#limits;
  }
  get state(): 'handshake' | 'up' | 'closing' | 'down' {
    return this.#state;
  }
  /** How the peer introduced itself; undefined before it did. */
  get peer(): Conn | undefined {
    return this.#peer;
  }
  get dialect(): Dialect {
    return this.#dialect;
  }
  /** Largest payload a message to the peer may have, in bytes. */
  get maxPayloadBytes(): number {
    return MAX_PAYLOAD_BYTES[this.#dialect];
  }
  /** Round-trip time of the newest answered ping. */
  get rttMs(): number | undefined {
    return this.#pulse.rttMs;
  }
  /** Bytes written and not yet taken by the system. */
  get unsentBytes(): number {
    return this.#writer.unsentBytes;
  }

  /** Whether the peer asked for spans of this kind. */
  wants(span: Span): boolean {
    return this.#peer !== undefined && admits(this.#peer, this.#dialect, span);
  }

  /** Offer a span; the handler hears of what the peer opens on it. Withdraw it with `mux.end`. */
  offer(span: Span, handler: TransactionHandler): Transaction {
    const transaction = this.mux.open(null, handler);
    const at = this.mux.begin(transaction, Command.LNK_SPAN, false);
    writeSpan(this.#writer.view, at, true, span);
    this.#writer.finish();
    return transaction;
  }

  /** Stop and go on taking messages from the peer, as back-pressure. */
  pause(): void {
    this.#paused = true;
    this.#stream.pause();
  }
  resume(): void {
    this.#paused = false;
    this.#stream.resume();
  }

  /**
   * The peer sent what no back-pressure holds: pings, introductions, spans, opens, what comes too late or in the
   * middle of a transaction. Commands on an open disk are held by whoever serves them, and answers were asked
   * for: they are not counted.
   * @param cost as how many messages it counts
   * @throws LinkError, within the call that handed the message on
   */
  control(cost = 1): void {
    this.#allowance.spend(cost);
  }

  /** A payload that is arriving in this memory must go elsewhere: its owner wants it back. */
  abandonLanding(landing: Uint8Array): void {
    if (this.#reader.abandonLanding(landing)) this.#stream.retarget?.();
  }

  /** End the link in order: withdraw everything of ours, send what is queued, close. */
  close(): void {
    if (this.#state === 'down' || this.#state === 'closing') return;
    this.#state = 'closing';
    // The peer's spans are left to end with the link, so that whoever uses them is told.
    for (const transaction of this.mux.roots()) {
      if (transaction.local || transaction === this.#peerIntroduction) this.mux.end(transaction);
    }
    this.#writer.flush();
    this.#stream.end();
    this.#closeTimer = setTimeout(() => this.fail(new LinkError('closed', 'closed by us')), CLOSE_MS).unref();
  }

  /** End the link at once. */
  fail(error: LinkError): void {
    if (this.#state === 'down') return;
    this.#state = 'down';
    heartbeat.remove(this);
    this.#backlog.close();
    clearTimeout(this.#closeTimer);
    this.#reader.stop();
    this.mux.loseAll(Wire.LOSTLINK);
    this.#stream.destroy();
    this.#user.down(this, error);
  }

  // ByteSink: what the stream calls.

  target(): Uint8Array {
    return this.#reader.target();
  }

  received(bytes: number): void {
    this.#pulse.heard();
    try {
      this.#reader.received(bytes);
    } catch (error) {
      if (error instanceof LinkError) this.fail(error);
      else this.fail(new LinkError('field', `internal error: ${String(error)}`, error));
    }
  }

  closed(error: Error | undefined): void {
    if (error !== undefined) {
      this.#over(asLinkError(error));
    } else {
      const where = this.#reader.atBoundary ? '' : ' in the middle of a message';
      this.#over(new LinkError('eof', `the peer closed the connection${where}`));
    }
  }

  /** Called by the heartbeat: ping, and notice a peer that is silent, stuck or never introduced itself. */
  beat(nowMs: number, late: boolean): void {
    this.#allowance.refill(nowMs);
    this.#pulse.note(nowMs, late, this.#paused, this.unsentBytes);
    if (this.#state === 'handshake') {
      const { handshake_seconds } = this.#limits;
      if (nowMs - this.#startedMs <= handshake_seconds * 1000) return;
      const what = `no LNK_CONN in ${handshake_seconds} s${this.#dialectHint()}`;
      this.fail(overLimit(this.#limits, 'handshake_seconds', what, 'handshake'));
      return;
    }
    const fault = this.#pulse.fault(nowMs);
    if (fault !== undefined) this.fail(fault);
    else if (this.#pulse.pings(nowMs)) {
      this.#writer.begin(Command.LNK_PING, 0, 0, 0, 0, 0);
      this.#writer.finish();
    }
  }

  #dialectHint(): string {
    const { dialect } = this.#options;
    return dialect === 'auto' ? '' : ` (dialect ${dialect} is forced; does the peer speak the other?)`;
  }

  #introduce(dialect: Dialect): void {
    if (this.#introduced.has(dialect)) return;
    this.#introduced.add(dialect);
    const handler: TransactionHandler = {
      message: (transaction, message) => {
        if (!transaction.rxClosed) return;
        this.mux.end(transaction);
        // The other generation's refusal of the introduction it does not know; the right one follows.
        if (message.error === Wire.NOSUPP && dialect !== this.#dialect) return;
        if (message.error === Wire.NOSUPP && this.#state === 'handshake') return;
        this.#peerEnds(message.error);
      },
      lost: () => {},
    };
    const transaction = this.mux.open(null, handler);
    const at = this.mux.begin(transaction, connCommand(dialect), false);
    writeConn(this.#writer.view, at, true, dialect, connFor(dialect, this.#options.conn));
    this.#writer.finish();
  }

  /** The peer ended an introduction, which ends everything. */
  #peerEnds(error: number): void {
    const reason = error === 0 ? '' : ` with error 0x${error.toString(16)}`;
    queueMicrotask(() => this.#over(new LinkError('eof', `the peer ended the link${reason}`)));
  }

  /** The other side has gone; that was the plan if we were closing. */
  #over(error: LinkError): void {
    this.fail(this.#state === 'closing' ? new LinkError('closed', 'closed by us') : error);
  }

  #opened(transaction: Transaction, message: Message): void {
    if (this.#state === 'closing') return;
    this.control();
    const dialect = dialectOfConn(message.command);
    if (dialect !== undefined) this.#peerIntroduced(dialect, transaction, message);
    else if (message.command === Command.LNK_SPAN && this.#peer !== undefined) {
      this.#spanOffered(transaction, message);
    }
    // Anything else is left without a handler, which refuses it with NOSUPP; DBG_SHELL as xdisk.c does.
  }

  #peerIntroduced(dialect: Dialect, transaction: Transaction, message: Message): void {
    const { dialect: choice } = this.#options;
    if (choice !== 'auto' && choice !== dialect) return;
    if (this.#peer !== undefined) throw new LinkError('field', 'a second LNK_CONN');
    this.#peer = readConn(message.view, message.at, message.le, dialect);
    this.#peerIntroduction = transaction;
    this.#dialect = dialect;
    this.#reader.maxPayloadBytes = MAX_PAYLOAD_BYTES[dialect];
    transaction.handler = {
      message: () => {
        if (!transaction.rxClosed) return;
        this.mux.end(transaction);
        this.#peerEnds(0);
      },
      lost: () => {},
    };
    this.mux.result(transaction);
    this.#introduce(dialect);
    this.#state = 'up';
    this.#user.up(this);
  }

  #spanOffered(transaction: Transaction, message: Message): void {
    if (transaction.rxClosed) return; // withdrawn as it was offered
    const { spans } = this.#limits;
    // Besides the spans there is the introduction.
    if (this.mux.remoteRoots > spans + 1) {
      throw overLimit(this.#limits, 'spans', `more than ${spans} spans offered`);
    }
    const span = readSpan(message.view, message.at, message.le);
    if (span.distance > 0xffff) throw new LinkError('field', `a span over ${span.distance} hops`);
    transaction.handler = this.#user.spanOffered(this, span, transaction, message);
    if (transaction.handler !== null && !transaction.txCreated) this.mux.result(transaction);
  }

  #oneWay(message: Message): void {
    this.control(message.command === Command.DBG_SHELL ? CONSOLE_TEXT_COST : 1);
    if (message.has(Flag.REPLY)) {
      // Any status answers a ping: the 2014 library refuses it with NOSUPP, which proves life as well.
      if (message.command !== Command.DBG_SHELL) this.#pulse.answered();
      else if (message.payload.length > 0) {
        const text = Buffer.from(message.payload.subarray(0, CONSOLE_TEXT_BYTES)).toString('utf8');
        this.#user.consoleText?.(this, printable(text));
      }
    } else if (message.command === Command.LNK_PING) {
      this.#writer.begin((Command.LNK_PING | Flag.REPLY) >>> 0, 0, 0, 0, 0, 0);
      this.#writer.finish();
    }
    // Other one-way messages are ignored: answering an ERROR would ping-pong.
  }
}

/** Why the stream under a link ended, in the link's terms. */
function asLinkError(error: Error): LinkError {
  if (error instanceof LinkError) return error;
  const tampered =
    (error instanceof LinkCryptoError && error.code === 'mac') ||
    (error instanceof TlsError && error.code === 'tampered');
  return new LinkError(tampered ? 'mac' : 'socket', error.message, error);
}
