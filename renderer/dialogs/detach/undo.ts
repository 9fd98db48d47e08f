import type { Output } from '../../../shared/contract.ts';
import type { Path } from '../../../shared/model/disk.ts';
import { call } from '../../connection/index.ts';
import { toastDone, toastFailed } from '../../stores/toast.ts';
import { toastWithAct } from '../parts/act-toast.tsx';
import { counted } from '../parts/count.ts';

/** A unit that was detached, with all that makes it what it was. */
export interface Detached extends Output<'units.detach'> {
  readonly unit: string;
  readonly paths: readonly Pick<Path, 'id' | 'use' | 'preferred'>[];
}

const UNDO_MS = 8000;

/** Tells what was detached, and for a while offers to take it back. */
export function toastDetached(message: string, units: readonly Detached[]): void {
  toastWithAct(message, { label: 'Undo', run: () => void undo(units) }, UNDO_MS);
}

/** Attach them as they were: the number of a disk is kept for it. */
export async function undo(units: readonly Detached[]): Promise<void> {
  const back: string[] = [];
  for (const { unit, disk_id, options, paths } of units) {
    try {
      const { unit: name } = await call('units.attach', { disk_id, options });
      back.push(name);
      for (const path of paths) {
        if (path.use === 'disabled')
          await call('units.path', { unit: name, path: path.id, action: 'disable' });
        else if (path.preferred) await call('units.path', { unit: name, path: path.id, action: 'prefer' });
      }
    } catch (error) {
      toastFailed(`${unit} was not attached again`, error);
    }
  }
  const [only] = back;
  if (only === undefined) return;
  toastDone(
    back.length === 1 ? `${only} is attached again` : `${counted(back.length, 'unit')} are attached again`,
  );
}
