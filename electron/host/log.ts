import pino from 'pino';
import pretty from 'pino-pretty';
import type { LogRing } from './log-ring.ts';
import { GONE, redacted } from './redact.ts';

export { LogRing } from './log-ring.ts';

/** The log of a process: lines on stderr, for people or, with `json`, for machines. */
export type Log = pino.Logger;

const SECRETS = ['token', 'key', 'password', 'secret'];

/**
 * The level is `usual`, or what SPANDREL_LOG says: trace, debug, warn, error, fatal. What looks like a secret
 * is left out before a line is written anywhere.
 * @param json one JSON object per line instead of plain text
 * @param ring keeps the last lines as well
 */
export function makeLog(json: boolean, usual: 'info' | 'warn' = 'info', ring?: LogRing): Log {
  const wanted = process.env.SPANDREL_LOG ?? '';
  const level = wanted in pino.levels.values ? wanted : usual;
  const stderr = json ? pino.destination({ dest: 2, sync: true }) : plainText();
  const paths = [...SECRETS, ...SECRETS.map((name) => `*.${name}`)];
  return pino(
    { base: null, level, redact: { paths, censor: GONE } },
    {
      write(line: string) {
        const clean = redacted(line);
        stderr.write(clean);
        ring?.write(clean);
      },
    },
  );
}

function plainText() {
  // No colours in a pipe; the log is for people, so time to the millisecond and the message are enough.
  return pretty({
    destination: 2,
    sync: true,
    colorize: process.stderr.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
  });
}
