import { useState } from 'react';
import { create } from 'zustand';
import type { CallError } from '../../../shared/errors.ts';
import type { SettingsPatch } from '../../../shared/model/settings.ts';
import { toCallError } from '../../connection/index.ts';
import { updateSettings } from '../../stores/settings.ts';

/** When a setting was last kept, ms since 1970; 0: none was. */
export const useSaved = create<{ readonly at: number }>(() => ({ at: 0 }));

/** Keeps changes of one setting; a refusal stays with it until the next change. */
export function useSetting() {
  const [error, setError] = useState<CallError | null>(null);
  return {
    error: error?.message ?? null,
    clear: () => setError(null),
    /** @returns whether it was kept */
    async save(change: SettingsPatch): Promise<boolean> {
      try {
        await updateSettings(change);
        setError(null);
        useSaved.setState({ at: Date.now() });
        return true;
      } catch (thrown) {
        setError(toCallError(thrown));
        return false;
      }
    },
  };
}
