import { Menu } from '@mantine/core';
import { MenuItems } from './menu-items.tsx';
import type { MenuEntry } from './props.ts';

export interface MenuPlace {
  readonly x: number;
  readonly y: number;
  readonly entries: readonly MenuEntry[];
}

/** The menu of rows, where the pointer or the row is. */
export function RowMenu({ place, onClose }: { place: MenuPlace | null; onClose(): void }) {
  if (place === null) return null;
  return (
    <Menu
      opened
      onChange={(opened) => !opened && onClose()}
      position="bottom-start"
      shadow="md"
      width={240}
      withinPortal
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          aria-label="Menu of the row"
          style={{
            position: 'fixed',
            left: place.x,
            top: place.y,
            width: 0,
            height: 0,
            padding: 0,
            border: 0,
          }}
        />
      </Menu.Target>
      <Menu.Dropdown>
        <MenuItems entries={place.entries} />
      </Menu.Dropdown>
    </Menu>
  );
}
