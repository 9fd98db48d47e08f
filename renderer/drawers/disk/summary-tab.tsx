import { Text, UnstyledButton } from '@mantine/core';
import type { Disk } from '../../../shared/model/disk.ts';
import { Fields } from '../../components/fields.tsx';
import { Badge } from '../../components/status/badges.tsx';
import { ACCESS_LOOKS } from '../../components/status/words.ts';
import { Age, NoValue, SizeForms, Time } from '../../components/values.tsx';
import { peersOf } from '../../pages/disks/conflict.ts';
import { ACCESS_WORDS, diskAccess } from '../../pages/disks/disk-state.ts';
import { openObject } from '../../stores/ui.ts';
import { ConflictNote } from './conflict-note.tsx';
import styles from './disk.module.css';

/** What the disk is, who offers it and whether it is here. */
export function SummaryTab({ disk }: { disk: Disk }) {
  const access = diskAccess(disk.paths);
  const { unit, distance } = disk;
  return (
    <div className={styles.stack}>
      {disk.conflict && <ConflictNote disk={disk} />}
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
