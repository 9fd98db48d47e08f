import { Button, Checkbox, Text } from '@mantine/core';
import type { Peer } from '../../../shared/model/peer.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { usePeerTest } from '../add-peer/use-peer-test.ts';
import { KeyText } from '../keys/key-text.tsx';
import { Notice } from '../parts/notice.tsx';
import { Section } from '../parts/section.tsx';

/** The key of a peer, and where it shows another or none is confirmed yet, the way to confirm that one. */
export function PeerKeyField(props: {
  peer: Peer;
  trusted: string | null;
  disabled: boolean;
  onChange(fingerprint: string | null): void;
}) {
  const { peer, trusted } = props;
  const { run, start } = usePeerTest();
  const key = run?.stages.get('secure')?.key;
  const failed = run?.result?.stages.find(({ state }) => state === 'failed');
  const look = () => {
    const { address, insecure_plain, auto_connect, fingerprint } = peer;
    void start({ address, insecure_plain, auto_connect, fingerprint, name: null });
  };
  return (
    <Section title="Key">
      {peer.fingerprint === null ? (
        <Text size="sm">None is confirmed yet, so links to it are refused.</Text>
      ) : (
        <KeyText fingerprint={peer.fingerprint} of={peer.name} />
      )}
      {key?.trust === 'pinned' && <Notice tone="ok">It shows the confirmed key.</Notice>}
      {key?.trust === 'revoked' && (
        <Notice tone="err" title="Its key is revoked">
          {key.fingerprint}. Settings, Security takes that back.
        </Notice>
      )}
      {(key?.trust === 'changed' || key?.trust === 'unknown') && (
        <Notice
          tone={key.trust === 'changed' ? 'err' : 'warn'}
          title={key.trust === 'changed' ? 'It shows another key' : 'It shows this key'}
        >
          {key.trust === 'changed' && 'Either the machine was set up anew, or somebody stands in between. '}
          Compare it with what “spandrel keygen” prints there.
          <Checkbox
            mt={6}
            label="This is the key of that machine"
            description={<span className="mono">{key.fingerprint}</span>}
            checked={trusted === key.fingerprint}
            disabled={props.disabled}
            onChange={(event) => props.onChange(event.currentTarget.checked ? key.fingerprint : null)}
          />
        </Notice>
      )}
      {run?.error != null && <ErrorPanel title="The peer was not asked" error={run.error} events={false} />}
      {key === undefined && failed?.error != null && (
        <ErrorPanel title={`${peer.name} shows no key`} error={failed.error} events={false} />
      )}
      <div>
        <Button variant="default" loading={run?.running === true} disabled={props.disabled} onClick={look}>
          Ask the peer for its key
        </Button>
      </div>
    </Section>
  );
}
