import type { Unit } from '../../../shared/model/unit.ts';
import type { MenuEntry } from '../../components/table/index.ts';
import { openDialog, openObject } from '../../stores/ui.ts';
import { copyIdentity } from '../copy-identity.ts';
import { stopDemo } from '../demo.tsx';

/** What people call it. */
export const unitLabel = ({ options, label }: Pick<Unit, 'options' | 'label'>) => options.alias ?? label;

export const openUnit = ({ name }: Unit, tab: string) => openObject({ kind: 'unit', id: name }, { tab });
export const askDetach = (units: readonly Unit[]) =>
  openDialog({ kind: 'detach', units: units.map(({ name }) => name) });
export const askExpose = ({ name }: Unit) => openDialog({ kind: 'expose', unit: name });
export const copySerial = ({ name, serial }: Unit) => void copyIdentity(`Serial of ${name}`, serial);

/** Everything that can be done with units: with several at once it is less. */
export function unitActs(units: readonly Unit[]): readonly MenuEntry[] {
  const [unit, other] = units;
  if (unit === undefined) return [];
  const detach: MenuEntry = {
    label: other === undefined ? 'Detach…' : `Detach ${units.length} disks…`,
    act: 'detach',
    danger: true,
    run: () => askDetach(units),
  };
  return other === undefined ? [...actsOfOne(unit), detach] : [detach];
}

function actsOfOne(unit: Unit): readonly MenuEntry[] {
  const { name, nbd } = unit;
  return [
    { label: 'Show paths', act: 'paths', run: () => openUnit(unit, 'paths') },
    { label: 'Options…', run: () => openUnit(unit, 'options') },
    {
      label: unit.options.exposed ? 'Hide from NBD…' : 'Expose over NBD…',
      act: 'expose',
      run: () => askExpose(unit),
    },
    { label: 'Copy to a file or disk…', run: () => openDialog({ kind: 'copy', from: name }) },
    { label: 'Benchmark…', run: () => openDialog({ kind: 'benchmark', unit: name }) },
    { label: 'Copy serial', act: 'copy', run: () => copySerial(unit) },
    {
      label: 'Copy NBD URI',
      disabled: nbd === null ? 'It is not exposed' : undefined,
      run: () => nbd !== null && void copyIdentity(`NBD URI of ${name}`, nbd),
    },
    ...(unit.demo ? [{ label: 'Stop demo', run: stopDemo }] : []),
  ];
}
