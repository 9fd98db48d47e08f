import type { ReactNode } from 'react';
import { formatDuration } from '../../shared/format.ts';
import type { Path } from '../../shared/model/disk.ts';
import { Fields } from '../components/fields.tsx';
import { AccessBadge, LinkBadge, PathBadge, UseBadge } from '../components/status/badges.tsx';
import { Age, Count, Time, useNow } from '../components/values.tsx';
import { useRow } from '../stores/tables.ts';
import { FactGrid } from './fact-grid.tsx';
import { ItemCard } from './item-card.tsx';
import { GuaranteeText } from './unit/guarantee.tsx';

/**
 * A way to a disk. Its three facts stand apart: whether I/O is sent on it, what the far end said, and whether
 * there is a link at all. One word for all would hide what is wrong.
 */
export function PathCard({ path, acts, children }: { path: Path; acts?: ReactNode; children?: ReactNode }) {
  const peer = useRow('peers', path.peer_id);
  return (
    <ItemCard
      title={`${path.peer}  ·  ${path.label}`}
      aside={<PathBadge path={path} />}
      marked={path.use === 'active'}
      acts={acts}
    >
      <FactGrid
        wide
        items={[
          { name: 'Use', value: <UseBadge use={path.use} /> },
          { name: 'Access', value: <AccessBadge access={path.access} /> },
          { name: 'Link', value: <LinkBadge link={path.link} /> },
        ]}
      />
      {children}
      <Fields
        items={[
          path.last_error === null ? null : { name: 'Last error', value: path.last_error },
          peer === undefined
            ? null
            : { name: 'Address', value: <span className="mono">{peer.address}</span>, copy: peer.address },
          { name: 'Distance', value: distanceText(path) },
          path.guarantee === null
            ? null
            : { name: 'Writes', value: <GuaranteeText guarantee={path.guarantee} /> },
          { name: 'Failures', value: <Failures path={path} /> },
          {
            name: 'Last change',
            value: (
              <span>
                <Time at={path.changed_at} /> (<Age at={path.changed_at} suffix=" ago" />)
              </span>
            ),
          },
          { name: 'Next check', value: <NextCheck at={path.next_check_at} /> },
        ]}
      />
    </ItemCard>
  );
}

function distanceText({ distance, preferred }: Path): string {
  return `${distance} ${distance === 1 ? 'hop' : 'hops'}${preferred ? ', preferred by you' : ''}`;
}

function Failures({ path: { failures, recent_losses: losses } }: { path: Path }) {
  return (
    <span className="live">
      <Count value={failures} />
      {losses > 0 && `, lost ${losses === 1 ? 'once' : `${losses} times`} in the last 10 min`}
    </span>
  );
}

function NextCheck({ at }: { at: number | null }) {
  const now = useNow();
  if (at === null) return <span className="dim">None due</span>;
  const left = Math.max(0, Math.ceil((at - now) / 1000) * 1000);
  return <span className="num live">in {formatDuration(left)}</span>;
}
