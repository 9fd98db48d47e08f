import { LinkSecurity } from '../../../../shared/model/peer.ts';
import { Badge, PeerBadge, SecurityBadge } from '../../../components/status/badges.tsx';
import { Glyph } from '../../../components/status/glyph.tsx';
import { SECURITY_LOOKS } from '../../../components/status/words.ts';
import { useSettings } from '../../../stores/settings.ts';
import { useRows } from '../../../stores/tables.ts';
import { openObject } from '../../../stores/ui.ts';
import { Keys } from '../keys.tsx';
import { Setting, Toggle } from '../setting.tsx';
import styles from '../settings.module.css';
import { useSetting } from '../use-setting.ts';

const PROTECTION: Readonly<Record<LinkSecurity, string>> = {
  local: 'A socket or an address of this machine: nothing crosses a network.',
  plain:
    'Neither encrypted nor authenticated: whoever is on the way can read and change blocks, and whoever reaches the address can attach the disk.',
  tls: 'TLS 1.3: encrypted, and both sides prove their keys. The key of the peer is the one you confirmed.',
  libdmsg:
    'The keys of a libdmsg installation, as DragonFly has them. Better than nothing; not up to attackers of today.',
};

export function SecuritySection() {
  const { insecure_plain } = useSettings();
  const peers = useRows('peers');
  const { error, save } = useSetting();
  return (
    <div className={styles.body}>
      <Keys />
      <Toggle
        label="Allow plain links to other hosts"
        hint="For exports and NBD: lets them listen on, and connect to, addresses of other machines without protection. Peers are allowed one by one when they are added."
        error={error}
        checked={insecure_plain}
        onChange={(value) => void save({ insecure_plain: value })}
      />
      {insecure_plain && (
        <div className={styles.warning} role="note">
          <Badge
            look={{
              word: 'Plain links are allowed',
              glyph: 'triangle',
              tone: 'warn',
              hint: '',
              strong: true,
            }}
          />
          <br />
          Anyone on the network who reaches an export or the NBD server can read and write the disks behind
          it, and can read and change what is on the way. Use it in a network of its own, or put a tunnel
          (WireGuard, SSH) in between and go back to 127.0.0.1.
        </div>
      )}
      <Setting label="What links are protected by">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Protection</th>
              <th scope="col">What it is worth</th>
            </tr>
          </thead>
          <tbody>
            {LinkSecurity.options.map((kind) => (
              <tr key={kind}>
                <th scope="row">
                  <Badge look={SECURITY_LOOKS[kind]} />
                </th>
                <td>{PROTECTION[kind]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Setting>
      <Setting label="Links now">
        {peers.length === 0 ? (
          <p className={styles.hint}>There are no peers.</p>
        ) : (
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Peer</th>
                <th scope="col">Address</th>
                <th scope="col">State</th>
                <th scope="col">Protection</th>
              </tr>
            </thead>
            <tbody>
              {peers.map((peer) => (
                <tr key={peer.id}>
                  <th scope="row">
                    <button
                      type="button"
                      className={styles.link}
                      onClick={() => openObject({ kind: 'peer', id: peer.id })}
                    >
                      {peer.name}
                    </button>
                  </th>
                  <td className="mono">{peer.address}</td>
                  <td>
                    <PeerBadge peer={peer} />
                  </td>
                  <td>
                    <SecurityBadge security={peer.security} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Setting>
      <p className={styles.hint}>
        <Glyph name="lock" /> The metrics endpoint is served to this machine alone, whatever is allowed here.
      </p>
    </div>
  );
}
