import { arch, cpus, hostname, release, totalmem, uptime } from 'node:os';
import type { Output } from '../../../shared/contract.ts';
import { TABLE_NAMES } from '../../../shared/model/tables.ts';
import type { AppParts } from './parts.ts';

const EVENTS = 1_000;
const LOG_LINES = 2_000;

const ANYTHING = { kind: null, object_id: null, severity: null, text: '', from: null, to: null };

/** Everything that helps to find out what is wrong, as text to be looked through. There are no secrets in it. */
export async function diagnostics(parts: AppParts): Promise<Output<'diagnostics.preview'>['files']> {
  const { options, tables, journal, config, startedAt } = parts;
  const { events } = await journal.query(ANYTHING, null, EVENTS);
  const memory = process.memoryUsage();
  const about = {
    spandrel: {
      version: options.version,
      commit: options.commit,
      started_at: new Date(startedAt).toISOString(),
    },
    machine: {
      name: hostname(),
      platform: process.platform,
      release: release(),
      arch: arch(),
      cpus: cpus().length,
      memory_bytes: totalmem(),
      uptime_seconds: Math.round(uptime()),
    },
    process: {
      versions: process.versions,
      rss_bytes: memory.rss,
      heap_used_bytes: memory.heapUsed,
      external_bytes: memory.external,
      uptime_seconds: Math.round(process.uptime()),
      handles: process.getActiveResourcesInfo().length,
    },
  };
  const state = Object.fromEntries(TABLE_NAMES.map((table) => [table, [...tables.rows(table).values()]]));
  const log = options.logRing?.tail(LOG_LINES) ?? [];
  return [
    { name: 'about.json', text: pretty(about) },
    { name: 'config.json', text: config.exportText() },
    { name: 'state.json', text: pretty(state) },
    { name: 'events.json', text: pretty(events) },
    {
      name: 'log.txt',
      text: log.map(({ at, level, text }) => `${new Date(at).toISOString()} ${level} ${text}`).join('\n'),
    },
  ];
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
