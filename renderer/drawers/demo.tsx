import { Button } from '@mantine/core';
import { useState } from 'react';
import { call } from '../connection/index.ts';
import { toastDone, toastFailed } from '../stores/toast.ts';
import { openObject } from '../stores/ui.ts';

/** Something to look at for whoever has no peer: a disk of memory, exported and attached by this host itself. */
export function StartDemo() {
  const [busy, setBusy] = useState(false);
  const start = () => {
    setBusy(true);
    call('demo.start', {})
      .then(({ unit }) => openObject({ kind: 'unit', id: unit }))
      .catch((error) => toastFailed('The demo did not start', error))
      .finally(() => setBusy(false));
  };
  return (
    <Button variant="default" loading={busy} onClick={start}>
      Start demo
    </Button>
  );
}

/** Ends the demo: its peers, its disk and its export go. */
export function stopDemo(): void {
  call('demo.stop', {})
    .then(() => toastDone('The demo has ended'))
    .catch((error) => toastFailed('The demo did not end', error));
}
