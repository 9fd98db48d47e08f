import { Button, Menu } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { type MenuEntry, MenuItems } from '../components/table/index.ts';

/** Everything that can be done with the object of a drawer: the menu its row has too. */
export function MoreMenu({ entries }: { entries: readonly MenuEntry[] }) {
  return (
    <Menu position="bottom-end" shadow="md" width={260}>
      <Menu.Target>
        <Button variant="default" rightSection={<ChevronDown size={14} />}>
          More
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <MenuItems entries={entries} />
      </Menu.Dropdown>
    </Menu>
  );
}
