import { SegmentedControl, Stack, Text } from '@mantine/core';
import type { Settings } from '../../../shared/model/settings.ts';
import { Page } from '../../components/page.tsx';
import { updateSettings, useSettings } from '../../stores/settings.ts';
import { toastFailed } from '../../stores/toast.ts';

const THEMES = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'contrast', label: 'High contrast' },
] satisfies { value: Settings['theme']; label: string }[];
const UNITS = [
  { value: 'iec', label: 'KiB, MiB, GiB' },
  { value: 'si', label: 'kB, MB, GB' },
] satisfies { value: Settings['units']; label: string }[];

export function SettingsPage() {
  const settings = useSettings();
  const set = (change: Partial<Settings>) =>
    updateSettings(change).catch((error) => toastFailed('The setting was not changed', error));
  return (
    <Page title="Settings">
      <Stack align="flex-start">
        <Text size="sm">Theme</Text>
        <SegmentedControl
          aria-label="Theme"
          data={THEMES}
          value={settings.theme}
          onChange={(theme) => void set({ theme })}
        />
        <Text size="sm">Units</Text>
        <SegmentedControl
          aria-label="Units"
          data={UNITS}
          value={settings.units}
          onChange={(units) => void set({ units })}
        />
      </Stack>
    </Page>
  );
}
