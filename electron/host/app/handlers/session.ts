import { hostname } from 'node:os';
import type { Capability, Hello } from '../../../../shared/model/host.ts';
import type { Layout, Settings } from '../../../../shared/model/settings.ts';
import { UnavailableError } from '../../api/call-error.ts';
import type { Handlers, SomeHandlers } from '../../api/handlers.ts';
import { kernelNbd } from '../../system/kernel-nbd.ts';
import { processNames } from '../../system/processes.ts';
import type { PageFeeds } from '../page-feeds.ts';
import type { AppParts } from '../parts.ts';

type Commands = Extract<keyof Handlers, `session.${string}` | `shell.${string}`>;

const YES: Capability = { available: true, reason: null, fix: null };

export function sessionHandlers(parts: AppParts, feeds: PageFeeds): SomeHandlers<Commands> {
  const { shell } = parts.options;
  return {
    'session.hello': async () => hello(parts),
    'session.watch': async (watch, { session }) => {
      feeds.watched(session, watch);
      return {};
    },
    'shell.pick_path': async (options) => {
      if (shell === undefined) throw new UnavailableError('this window has no file picker of the system');
      return { path: await shell.pickPath(options) };
    },
  };
}

/** The host's key, or the notice that tells why it cannot be used. */
function ownKey({ trust, config, notices }: AppParts): Pick<Hello, 'fingerprint' | 'notices'> {
  const others = [...config.notices, ...notices];
  try {
    return { fingerprint: trust.fingerprint, notices: others };
  } catch (error) {
    return { fingerprint: null, notices: [...others, (error as Error).message] };
  }
}

function hello(parts: AppParts): Hello {
  const { options, config } = parts;
  const { peers, exports, units } = config.config;
  const inWindow = 'this page runs in a browser';
  return {
    version: options.version,
    commit: options.commit,
    machine: hostname(),
    platform: platformOf(process.platform),
    started_at: parts.startedAt,
    state_directory: options.stateDirectory,
    capabilities: {
      native_picker: options.shell === undefined ? { available: false, reason: inWindow, fix: null } : YES,
      kernel_nbd: kernelNbd(),
      process_names: processNames(),
      tray: options.shell?.tray === true ? YES : { available: false, reason: inWindow, fix: null },
    },
    settings: structuredClone(config.config.settings) as Settings,
    layout: structuredClone(config.config.layout) as Layout,
    empty: peers.length === 0 && exports.length === 0 && units.length === 0 && !parts.demoRuns,
    metrics: parts.metricsAddress,
    ...ownKey(parts),
  };
}

function platformOf(platform: NodeJS.Platform): Hello['platform'] {
  switch (platform) {
    case 'linux':
    case 'darwin':
    case 'win32':
    case 'freebsd':
      return platform;
    default:
      return 'other';
  }
}
