import type { Peer } from '../../../shared/model/peer.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Fields } from '../../components/fields.tsx';
import { LiveFigure } from '../../components/live-figure.tsx';
import { SecurityBadge } from '../../components/status/badges.tsx';
import { SECURITY_LOOKS } from '../../components/status/words.ts';
import { Age, Count, NoValue, Time } from '../../components/values.tsx';
import { useWatch } from '../../connection/index.ts';
import { KeyText } from '../../dialogs/keys/key-text.tsx';
import { ROLE_WORDS } from '../../pages/peers/columns.tsx';
import { sessionsOf } from '../../pages/peers/peer-facts.ts';
import { useRows } from '../../stores/tables.ts';

/** The link to a peer, and what is known of the machine behind it. */
export function SummaryTab({ peer }: { peer: Peer }) {
  useWatch({ peers: [peer.id] });
  const sessions = sessionsOf(peer.id, useRows('units')).map(({ name }) => name);
  const security = SECURITY_LOOKS[peer.security];
  return (
    <>
      {peer.error !== null && (
        <div style={{ marginBottom: 14 }}>
          <ErrorPanel
            title={`No link to ${peer.name}`}
            error={{ code: 'peer', message: peer.error, field: null, holders: [] }}
          />
        </div>
      )}
      <Fields
        items={[
          { name: 'Name', value: peer.name, copy: peer.name },
          { name: 'Address', value: <span className="mono">{peer.address}</span>, copy: peer.address },
          peer.label === null ? null : { name: 'Calls itself', value: peer.label, copy: peer.label },
          { name: 'Role', value: peer.role === null ? <NoValue /> : ROLE_WORDS[peer.role] },
          {
            name: 'Dialect',
            value: peer.dialect === null ? <NoValue /> : `DMSG ${DIALECT_WORDS[peer.dialect]}`,
          },
          {
            name: 'Protection',
            value: (
              <span>
                <SecurityBadge security={peer.security} /> <span className="dim">{security.hint}</span>
              </span>
            ),
          },
          peer.security === 'tls'
            ? {
                name: 'Key',
                value:
                  peer.fingerprint === null ? (
                    'None is confirmed yet: confirm it in Edit'
                  ) : (
                    <KeyText fingerprint={peer.fingerprint} of={peer.name} />
                  ),
              }
            : null,
          peer.insecure_plain ? { name: 'Plain link', value: 'Allowed by you' } : null,
          { name: 'Round trip', value: <LiveFigure of={`peer:${peer.id}`} name="rtt_ms" /> },
          { name: 'Spans', value: <Count value={peer.spans} /> },
          { name: 'Sessions', value: sessions.length === 0 ? 'None' : sessions.join(', ') },
          {
            name: peer.state === 'up' ? 'Up since' : 'State since',
            value: (
              <span>
                <Time at={peer.since} /> (<Age at={peer.since} />)
              </span>
            ),
          },
          { name: 'Reconnects', value: <Count value={peer.reconnects} /> },
          {
            name: 'Lost',
            value: `${peer.recent_losses === 1 ? 'Once' : `${peer.recent_losses} times`} in the last 10 min`,
          },
          { name: 'At startup', value: peer.auto_connect ? 'Connected' : 'Not connected' },
        ]}
      />
    </>
  );
}

const DIALECT_WORDS: Readonly<Record<NonNullable<Peer['dialect']>, string>> = {
  '2014': 'of 2014',
  current: 'as it is now',
};
