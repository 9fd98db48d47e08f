import { Group, Kbd, Modal, Text, Title } from '@mantine/core';
import { KEYS, type Key, shownKey } from '../keys/keymap.ts';
import { closeDialog } from '../stores/ui.ts';
import styles from './help.module.css';
import type { RequestOf } from './requests.ts';

const GROUPS = [...new Set(KEYS.map(({ group }) => group))];
const keysOf = (group: Key['group']): readonly Key[] => KEYS.filter((key) => key.group === group);

/** All keys, from the table that acts on them. */
export function HelpDialog(_: { request: RequestOf<'help'> }) {
  return (
    <Modal opened onClose={closeDialog} title="Keys" size={1060}>
      <div className={styles.grid}>
        {GROUPS.map((group) => (
          <section key={group} className={styles.group}>
            <Title order={3} size="sm" mb={4}>
              {group}
            </Title>
            {keysOf(group).map(({ id, keys, text }) => (
              <Group key={id} justify="space-between" wrap="nowrap" gap="md" mb={3}>
                <Text size="sm">{text}</Text>
                <Group gap={4} wrap="nowrap">
                  {keys.map((key) => (
                    <Kbd key={key} size="xs">
                      {shownKey(key)}
                    </Kbd>
                  ))}
                </Group>
              </Group>
            ))}
          </section>
        ))}
      </div>
      <Text size="xs" c="dimmed">
        Single letters work while a table or chart has the focus.
      </Text>
    </Modal>
  );
}
