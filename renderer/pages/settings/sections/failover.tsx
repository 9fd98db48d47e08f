import { Button } from '@mantine/core';
import { formatDuration } from '../../../../shared/format.ts';
import { type NoPath, type PathPolicy, UNIT_OPTION_DEFAULTS } from '../../../../shared/model/unit.ts';
import { Fields } from '../../../components/fields.tsx';
import { useRows } from '../../../stores/tables.ts';
import { openObject, openPage } from '../../../stores/ui.ts';
import { Setting } from '../setting.tsx';
import styles from '../settings.module.css';

const POLICIES: Readonly<Record<PathPolicy, string>> = {
  stay: 'Stay: the nearest path at first, then whichever works',
  nearest: 'Nearest: back to the nearest path when it returns',
  fastest: 'Fastest: the path of shortest round trip, and back to it',
};

function noPathText(no_path: NoPath): string {
  if (no_path.kind === 'hold') return 'Hold requests until a path returns';
  if (no_path.kind === 'fail') return 'Fail requests at once';
  return `Hold requests for ${formatDuration(no_path.seconds * 1000)}, then fail them`;
}

/** Options of failover belong to each disk; here is what they begin with, and which differ. */
export function FailoverSection() {
  const units = useRows('units');
  const { path_policy, no_path, request_timeout_ms } = UNIT_OPTION_DEFAULTS;
  return (
    <div className={styles.body}>
      <Setting
        label="What a disk begins with"
        hint="Chosen in the Attach dialog and changed at the disk, under Options, also while it is in use."
      >
        <Fields
          items={[
            { name: 'Path', value: POLICIES[path_policy] },
            { name: 'While there is no path', value: noPathText(no_path) },
            {
              name: 'A request may take',
              value: `${formatDuration(request_timeout_ms)}; then its path counts as faulty and the request runs on another`,
            },
          ]}
        />
      </Setting>
      <Setting label="Attached disks">
        {units.length === 0 ? (
          <>
            <p className={styles.hint}>No disk is attached.</p>
            <Button variant="default" onClick={() => openPage('disks')}>
              Remote disks
            </Button>
          </>
        ) : (
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Disk</th>
                <th scope="col">Path</th>
                <th scope="col">Without a path</th>
                <th scope="col">Time-out</th>
                <th scope="col">
                  <span className="visually-hidden">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {units.map(({ name, label, options }) => (
                <tr key={name}>
                  <th scope="row">
                    {name} <span className="dim">{options.alias ?? label}</span>
                  </th>
                  <td>{POLICIES[options.path_policy].split(':')[0]}</td>
                  <td>{noPathText(options.no_path)}</td>
                  <td className="num">{formatDuration(options.request_timeout_ms)}</td>
                  <td>
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-label={`Options of ${name}`}
                      onClick={() => openObject({ kind: 'unit', id: name }, { tab: 'options' })}
                    >
                      Options
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Setting>
    </div>
  );
}
