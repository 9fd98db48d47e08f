import { useMemo } from 'react';
import { useRows } from '../../stores/tables.ts';

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** All that has figures, as groups of a menu: names first, for they are typed to find one. */
export function useObjectChoices(options: { peers: boolean }): { group: string; items: Choice[] }[] {
  const units = useRows('units');
  const exports = useRows('exports');
  const peers = useRows('peers');
  const withPeers = options.peers;
  return useMemo(() => {
    const groups = [
      {
        group: 'Attached disks',
        items: [
          { value: 'total', label: 'All disks' },
          ...units.map(({ name, label, options: { alias } }) => ({
            value: `unit:${name}`,
            label: `${name}  ${alias ?? label}`,
          })),
        ],
      },
      {
        group: 'Paths',
        items: units.flatMap(({ name, paths }) =>
          paths.map(({ id, peer }) => ({ value: `path:${id}`, label: `${name} over ${peer}` })),
        ),
      },
      {
        group: 'Exports',
        items: exports.map(({ id, label }) => ({ value: `export:${id}`, label: `Export ${label}` })),
      },
      {
        group: 'Peers',
        items: withPeers
          ? peers.map(({ id, name }) => ({ value: `peer:${id}`, label: `Link to ${name}` }))
          : [],
      },
    ];
    return groups.filter(({ items }) => items.length > 0);
  }, [units, exports, peers, withPeers]);
}
