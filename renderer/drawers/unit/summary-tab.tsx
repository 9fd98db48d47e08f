import { formatDuration } from '../../../shared/format.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { Fields } from '../../components/fields.tsx';
import { Badge, ReadOnlyBadge } from '../../components/status/badges.tsx';
import { ACCESS_LOOKS } from '../../components/status/words.ts';
import { Age, SizeForms, Time } from '../../components/values.tsx';
import { readOnlyReason } from '../../pages/units/cells.tsx';
import { useRow } from '../../stores/tables.ts';
import { ConflictNote } from '../disk/conflict-note.tsx';
import { Chain } from './chain.tsx';
import { Device } from './device.tsx';
import { WriteGuarantee } from './guarantee.tsx';
import styles from './unit.module.css';
import { useClients } from './use-clients.ts';
import { noPathWords, POLICY_WORDS } from './words.ts';

/** What the unit is, the way its data takes, and how programs reach it. */
export function SummaryTab({ unit }: { unit: Unit }) {
  const { clients } = useClients(unit.name);
  const disk = useRow('disks', unit.disk_id);
  const { options } = unit;
  return (
    <div className={styles.stack}>
      {disk?.conflict === true && <ConflictNote disk={disk} />}
      <section>
        <h3 className={styles.section}>Way of the data</h3>
        <Chain unit={unit} clients={clients} />
        <WriteGuarantee guarantee={unit.guarantee} />
      </section>
      <section>
        <h3 className={styles.section}>Identity</h3>
        <Fields
          items={[
            { name: 'Name', value: <span className="mono">{unit.name}</span>, copy: unit.name },
            options.alias === null ? null : { name: 'Alias', value: options.alias, copy: options.alias },
            { name: 'Label', value: unit.label, copy: unit.label },
            { name: 'Serial', value: <span className="mono">{unit.serial}</span>, copy: unit.serial },
            { name: 'Size', value: <SizeForms bytes={unit.size_bytes} blockBytes={unit.block_bytes} /> },
            { name: 'Access', value: <Access unit={unit} /> },
            unit.nbd === null
              ? { name: 'NBD', value: 'Hidden: no program can reach it' }
              : { name: 'NBD', value: <span className="mono">{unit.nbd}</span>, copy: unit.nbd },
            unit.device === null
              ? null
              : { name: 'Device', value: <span className="mono">{unit.device}</span>, copy: unit.device },
            {
              name: 'Attached',
              value: (
                <span>
                  <Time at={unit.attached_at} /> (<Age at={unit.attached_at} suffix=" ago" />)
                </span>
              ),
            },
          ]}
        />
      </section>
      <section>
        <h3 className={styles.section}>Options</h3>
        <Fields
          items={[
            { name: 'No path', value: noPathWords(options.no_path) },
            { name: 'Path policy', value: POLICY_WORDS[options.path_policy].text },
            { name: 'Time-out', value: formatDuration(options.request_timeout_ms) },
            { name: 'At startup', value: options.at_startup ? 'Attached again' : 'Not attached again' },
          ]}
        />
      </section>
      <Device unit={unit} />
    </div>
  );
}

function Access({ unit }: { unit: Unit }) {
  if (!unit.read_only) return <Badge look={ACCESS_LOOKS.granted} word="Read-write" />;
  return (
    <>
      <ReadOnlyBadge hint={readOnlyReason(unit)} />
      <span>{readOnlyReason(unit).replace(/^Read-only:? ?/, '')}</span>
    </>
  );
}
