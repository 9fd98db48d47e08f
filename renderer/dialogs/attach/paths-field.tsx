import { Checkbox, Radio, Stack, Text } from '@mantine/core';
import type { Path } from '../../../shared/model/disk.ts';
import { PathBadge } from '../../components/status/badges.tsx';
import { counted } from '../parts/count.ts';
import parts from '../parts/parts.module.css';
import styles from './attach.module.css';

/** All paths, or some: the others are disabled until they are reinstated. */
export function PathsField(props: {
  paths: readonly Path[];
  /** Ids of the paths not to be used; null: all are used, also those that come later. */
  off: ReadonlySet<string> | null;
  disabled: boolean;
  onChange(off: ReadonlySet<string> | null): void;
}) {
  const { paths, off, onChange } = props;
  const [only] = paths;
  if (paths.length < 2)
    return (
      <Text size="sm">
        {only === undefined
          ? 'No path now.'
          : `One path, over ${only.peer}. Others are used as well when they come.`}
      </Text>
    );
  const toggle = (id: string) => {
    const next = new Set(off);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  };
  return (
    <Stack gap={6}>
      <Radio.Group
        label="Paths"
        value={off === null ? 'all' : 'some'}
        onChange={(value) => onChange(value === 'all' ? null : new Set())}
        size="xs"
      >
        <Stack gap={4} mt={4}>
          <Radio
            value="all"
            label={`All ${paths.length}, and those that come later`}
            disabled={props.disabled}
          />
          <Radio value="some" label="Choose: the others are disabled at first" disabled={props.disabled} />
        </Stack>
      </Radio.Group>
      {off !== null && (
        <div className={parts.frame}>
          {paths.map((path) => (
            <div key={path.id} className={styles.pathRow}>
              <Checkbox
                label={`${path.peer}: ${path.label}`}
                checked={!off.has(path.id)}
                disabled={props.disabled}
                onChange={() => toggle(path.id)}
              />
              <span>
                <PathBadge path={path} />{' '}
                <span className={parts.dim}>
                  {path.distance === 0 ? 'direct' : counted(path.distance, 'hop')}
                </span>
              </span>
            </div>
          ))}
        </div>
      )}
    </Stack>
  );
}
