import pino from 'pino';
import { z } from 'zod';
import { LogLine } from '../../shared/model/host.ts';

const LINES = 2000;
/** A longer text is cut, so that the ring has at most 16 MiB. */
const MAX_TEXT = 8192;

/** What pino writes: its own fields, and whatever else was logged with the message. */
const Written = z.looseObject({
  time: z.number(),
  level: z.number(),
  msg: z.string().default(''),
  err: z.looseObject({ message: z.string().default(''), stack: z.string().optional() }).optional(),
});

/** The last lines of the log, for the log page and diagnostics. Give it to `makeLog`. */
export class LogRing {
  readonly #lines: LogLine[] = [];
  /** Where the next line goes. */
  #next = 0;

  /** Keep a line as pino writes it, in JSON. */
  write(json: string): void {
    this.#lines[this.#next] = read(json);
    this.#next = (this.#next + 1) % LINES;
  }

  /**
   * The last lines, oldest first.
   * @param lines at most so many, 0 … 2,000
   */
  tail(lines: number): LogLine[] {
    const start = this.#lines.length < LINES ? 0 : this.#next;
    const ordered = [...this.#lines.slice(start), ...this.#lines.slice(0, start)];
    return ordered.slice(Math.max(0, ordered.length - lines));
  }
}

function read(json: string): LogLine {
  const written = Written.safeParse(parsed(json));
  // Somebody logged an object with odd `msg` or `err`: better an ugly line than none.
  if (!written.success) return { at: Date.now(), level: 'info', text: cut(json.trim()) };
  const { time, level, msg, err, ...rest } = written.data;
  const parts = [msg];
  if (err !== undefined) parts.push(err.stack ?? err.message);
  if (Object.keys(rest).length > 0) parts.push(JSON.stringify(rest));
  return {
    at: time,
    level: LogLine.shape.level.catch('info').parse(pino.levels.labels[level]),
    text: cut(parts.filter((part) => part !== '').join('\n')),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
