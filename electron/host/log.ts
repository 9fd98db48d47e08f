import pino from 'pino';
import pretty from 'pino-pretty';

/** The log of a process: lines on stderr, for people or, with `json`, for machines. */
export type Log = pino.Logger;

/**
 * The level is `usual`, or what SPANDREL_LOG says: trace, debug, warn, error, fatal.
 * @param json one JSON object per line instead of plain text
 */
export function makeLog(json: boolean, usual: 'info' | 'warn' = 'info'): Log {
  const wanted = process.env.SPANDREL_LOG ?? '';
  const level = wanted in pino.levels.values ? wanted : usual;
  if (json) return pino({ base: null, level }, pino.destination({ dest: 2, sync: true }));
  // No colours in a pipe; the log is for people, so time to the millisecond and the message are enough.
  const stream = pretty({
    destination: 2,
    sync: true,
    colorize: process.stderr.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
  });
  return pino({ base: null, level }, stream);
}
