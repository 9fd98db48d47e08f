import { Menu, Text } from '@mantine/core';
import { keyHint } from '../../keys/keymap.ts';
import type { MenuEntry } from './props.ts';

/** Acts as entries of a menu, each with its key, or with why it cannot be done now. */
export function MenuItems({ entries }: { entries: readonly MenuEntry[] }) {
  return entries.map((entry) => (
    <Menu.Item
      key={entry.label}
      disabled={entry.disabled !== undefined}
      {...(entry.danger ? { c: 'var(--err)' } : {})}
      onClick={entry.run}
      rightSection={
        entry.act === undefined ? null : (
          <Text size="xs" c="dimmed">
            {keyHint(entry.act)}
          </Text>
        )
      }
    >
      {entry.label}
      {entry.disabled !== undefined && (
        <Text size="xs" c="dimmed">
          {entry.disabled}
        </Text>
      )}
    </Menu.Item>
  ));
}
