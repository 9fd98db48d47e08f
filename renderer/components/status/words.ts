import { HEALTH_WORDS } from '../../../shared/health.ts';
import type { Path } from '../../../shared/model/disk.ts';
import type { Severity } from '../../../shared/model/event.ts';
import type { ExportState } from '../../../shared/model/export.ts';
import type { JobState } from '../../../shared/model/job.ts';
import type { LinkSecurity, Peer, PeerState } from '../../../shared/model/peer.ts';
import type { Health, Unit } from '../../../shared/model/unit.ts';
import type { GlyphName } from './glyph.tsx';

export type Tone = 'ok' | 'warn' | 'err' | 'info' | 'unknown';

/** How a state looks and reads, everywhere. */
export interface Look {
  readonly word: string;
  readonly glyph: GlyphName;
  readonly tone: Tone;
  /** What others call it, or what it means. */
  readonly hint: string;
  /** Stands out among its like. */
  readonly strong?: boolean;
}

const look = (word: string, glyph: GlyphName, tone: Tone, hint: string, strong = false): Look => ({
  word,
  glyph,
  tone,
  hint,
  strong,
});

export const HEALTH_LOOKS: Readonly<Record<Health, Look>> = {
  optimal: look(HEALTH_WORDS.optimal, 'disc', 'ok', 'All paths can be used'),
  degraded: look(
    HEALTH_WORDS.degraded,
    'triangle',
    'warn',
    'At least one path is lost, two or more are left',
  ),
  single_path: look(
    HEALTH_WORDS.single_path,
    'triangle_one',
    'warn',
    'One path is left: no redundancy',
    true,
  ),
  holding: look(HEALTH_WORDS.holding, 'hourglass', 'err', 'No path: requests wait for one'),
  failed: look(HEALTH_WORDS.failed, 'cross', 'err', 'No path: requests get I/O errors'),
  unknown: look(HEALTH_WORDS.unknown, 'question', 'unknown', 'Nothing is known of it now'),
};
export const STALE_LOOK: Look = look(
  'Unknown',
  'question',
  'unknown',
  'Nothing was heard from the host for a while',
);
export const READ_ONLY_LOOK: Look = look('Read-only', 'lock', 'info', 'It cannot be written');

/** Lifecycle words that stand in for the roll-up. */
const DETACHED = look('Detached', 'dash', 'unknown', 'It is being detached or is no more');

export function unitLook({ state, health }: Pick<Unit, 'state' | 'health'>): Look {
  return state === 'detached' ? DETACHED : HEALTH_LOOKS[health];
}

/** Is I/O sent on it. */
export const USE_LOOKS: Readonly<Record<Path['use'], Look>> = {
  active: look('Active', 'disc', 'ok', 'I/O is sent on this path'),
  standby: look('Standby', 'ring', 'unknown', 'Ready; no I/O until it is needed'),
  disabled: look('Disabled by you', 'pause', 'info', 'Not used until you reinstate it'),
  none: look('Not used', 'dash', 'unknown', 'No I/O is sent on this path'),
};
/** What the far end says. */
export const ACCESS_LOOKS: Readonly<Record<Path['access'], Look>> = {
  not_asked: look('Not asked', 'ring', 'unknown', 'The far end is asked when the path is used'),
  granted: look('Granted', 'check', 'ok', 'Opened for reading and writing'),
  read_only: look('Read-only', 'lock', 'info', 'The far end gives it for reading only'),
  refused: look('Refused', 'cross', 'err', 'The far end did not let it be opened'),
};
/** Transport. */
export const LINK_LOOKS: Readonly<Record<Path['link'], Look>> = {
  up: look('Up', 'disc', 'ok', 'The link to the peer stands'),
  down: look('Down', 'cross', 'err', 'There is no link to the peer'),
};
export const PATH_LOOKS: Readonly<Record<Path['state'], Look>> = {
  open: look('Open', 'disc', 'ok', 'In use'),
  opening: look('Opening', 'spinner', 'info', 'The far end was asked to open the disk'),
  standby: look('Standby', 'ring', 'unknown', 'Ready; no I/O until it is needed (multipath: ghost)'),
  faulty: look('Faulty', 'triangle', 'warn', 'It did not work and is tried again (multipath: faulty)'),
  lost: look('Lost', 'cross', 'err', 'The peer or the disk is gone'),
};
/** Three losses within ten minutes are flapping. */
export const FLAPPING = 3;
export function pathLook(path: Pick<Path, 'state' | 'use' | 'recent_losses'>): Look {
  if (path.use === 'disabled') return USE_LOOKS.disabled;
  if (path.recent_losses >= FLAPPING) return flapping(path.recent_losses, PATH_LOOKS[path.state]);
  return PATH_LOOKS[path.state];
}

export const PEER_LOOKS: Readonly<Record<PeerState, Look>> = {
  up: look('Connected', 'disc', 'ok', 'The link stands'),
  connecting: look('Connecting', 'spinner', 'info', 'The link is being made'),
  waiting: look('Unreachable', 'triangle', 'warn', 'Lost or refused; tried again by itself'),
  disconnected: look('Disconnected', 'dash', 'unknown', 'Disconnected by you'),
};
export function peerLook(peer: Pick<Peer, 'state' | 'recent_losses'>): Look {
  if (peer.recent_losses >= FLAPPING && peer.state !== 'disconnected')
    return flapping(peer.recent_losses, PEER_LOOKS[peer.state]);
  return PEER_LOOKS[peer.state];
}
function flapping(losses: number, now: Look): Look {
  return look(
    `Flapping (${losses} in 10 min)`,
    'wave',
    'warn',
    `Lost ${losses} times in 10 minutes; now: ${now.word}`,
  );
}

export const SECURITY_LOOKS: Readonly<Record<LinkSecurity, Look>> = {
  local: look('This machine', 'lock', 'ok', 'The link does not leave this machine'),
  plain: look('Plain', 'triangle', 'warn', 'Neither encrypted nor authenticated'),
  tls: look('TLS', 'lock', 'ok', 'Encrypted, and the key of the peer is the known one'),
  libdmsg: look(
    'libdmsg (weak)',
    'lock',
    'warn',
    'Encrypted with the RSA keys of an old libdmsg, which is weak',
  ),
};

export const EXPORT_LOOKS: Readonly<Record<ExportState, Look>> = {
  online: look('Online', 'disc', 'ok', 'Offered to peers'),
  opening: look('Opening', 'spinner', 'info', 'Its source is being opened'),
  draining: look('Draining', 'hourglass', 'info', 'No new sessions; those there are end'),
  offline: look('Offline', 'dash', 'unknown', 'Taken offline by you'),
  failed: look('Failed', 'cross', 'err', 'Its source cannot be opened'),
};

export const JOB_LOOKS: Readonly<Record<JobState, Look>> = {
  queued: look('Queued', 'ring', 'unknown', 'Starts when others are done'),
  running: look('Running', 'spinner', 'info', 'Under way'),
  stalled: look('Stalled', 'hourglass', 'warn', 'No progress for 10 s'),
  cancelling: look('Cancelling', 'spinner', 'unknown', 'It stops at the next safe place'),
  done: look('Done', 'check', 'ok', 'Finished'),
  failed: look('Failed', 'cross', 'err', 'It ended with an error'),
  cancelled: look('Cancelled', 'dash', 'unknown', 'Stopped by you'),
};

export const SEVERITY_LOOKS: Readonly<Record<Severity, Look>> = {
  info: look('Info', 'info', 'info', ''),
  warning: look('Warning', 'triangle', 'warn', ''),
  error: look('Error', 'cross', 'err', ''),
};
