import { Group, NumberInput, Radio } from '@mantine/core';
import type { NoPath } from '../../../shared/model/unit.ts';
import styles from './attach.module.css';

/** What becomes of requests while there is no path. */
export function NoPathField(props: {
  kind: NoPath['kind'];
  seconds: number | string;
  disabled: boolean;
  onKind(kind: NoPath['kind']): void;
  onSeconds(seconds: number | string): void;
}) {
  const { kind } = props;
  return (
    <Radio.Group
      label="When no path is left"
      value={kind}
      onChange={(value) => props.onKind(value as NoPath['kind'])}
      size="xs"
    >
      <Group gap="md" mt={4} align="center">
        <Radio value="hold" label="Hold requests for ever" disabled={props.disabled} />
        <div className={styles.seconds}>
          <Radio value="seconds" label="Hold them for" disabled={props.disabled} />
          <NumberInput
            aria-label="Seconds to hold requests"
            w={92}
            min={1}
            max={1_000_000}
            suffix=" s"
            value={props.seconds}
            disabled={props.disabled || kind !== 'seconds'}
            error={kind === 'seconds' && !(Number(props.seconds) > 0)}
            onChange={props.onSeconds}
          />
        </div>
        <Radio value="fail" label="Fail them at once" disabled={props.disabled} />
      </Group>
    </Radio.Group>
  );
}
