import { useState } from 'react';
import { formatLatency } from '../../../shared/format.ts';
import { countPaths, isUsable } from '../../../shared/health.ts';
import type { Path } from '../../../shared/model/disk.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { ActButton } from '../../components/act-button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { call } from '../../connection/index.ts';
import { toastDone, toastFailed } from '../../stores/toast.ts';

type Action = 'prefer' | 'disable' | 'reinstate' | 'test';
const FAILED: Readonly<Record<Action, string>> = {
  prefer: 'was not preferred',
  disable: 'was not disabled',
  reinstate: 'was not reinstated',
  test: 'was not tested',
};

/** What can be done with one path. */
export function PathActs({ unit, path }: { unit: Unit; path: Path }) {
  const [busy, setBusy] = useState<Action | null>(null);
  const name = `The path over ${path.peer}`;
  const act = async (action: Action) => {
    setBusy(action);
    try {
      const { rtt_ms } = await call('units.path', { unit: unit.name, path: path.id, action });
      if (action === 'test') toastDone(`${name} is tested. ${roundTrip(rtt_ms)}`);
    } catch (error) {
      toastFailed(`${name} ${FAILED[action]}`, error);
    } finally {
      setBusy(null);
    }
  };
  const button = (action: Action, word: string, reason: string | null) => (
    <ActButton
      size="compact-xs"
      loading={busy === action}
      reason={reason}
      label={`${word} the path over ${path.peer}`}
      onClick={() => void act(action)}
    >
      {word}
    </ActButton>
  );
  const disabled = path.use === 'disabled';
  return (
    <>
      {button('prefer', 'Prefer', whyNotPrefer(path))}
      {disabled
        ? button('reinstate', 'Reinstate', null)
        : button('disable', 'Disable', whyNotDisable(path, unit))}
      {button('test', 'Test', path.link === 'down' ? 'There is no link to test it over' : null)}
      <CopyButton text={JSON.stringify(path, null, 2)} label={`Copy the path over ${path.peer} as JSON`} />
    </>
  );
}

function roundTrip(ms: number | null): string {
  return ms === null ? 'Its round trip is not measured yet.' : `Round trip ${formatLatency(ms * 1000)}.`;
}

function whyNotPrefer({ preferred, use }: Path): string | null {
  if (use === 'disabled') return 'Reinstate it first';
  return preferred ? 'You prefer it already' : null;
}

/** The last way is not closed by a click: whoever wants that detaches the disk or takes the peer away. */
function whyNotDisable(path: Path, { paths }: Unit): string | null {
  return isUsable(path) && countPaths(paths).usable === 1
    ? 'It is the last path that works: requests would wait or fail'
    : null;
}
