import { Button, Group, SegmentedControl, Tooltip } from '@mantine/core';
import { Pause, Play, Undo2 } from 'lucide-react';
import { formatTime } from '../../../shared/format.ts';
import { keyOf } from '../../keys/keymap.ts';
import { useClock } from '../../stores/settings.ts';
import { isLive, RANGES } from '../../stores/time-range.ts';
import { setRange, toggleLive, useRange, useUi, zoomBack } from '../../stores/ui.ts';

const CHOICES = RANGES.map(({ id, label }) => ({ value: id as string, label }));

/** The time range of all charts: one for all pages. */
export function RangePicker() {
  const range = useRange();
  const clock = useClock();
  const canGoBack = useUi((state) => state.rangesBefore.length > 0);
  const live = isLive(range);
  const chosen = range.kind === 'last' ? RANGES.find(({ ms }) => ms === range.ms)?.id : undefined;
  const data =
    range.kind === 'span'
      ? [
          ...CHOICES,
          { value: 'span', label: `${formatTime(range.from, clock)} – ${formatTime(range.to, clock)}` },
        ]
      : CHOICES;
  return (
    <Group gap="xs" data-range role="group" aria-label="Time range">
      <SegmentedControl
        aria-label="Time range"
        data={data}
        value={chosen ?? 'span'}
        onChange={(id) => {
          const ms = RANGES.find((one) => one.id === id)?.ms;
          if (ms !== undefined) setRange({ kind: 'last', ms, pausedAt: null });
        }}
      />
      <Button
        variant={live ? 'default' : 'filled'}
        leftSection={live ? <Pause size={13} /> : <Play size={13} />}
        onClick={toggleLive}
        aria-pressed={!live}
      >
        {live ? 'Pause' : 'Live'}
      </Button>
      {canGoBack && (
        <Tooltip label="The range before the zoom">
          <Button variant="default" leftSection={<Undo2 size={13} />} onClick={zoomBack}>
            Back
          </Button>
        </Tooltip>
      )}
    </Group>
  );
}

/** Keys of the range while a chart or table has the focus. @returns whether it was one */
export function rangeKey(event: Parameters<typeof keyOf>[0]): boolean {
  const id = keyOf(event, 'rows');
  const { range } = useUi.getState().route;
  const at = range.kind === 'last' ? RANGES.findIndex(({ ms }) => ms === range.ms) : -1;
  if (id === 'live') toggleLive();
  else if (id === 'range')
    document.querySelector<HTMLElement>('[data-range] input:checked, [data-range] button')?.focus();
  else if (id === 'range_shorter' || id === 'range_longer') {
    const next = RANGES[Math.min(Math.max(at + (id === 'range_longer' ? 1 : -1), 0), RANGES.length - 1)];
    if (next !== undefined) setRange({ kind: 'last', ms: next.ms, pausedAt: null });
  } else return false;
  return true;
}
