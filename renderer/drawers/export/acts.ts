import type { Export } from '../../../shared/model/export.ts';
import type { MenuEntry } from '../../components/table/index.ts';
import { call } from '../../connection/index.ts';
import { toastFailed } from '../../stores/toast.ts';
import { openDialog } from '../../stores/ui.ts';
import { copyIdentity } from '../copy-identity.ts';

const OF_DEMO = 'It belongs to the demo, and ends with it';

/** It is offered, or about to be. */
export const isOffered = ({ state }: Export) => state === 'online' || state === 'opening';
/** Why exporting it cannot be stopped here; null: it can. */
export const whyNotStop = ({ demo }: Export) => (demo ? OF_DEMO : null);

/** Why it cannot be taken offline or put online now; null: it can. */
export function whyNotSwitch({ state }: Export): string | null {
  return state === 'draining' ? 'Its last sessions are ending' : null;
}

/** The state tells what becomes of it; why it did not go is told. */
export function setOnline(items: readonly Export[], online: boolean): void {
  for (const { id, label } of items) {
    call('exports.set_online', { id, online }).catch((error) =>
      toastFailed(`${label} was not ${online ? 'put online' : 'taken offline'}`, error),
    );
  }
}

export const copySerial = ({ label, serial }: Export) => void copyIdentity(`Serial of ${label}`, serial);
export function askStop(item: Export): void {
  if (!item.demo) openDialog({ kind: 'remove_export', export_id: item.id });
}

/** Everything that can be done with exports: with several at once it is less. */
export function exportActs(items: readonly Export[]): readonly MenuEntry[] {
  const [item, other] = items;
  if (item === undefined) return [];
  const on = items.filter(isOffered);
  const off = items.filter((each) => !isOffered(each));
  const switches: readonly MenuEntry[] = [
    {
      label: 'Put online',
      disabled: off.length === 0 ? 'It is online' : (whyNotSwitch(item) ?? undefined),
      run: () => setOnline(off, true),
    },
    {
      label: 'Take offline',
      disabled: on.length === 0 ? (whyNotSwitch(item) ?? 'It is offline') : undefined,
      run: () => setOnline(on, false),
    },
  ];
  return other === undefined ? [...switches, ...actsOfOne(item)] : switches;
}

function actsOfOne(item: Export): readonly MenuEntry[] {
  return [
    { label: 'Copy serial', act: 'copy', run: () => copySerial(item) },
    {
      label: 'Stop exporting…',
      act: 'detach',
      danger: true,
      disabled: whyNotStop(item) ?? undefined,
      run: () => askStop(item),
    },
  ];
}
