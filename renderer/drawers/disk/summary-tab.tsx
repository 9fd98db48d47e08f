import { Text, UnstyledButton } from '@mantine/core';
import { formatBytes } from '../../../shared/format.ts';
import type { Disk } from '../../../shared/model/disk.ts';
import { Fields } from '../../components/fields.tsx';
import { Badge } from '../../components/status/badges.tsx';
import { Glyph } from '../../components/status/glyph.tsx';
import { ACCESS_LOOKS } from '../../components/status/words.ts';
import { Age, NoValue, SizeForms, Time } from '../../components/values.tsx';
import { conflictText, peersOf, twinsOf } from '../../pages/disks/conflict.ts';
import { ACCESS_WORDS, diskAccess } from '../../pages/disks/disk-state.ts';
import { useUnits } from '../../stores/settings.ts';
import { useRows } from '../../stores/tables.ts';
import { openObject } from '../../stores/ui.ts';
import styles from './disk.module.css';

/** What the disk is, who offers it and whether it is here. */
export function SummaryTab({ disk }: { disk: Disk }) {
  const access = diskAccess(disk.paths);
  const { unit, distance } = disk;
  return (
    <div className={styles.stack}>
      {disk.conflict && <Conflict disk={disk} />}
      <Fields
        items={[
          { name: 'Label', value: disk.label, copy: disk.label },
          { name: 'Serial', value: <span className="mono">{disk.serial}</span>, copy: disk.serial },
          { name: 'Size', value: <SizeForms bytes={disk.size_bytes} blockBytes={disk.block_bytes} /> },
          { name: 'Peers', value: peersOf(disk).join(', ') || <NoValue /> },
          {
            name: 'Distance',
            value: distance === null ? <NoValue /> : `${distance} ${distance === 1 ? 'hop' : 'hops'}`,
          },
          { name: 'Access', value: <Badge look={ACCESS_LOOKS[access]} word={ACCESS_WORDS[access]} /> },
          {
            name: 'Attached as',
            value:
              unit === null ? (
                'Not attached'
              ) : (
                <UnstyledButton
                  className={styles.link}
                  onClick={() => openObject({ kind: 'unit', id: unit }, { tab: 'summary' })}
                >
                  {unit}
                </UnstyledButton>
              ),
          },
          { name: 'First seen', value: <When at={disk.first_seen} /> },
          { name: 'Last seen', value: disk.offered ? 'Offered now' : <When at={disk.last_seen} /> },
        ]}
      />
      {access === 'not_asked' && (
        <Text size="sm" c="dimmed">
          A far end tells whether a disk may be written when it is asked to open it, which attaching does.
        </Text>
      )}
    </div>
  );
}

function When({ at }: { at: number }) {
  return (
    <span>
      <Time at={at} /> (<Age at={at} suffix=" ago" />)
    </span>
  );
}

/** Two disks of one serial are two disks: which is which has to be looked at. */
function Conflict({ disk }: { disk: Disk }) {
  const disks = useRows('disks');
  const units = useUnits();
  return (
    <div className={styles.conflict} role="note">
      <span className={styles.conflictGlyph}>
        <Glyph name="triangle" />
      </span>
      <div>
        <Text size="sm" fw={650}>
          {conflictText(disk, disks, (bytes) => formatBytes(bytes, units))}
        </Text>
        <Text size="sm">
          They differ in size or block size, so they are two disks and are kept apart. Look at the contents
          before attaching one.
        </Text>
        {twinsOf(disk, disks).map(({ id, label }) => (
          <div key={id}>
            <UnstyledButton className={styles.link} onClick={() => openObject({ kind: 'disk', id })}>
              Open {label}
            </UnstyledButton>
          </div>
        ))}
      </div>
    </div>
  );
}
