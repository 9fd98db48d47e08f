import { execFile } from 'node:child_process';
import { HEALTH_ORDER, HEALTH_WORDS } from '../../shared/health.ts';
import type { Health } from '../../shared/model/unit.ts';
import type { MenuItem } from './menu.ts';

/** What a click on the tray icon's menu does. */
export interface TrayActions {
  raise(): void;
  quit(): void;
}

/** The units by health, the worst first: `3 attached disks: 1 Failed, 2 Optimal`. */
export function healthSummary(healths: Iterable<Health>): string {
  const counts = new Map<Health, number>();
  let all = 0;
  for (const health of healths) {
    counts.set(health, (counts.get(health) ?? 0) + 1);
    all++;
  }
  if (all === 0) return 'No attached disks';
  const parts = HEALTH_ORDER.toReversed().flatMap((health) => {
    const count = counts.get(health);
    return count === undefined ? [] : [`${count} ${HEALTH_WORDS[health]}`];
  });
  return `${all} attached ${all === 1 ? 'disk' : 'disks'}: ${parts.join(', ')}`;
}

export function trayMenu(summary: string, actions: TrayActions): MenuItem[] {
  return [
    { label: summary, enabled: false },
    { type: 'separator' },
    { label: 'Show Spandrel', click: () => actions.raise() },
    { label: 'Quit', click: () => actions.quit() },
  ];
}

/** Who draws tray icons on a Linux desktop owns this name on the session bus. */
const WATCHER = 'org.kde.StatusNotifierWatcher';
const BUS_ARGUMENTS = [
  ...['call', '--session', '--timeout', '2', '--dest', 'org.freedesktop.DBus'],
  ...['--object-path', '/org/freedesktop/DBus', '--method', 'org.freedesktop.DBus.NameHasOwner', WATCHER],
];
const BUS_LIMIT_MS = 3_000;

/**
 * Whether there is a tray. Electron cannot tell on Linux, and a window closed to a tray nobody draws would be
 * gone for good.
 */
export function hasTray(platform: NodeJS.Platform): Promise<boolean> {
  if (platform !== 'linux') return Promise.resolve(true);
  return new Promise((resolve) => {
    execFile('gdbus', BUS_ARGUMENTS, { timeout: BUS_LIMIT_MS }, (error, stdout) => {
      resolve(error === null && stdout.startsWith('(true'));
    });
  });
}
