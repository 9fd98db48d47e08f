import { Menu, Text } from '@mantine/core';
import { keyHint } from '../../keys/keymap.ts';
import type { MenuEntry } from './props.ts';

export interface MenuPlace {
  readonly x: number;
  readonly y: number;
  readonly entries: readonly MenuEntry[];
}

/** The menu of rows, where the pointer or the row is. */
export function RowMenu({ place, onClose }: { place: MenuPlace | null; onClose(): void }) {
  return (
    <Menu
      opened={place !== null}
      onChange={(opened) => !opened && onClose()}
      position="bottom-start"
      shadow="md"
      width={240}
      withinPortal
    >
      <Menu.Target>
        <span style={{ position: 'fixed', left: place?.x ?? 0, top: place?.y ?? 0, width: 0, height: 0 }} />
      </Menu.Target>
      <Menu.Dropdown>
        {place?.entries.map((entry) => (
          <Menu.Item
            key={entry.label}
            disabled={entry.disabled !== undefined}
            {...(entry.danger ? { color: 'err' } : {})}
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
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
