import {
  createSpotlight,
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from '@mantine/spotlight';
import { Search } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { type KeyId, keyHint } from '../keys/keymap.ts';
import { PAGE_ENTRIES } from '../pages/registry.tsx';
import { PAGES } from '../stores/route.ts';
import { useRows } from '../stores/tables.ts';
import { closePalette, openDialog, openObject, openPage, useUi } from '../stores/ui.ts';

const [store, spotlight] = createSpotlight();
const MOST_SHOWN = 60;

/** Everything there is and everything that can be done, by a few letters of its name. */
export function Palette() {
  const open = useUi((state) => state.paletteOpen);
  useEffect(() => (open ? spotlight.open() : spotlight.close()), [open]);
  return open ? <OpenPalette /> : <Spotlight store={store} actions={[]} shortcut={null} />;
}

function OpenPalette() {
  const units = useRows('units');
  const disks = useRows('disks');
  const peers = useRows('peers');
  const exports = useRows('exports');
  const groups = useMemo<SpotlightActionGroupData[]>(
    () => [
      {
        group: 'Pages',
        actions: PAGES.map((page) =>
          action(
            `page ${page}`,
            PAGE_ENTRIES[page].label,
            PAGE_ENTRIES[page].hint,
            () => openPage(page),
            `page_${page}`,
          ),
        ),
      },
      {
        group: 'Actions',
        actions: [
          action('add_peer', 'Add peer…', 'Connect to a machine that offers disks', () =>
            openDialog({ kind: 'add_peer' }),
          ),
          action('export', 'Export…', 'Offer a file or device of this machine', () =>
            openDialog({ kind: 'export' }),
          ),
          action('copy', 'Copy or image…', 'Between disks, files and devices', () =>
            openDialog({ kind: 'copy' }),
          ),
          action('diagnostics', 'Diagnostics…', 'Look through a bundle and save it', () =>
            openDialog({ kind: 'diagnostics' }),
          ),
          action('help', 'Keyboard help', 'All keys', () => openDialog({ kind: 'help' }), 'help'),
          action('about', 'About Spandrel', 'Version and licences', () => openDialog({ kind: 'about' })),
        ],
      },
      {
        group: 'Attached disks',
        actions: units.map((unit) =>
          action(`unit ${unit.name}`, `${unit.name}  ${unit.options.alias ?? unit.label}`, unit.serial, () =>
            openObject({ kind: 'unit', id: unit.name }),
          ),
        ),
      },
      {
        group: 'Remote disks',
        actions: disks.flatMap((disk) => [
          action(`disk ${disk.id}`, disk.label, disk.serial, () => openObject({ kind: 'disk', id: disk.id })),
          ...(disk.unit === null && disk.offered
            ? [
                action(`attach ${disk.id}`, `Attach ${disk.label}…`, disk.serial, () =>
                  openDialog({ kind: 'attach', disk_id: disk.id }),
                ),
              ]
            : []),
        ]),
      },
      {
        group: 'Peers',
        actions: peers.map((peer) =>
          action(`peer ${peer.id}`, peer.name, peer.address, () => openObject({ kind: 'peer', id: peer.id })),
        ),
      },
      {
        group: 'Exports',
        actions: exports.map((item) =>
          action(`export ${item.id}`, item.label, item.source, () =>
            openObject({ kind: 'export', id: item.id }),
          ),
        ),
      },
    ],
    [units, disks, peers, exports],
  );
  return (
    <Spotlight
      store={store}
      actions={groups}
      shortcut={null}
      limit={MOST_SHOWN}
      scrollable
      scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': 'Results', role: 'group' } }}
      attributes={{ content: { 'aria-label': 'Search and commands' } }}
      maxHeight="60vh"
      nothingFound="Nothing of that name"
      highlightQuery
      overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}
      onSpotlightClose={closePalette}
      searchProps={{
        leftSection: <Search size={16} />,
        placeholder: 'Search or do',
        'aria-label': 'Search and commands',
      }}
    />
  );
}

function action(
  id: string,
  label: string,
  description: string,
  run: () => void,
  key?: KeyId,
): SpotlightActionData {
  return {
    id,
    label,
    description,
    onClick: run,
    rightSection: key === undefined ? null : <span className="dim">{keyHint(key)}</span>,
  };
}
