import type { Path } from '../../../shared/model/disk.ts';
import type { Severity } from '../../../shared/model/event.ts';
import type { Export } from '../../../shared/model/export.ts';
import type { Job } from '../../../shared/model/job.ts';
import type { Peer } from '../../../shared/model/peer.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { useStale } from '../../stores/freshness.ts';
import { Glyph } from './glyph.tsx';
import styles from './status.module.css';
import {
  ACCESS_LOOKS,
  EXPORT_LOOKS,
  JOB_LOOKS,
  LINK_LOOKS,
  type Look,
  pathLook,
  peerLook,
  READ_ONLY_LOOK,
  SECURITY_LOOKS,
  SEVERITY_LOOKS,
  STALE_LOOK,
  USE_LOOKS,
  unitLook,
} from './words.ts';

/** A state as glyph, word and colour; what it means on hover. */
export function Badge({
  look,
  hint = look.hint,
  word = look.word,
}: {
  look: Look;
  hint?: string;
  word?: string;
}) {
  return (
    <span
      className={`${styles.badge} ${styles[look.tone]} ${look.strong ? styles.strong : ''}`}
      data-hint={hint}
    >
      <Glyph name={look.glyph} />
      <span className={styles.word}>{word}</span>
    </span>
  );
}

/** A state of the host's: Unknown while the host is silent, for an old state is never shown as current. */
export function LiveBadge({ look, hint }: { look: Look; hint?: string | undefined }) {
  const stale = useStale();
  if (stale) return <Badge look={STALE_LOOK} hint={`${STALE_LOOK.hint}. Before: ${look.word}`} />;
  return <Badge look={look} {...(hint === undefined ? {} : { hint })} />;
}

export function HealthBadge({ unit, hint }: { unit: Pick<Unit, 'state' | 'health'>; hint?: string }) {
  return <LiveBadge look={unitLook(unit)} hint={hint} />;
}
export function ReadOnlyBadge({ hint }: { hint?: string }) {
  return <Badge look={READ_ONLY_LOOK} {...(hint === undefined ? {} : { hint })} />;
}
export function PathBadge({ path }: { path: Pick<Path, 'state' | 'use' | 'recent_losses' | 'last_error'> }) {
  const look = pathLook(path);
  return (
    <LiveBadge look={look} hint={path.last_error === null ? undefined : `${look.hint}. ${path.last_error}`} />
  );
}
export function UseBadge({ use }: { use: Path['use'] }) {
  return <LiveBadge look={USE_LOOKS[use]} />;
}
export function AccessBadge({ access }: { access: Path['access'] }) {
  return <LiveBadge look={ACCESS_LOOKS[access]} />;
}
export function LinkBadge({ link }: { link: Path['link'] }) {
  return <LiveBadge look={LINK_LOOKS[link]} />;
}
export function PeerBadge({ peer }: { peer: Pick<Peer, 'state' | 'recent_losses' | 'error'> }) {
  const look = peerLook(peer);
  return <LiveBadge look={look} hint={peer.error === null ? undefined : `${look.hint}. ${peer.error}`} />;
}
export function SecurityBadge({ security }: { security: Peer['security'] }) {
  return <Badge look={SECURITY_LOOKS[security]} />;
}
export function ExportBadge({ item }: { item: Pick<Export, 'state' | 'error'> }) {
  const look = EXPORT_LOOKS[item.state];
  return <LiveBadge look={look} hint={item.error === null ? undefined : `${look.hint}. ${item.error}`} />;
}
export function JobBadge({ job }: { job: Pick<Job, 'state'> }) {
  return <LiveBadge look={JOB_LOOKS[job.state]} />;
}
export function SeverityBadge({ severity }: { severity: Severity }) {
  return <Badge look={SEVERITY_LOOKS[severity]} />;
}
