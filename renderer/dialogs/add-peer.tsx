import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { spansCommand } from '../../shared/command-line.ts';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { openObject } from '../stores/ui.ts';
import { type PeerAddress, readPeerAddress } from './add-peer/address.ts';
import { TestStages } from './add-peer/test-stages.tsx';
import { usePeerTest } from './add-peer/use-peer-test.ts';
import { toastWithAct } from './parts/act-toast.tsx';
import { Notice } from './parts/notice.tsx';
import type { RequestOf } from './requests.ts';

/** A peer to connect to, perhaps tested before: the test leaves nothing behind. */
export function AddPeerDialog({ request }: { request: RequestOf<'add_peer'> }) {
  const [typed, setTyped] = useState(request.address ?? '');
  const [name, setName] = useState('');
  const [auto, setAuto] = useState(true);
  const [plain, setPlain] = useState(false);
  const { run, start, stop } = usePeerTest();
  const read = readPeerAddress(typed);
  const address = read.kind === 'address' ? read.text : typed.trim();
  const other = read.kind === 'address' && read.reach === 'other';
  const input = {
    address,
    name: name.trim() === '' ? null : name.trim(),
    auto_connect: auto,
    insecure_plain: other && plain,
  };
  const testing = run?.running === true;
  const blocked = blockOf(read, input.insecure_plain);
  const failed = run?.result?.stages.find(({ state }) => state === 'failed')?.error ?? null;
  const causeAt = (field: string) => (failed?.field === field ? failed.message : undefined);
  return (
    <FormDialog
      title="Add peer"
      submitLabel="Add"
      busyLabel="Adding"
      size="lg"
      fields={['address', 'name', 'insecure_plain']}
      blocked={blocked}
      command={{ cli: spansCommand(input), command: 'peers.add', input }}
      extra={
        <Button
          variant="default"
          disabled={!testing && blocked !== null}
          onClick={() => (testing ? stop() : void start(input))}
        >
          {testing ? 'Stop test' : run === null ? 'Test' : 'Test again'}
        </Button>
      }
      submit={(signal) => {
        stop();
        return call('peers.add', input, { signal });
      }}
      done={({ id }) =>
        toastWithAct(`${input.name ?? address} was added`, {
          label: 'Open',
          run: () => openObject({ kind: 'peer', id }),
        })
      }
    >
      {(form) => (
        <>
          <TextInput
            label="Address"
            description="HOST[:PORT], [IPv6]:PORT, unix:PATH, or the dmsg:// URI of a disk; the port is 987 unless told"
            placeholder="node-b:987"
            value={typed}
            maxLength={600}
            spellCheck={false}
            autoComplete="off"
            data-autofocus
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              stop();
            }}
            {...form.field('address')}
            error={
              form.field('address').error ??
              causeAt('address') ??
              (read.kind === 'wrong' ? read.message : undefined)
            }
          />
          {read.kind === 'address' && read.text !== typed.trim() && (
            <Notice tone="info">
              Read from the URI: peer <span className="mono">{read.text}</span>
              {read.serial !== null && (
                <>
                  , disk <span className="mono">{read.serial}</span>
                </>
              )}
            </Notice>
          )}
          <TextInput
            label="Name"
            description="For you; the address if it is left empty"
            placeholder={address}
            value={name}
            maxLength={127}
            onChange={(event) => setName(event.currentTarget.value)}
            {...form.field('name')}
          />
          {read.kind === 'address' && <Security other={other} />}
          {other && (
            <Checkbox
              label="Allow a plain link to this host"
              description="Only on a network where you trust every machine"
              checked={plain}
              onChange={(event) => {
                setPlain(event.currentTarget.checked);
                stop();
              }}
              {...form.field('insecure_plain')}
              error={form.field('insecure_plain').error ?? causeAt('insecure_plain')}
            />
          )}
          <Checkbox
            label="Connect by itself"
            description="Now, when Spandrel starts, and again after a loss"
            checked={auto}
            disabled={form.busy}
            onChange={(event) => setAuto(event.currentTarget.checked)}
          />
          {run !== null && <TestStages run={run} serial={read.kind === 'address' ? read.serial : null} />}
        </>
      )}
    </FormDialog>
  );
}

/** How the link will be protected, said as it is. */
function Security({ other }: { other: boolean }) {
  return (
    <Notice
      tone={other ? 'warn' : 'ok'}
      title={other ? 'Plain: neither encrypted nor authenticated' : 'This machine'}
    >
      {other
        ? 'Anyone on the network between can read and change what goes over this link. A tunnel (SSH, WireGuard) that ends at 127.0.0.1 protects it.'
        : 'The link does not leave this machine, so nobody on the network can read it.'}
    </Notice>
  );
}

function blockOf(read: PeerAddress, consented: boolean): string | null {
  if (read.kind === 'none') return 'Type an address';
  if (read.kind === 'wrong') return 'The address cannot be read';
  return read.reach === 'other' && !consented ? 'Allow the plain link, or use a tunnel to 127.0.0.1' : null;
}
