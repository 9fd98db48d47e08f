import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { spansCommand } from '../../shared/command-line.ts';
import type { PeerStage } from '../../shared/model/peer.ts';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { openObject } from '../stores/ui.ts';
import { readPeerAddress } from './add-peer/address.ts';
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
  const [trusted, setTrusted] = useState<string | null>(null);
  const { run, start, stop } = usePeerTest();
  const read = readPeerAddress(typed);
  const address = read.kind === 'address' ? read.text : typed.trim();
  const other = read.kind === 'address' && read.reach === 'other';
  const input = {
    address,
    name: name.trim() === '' ? null : name.trim(),
    auto_connect: auto,
    insecure_plain: other && plain,
    fingerprint: other && !plain ? trusted : null,
  };
  const key = run?.stages.get('secure')?.key;
  const testing = run?.running === true;
  const unread =
    read.kind === 'none' ? 'Type an address' : read.kind === 'wrong' ? 'The address cannot be read' : null;
  const isKnown = key?.trust === 'pinned';
  const blocked =
    unread ??
    (other && !plain && trusted === null && !isKnown
      ? 'Test first, to see and confirm the key of the peer'
      : null);
  const failed = run?.result?.stages.find(({ state }) => state === 'failed')?.error ?? null;
  const causeAt = (field: string) => (failed?.field === field ? failed.message : undefined);
  return (
    <FormDialog
      title="Add peer"
      submitLabel="Add"
      busyLabel="Adding"
      size="lg"
      fields={['address', 'name', 'insecure_plain', 'fingerprint']}
      blocked={blocked}
      command={{ cli: spansCommand(input), command: 'peers.add', input }}
      extra={
        <Button
          variant="default"
          disabled={!testing && unread !== null}
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
              setTrusted(null);
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
          {read.kind === 'address' && <Security other={other} plain={plain} />}
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
          {other && !plain && key !== undefined && (
            <PeerKey shown={key} trusted={trusted} trust={setTrusted} error={causeAt('fingerprint')} />
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
function Security({ other, plain }: { other: boolean; plain: boolean }) {
  if (!other)
    return (
      <Notice tone="ok" title="This machine">
        The link does not leave this machine, so nobody on the network can read it.
      </Notice>
    );
  if (plain)
    return (
      <Notice tone="warn" title="Plain: neither encrypted nor authenticated">
        Anyone on the network between can read and change what goes over this link. A tunnel (SSH, WireGuard)
        that ends at 127.0.0.1 protects it.
      </Notice>
    );
  return (
    <Notice tone="ok" title="TLS 1.3: encrypted, and both sides prove their keys">
      Test shows the key of the peer. Compare it with what “spandrel keygen” prints there before you confirm
      it.
    </Notice>
  );
}

/** The key a peer showed: pinned already, or a question to whoever adds it. */
function PeerKey({
  shown,
  trusted,
  trust,
  error,
}: {
  shown: NonNullable<PeerStage['key']>;
  trusted: string | null;
  trust: (fingerprint: string | null) => void;
  error: string | undefined;
}) {
  if (shown.trust === 'pinned') return null;
  if (shown.trust !== 'unknown')
    return (
      <Notice tone="err" title={shown.trust === 'changed' ? 'The key has changed' : 'The key was revoked'}>
        {error}
      </Notice>
    );
  return (
    <Checkbox
      label="This is the key of that machine"
      description={<span className="mono">{shown.fingerprint}</span>}
      checked={trusted === shown.fingerprint}
      onChange={(event) => trust(event.currentTarget.checked ? shown.fingerprint : null)}
    />
  );
}
