import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { Export } from '../../shared/model/export.ts';
import { ConfirmTyped, FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { useRow } from '../stores/tables.ts';
import { toastDone } from '../stores/toast.ts';
import { isMemory } from './export/source.ts';
import { counted } from './parts/count.ts';
import { Notice } from './parts/notice.tsx';
import type { RequestOf } from './requests.ts';

/** Ends an export. Peers that have it open are named, and cut off only by a second step. */
export function RemoveExportDialog({ request: { export_id: id } }: { request: RequestOf<'remove_export'> }) {
  const item = useRow('exports', id);
  const [forced, setForced] = useState(false);
  if (item === undefined) return <Gone />;
  return forced ? (
    <ForceStop item={item} onBack={() => setForced(false)} />
  ) : (
    <Stop item={item} onForce={() => setForced(true)} />
  );
}

function Stop({ item, onForce }: { item: Export; onForce(): void }) {
  const [typed, setTyped] = useState('');
  const { id, label, source, clients } = item;
  const input = { id, force: false };
  const memory = isMemory(source);
  const blocked = item.demo
    ? 'It belongs to the demo and goes with it'
    : clients.length > 0
      ? 'Peers have it open'
      : memory && typed !== label
        ? 'Type the label'
        : null;
  return (
    <FormDialog
      title={`Stop exporting ${label}`}
      submitLabel="Stop exporting"
      busyLabel="Stopping"
      danger={memory}
      focusSubmit
      blocked={blocked}
      command={{ cli: null, command: 'exports.remove', input }}
      extra={
        clients.length > 0 &&
        !item.demo && (
          <Button variant="subtle" color="err" onClick={onForce}>
            Force…
          </Button>
        )
      }
      submit={(signal) => call('exports.remove', input, { signal })}
      done={() => toastDone(`${label} is no longer exported`)}
    >
      <Clients clients={clients} />
      {memory ? (
        <Notice tone="err" title="Its content is lost">
          It is memory: nothing of it is kept anywhere.
        </Notice>
      ) : (
        <Text size="sm">
          Peers no longer see it. <span className="mono">{source}</span> stays as it is.
        </Text>
      )}
      {memory && clients.length === 0 && (
        <ConfirmTyped expected={label} what="stop exporting it" value={typed} onChange={setTyped} autoFocus />
      )}
    </FormDialog>
  );
}

function ForceStop({ item, onBack }: { item: Export; onBack(): void }) {
  const [typed, setTyped] = useState('');
  const { id, label, source, clients } = item;
  const input = { id, force: true };
  return (
    <FormDialog
      title={`Stop exporting ${label} by force`}
      submitLabel="Stop by force"
      busyLabel="Stopping"
      danger
      blocked={typed === label ? null : 'Type the label'}
      command={{ cli: null, command: 'exports.remove', input }}
      extra={
        <Button variant="subtle" onClick={onBack}>
          Back
        </Button>
      }
      submit={(signal) => call('exports.remove', input, { signal })}
      done={() => toastDone(`${label} is no longer exported`)}
    >
      <Notice tone="err" title={`${counted(clients.length, 'session')} would be cut off`}>
        <ul>
          <li>What these peers have under way waits or fails at their end.</li>
          <li>What they wrote and did not flush may be lost.</li>
          {isMemory(source) && <li>It is memory: its content is lost.</li>}
        </ul>
      </Notice>
      <Clients clients={clients} />
      <ConfirmTyped
        expected={label}
        what="stop exporting it by force"
        value={typed}
        onChange={setTyped}
        autoFocus
      />
    </FormDialog>
  );
}

function Clients({ clients }: { clients: readonly string[] }) {
  if (clients.length === 0) return <Text size="sm">No peer has it open.</Text>;
  return (
    <Notice
      tone="warn"
      title={`${counted(clients.length, 'peer')} ${clients.length === 1 ? 'has' : 'have'} it open`}
    >
      <ul aria-label="Open at">
        {/* One peer may have it open more than once. */}
        {[...new Set(clients)].map((client) => (
          <li key={client}>
            <span className="mono">{client}</span>
            {clients.filter((other) => other === client).length > 1 &&
              ` (${clients.filter((other) => other === client).length} sessions)`}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Gone() {
  return (
    <FormDialog
      title="Stop exporting"
      submitLabel="Stop exporting"
      busyLabel="Stopping"
      blocked="The export is not there any more"
      submit={async () => undefined}
    >
      <Text size="sm">It was ended meanwhile.</Text>
    </FormDialog>
  );
}
