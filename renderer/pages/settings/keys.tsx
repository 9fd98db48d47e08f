import { Button, Skeleton } from '@mantine/core';
import type { TrustList } from '../../../shared/model/trust.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Time } from '../../components/values.tsx';
import { KeyText } from '../../dialogs/keys/key-text.tsx';
import keys from '../../dialogs/keys/keys.module.css';
import { useTrust } from '../../dialogs/keys/use-trust.ts';
import { useRows } from '../../stores/tables.ts';
import { openDialog } from '../../stores/ui.ts';
import { Setting } from './setting.tsx';
import styles from './settings.module.css';

/** The key of this host, those of its peers, and those it trusts no more. */
export function Keys() {
  const { value, error, retry } = useTrust();
  const whose = useNames();
  if (value === null && error === null) return <Waiting />;
  return (
    <>
      {error !== null && (
        <ErrorPanel title="The keys cannot be shown" error={error} onRetry={retry} events={false} />
      )}
      {value !== null && (
        <>
          <Setting
            label="Key of this host"
            hint="Give this to the owner of the other machine: with it they let this host use their exports, and make sure that it is this host they connect to."
          >
            <KeyText fingerprint={value.fingerprint} of="this host" />
          </Setting>
          <Setting
            label="Known keys of peers"
            hint="The key each address has shown and you have confirmed. One that shows another is refused."
          >
            <Known peers={value.peers} whose={whose} />
          </Setting>
          <Setting
            label="Revoked keys"
            hint="Kept out whatever lists of exports say, also on the command line of this machine."
          >
            <Revoked revoked={value.revoked} whose={whose} />
            <Button variant="default" onClick={() => openDialog({ kind: 'revoke_key' })}>
              Revoke a key…
            </Button>
          </Setting>
        </>
      )}
    </>
  );
}

/** Whose a key is: the name of the peer that has it, or the one on a list of an export. */
function useNames(): (fingerprint: string) => string | null {
  const peers = useRows('peers');
  const exports = useRows('exports');
  return (fingerprint) =>
    peers.find((peer) => peer.fingerprint === fingerprint)?.name ??
    exports.flatMap(({ allow }) => allow).find((key) => key.fingerprint === fingerprint)?.name ??
    null;
}

function Known({
  peers,
  whose,
}: {
  peers: TrustList['peers'];
  whose: (fingerprint: string) => string | null;
}) {
  if (peers.length === 0)
    return (
      <p className={styles.hint}>
        None yet: a peer on another host is known once its key is confirmed in Add peer.
      </p>
    );
  return (
    <ul className={keys.keys} aria-label="Known keys of peers">
      {peers.map(({ address, fingerprint, first_seen }) => {
        const name = whose(fingerprint);
        return (
          <li key={address}>
            <div className={keys.line}>
              <span>
                <span className="mono">{address}</span>
                {name !== null && name !== address && ` (${name})`}
                <span className={styles.state}>
                  , since <Time at={first_seen} />
                </span>
              </span>
              <Button
                variant="subtle"
                size="compact-xs"
                aria-label={`Forget the key of ${address}`}
                onClick={() =>
                  openDialog({ kind: 'forget_key', fingerprint, whose: address, revoked: false })
                }
              >
                Forget…
              </Button>
              <Button
                variant="subtle"
                size="compact-xs"
                color="err"
                aria-label={`Revoke the key of ${address}`}
                onClick={() => openDialog({ kind: 'revoke_key', fingerprint, whose: address })}
              >
                Revoke…
              </Button>
            </div>
            <KeyText fingerprint={fingerprint} of={address} />
          </li>
        );
      })}
    </ul>
  );
}

function Revoked({
  revoked,
  whose,
}: {
  revoked: TrustList['revoked'];
  whose: (fingerprint: string) => string | null;
}) {
  if (revoked.length === 0) return <p className={styles.hint}>None.</p>;
  return (
    <ul className={keys.keys} aria-label="Revoked keys">
      {revoked.map(({ fingerprint, at }) => {
        const name = whose(fingerprint) ?? 'Not of a peer here';
        return (
          <li key={fingerprint}>
            <div className={keys.line}>
              <span>
                {name}
                <span className={styles.state}>
                  , revoked <Time at={at} />
                </span>
              </span>
              <Button
                variant="subtle"
                size="compact-xs"
                aria-label={`Un-revoke ${fingerprint}`}
                onClick={() => openDialog({ kind: 'forget_key', fingerprint, whose: name, revoked: true })}
              >
                Un-revoke…
              </Button>
            </div>
            <KeyText fingerprint={fingerprint} of={name} />
          </li>
        );
      })}
    </ul>
  );
}

/** Of the height of what comes, so that what is below stays where it is. */
function Waiting() {
  return (
    <div aria-busy>
      <span className="visually-hidden" role="status">
        Asking for the keys
      </span>
      <Skeleton height={210} />
    </div>
  );
}
