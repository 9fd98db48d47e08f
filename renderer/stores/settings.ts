import { create } from 'zustand';
import type { Input } from '../../shared/contract.ts';
import type { Clock, UnitSystem } from '../../shared/format.ts';
import type { Hello } from '../../shared/model/host.ts';
import { Settings } from '../../shared/model/settings.ts';
import { call } from '../connection/index.ts';

interface SettingsState {
  /** What the host told first; null before. Its `settings` and `layout` are those of that moment. */
  readonly hello: Hello | null;
  readonly settings: Settings;
}

export const useSettingsStore = create<SettingsState>(() => ({ hello: null, settings: Settings.parse({}) }));

export function useSettings(): Settings {
  return useSettingsStore((state) => state.settings);
}
export function useHello(): Hello | null {
  return useSettingsStore((state) => state.hello);
}
export function useUnits(): UnitSystem {
  return useSettingsStore((state) => state.settings.units);
}
export function useClock(): Clock {
  return useSettingsStore((state) => state.settings.clock);
}

/** Change settings; the host keeps them and tells all pages. @throws CallFailure */
export async function updateSettings(change: Input<'settings.update'>): Promise<void> {
  const settings = await call('settings.update', change);
  useSettingsStore.setState({ settings });
}
