import pino from 'pino';
import type { Log } from '../../../electron/host/log.ts';

/** A log for tests: its lines as `warn: text`. */
export function collectedLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = pino(
    { base: null },
    {
      write(json: string) {
        const { level, msg } = JSON.parse(json) as { level: number; msg: string };
        lines.push(`${pino.levels.labels[level]}: ${msg}`);
      },
    },
  );
  return { log, lines };
}
