import { Badge } from '../../../components/status/badges.tsx';
import { useCurrentHello } from '../../../stores/hello.ts';
import { useRows } from '../../../stores/tables.ts';
import { AddressList } from '../address-list.tsx';
import { Setting } from '../setting.tsx';
import styles from '../settings.module.css';
import { TextSetting } from '../text-setting.tsx';

export function ConnectionsSection() {
  const listeners = useRows('listeners');
  const exporting = useRows('exports').length > 0;
  const hello = useCurrentHello();
  const state = (address: string) => {
    const row = listeners.find((one) => one.address === address);
    if (row === undefined) return exporting ? 'Being opened' : 'Opened with the first export';
    if (row.error !== null)
      return <Badge look={{ word: row.error, glyph: 'cross', tone: 'err', hint: row.error }} />;
    const links = `${row.links} ${row.links === 1 ? 'link' : 'links'}`;
    return row.bound === null ? `Connecting, ${links}` : `${row.bound}, ${links}`;
  };
  return (
    <div className={styles.body}>
      <AddressList
        name="export_listen"
        label="Exports are offered on"
        hint="Addresses peers connect to. The port is 987 where none is given; 127.0.0.1 is for this machine alone."
        placeholder="127.0.0.1:10987, [::1]:10987 or unix:PATH"
        none="No address: peers cannot connect to this machine."
        stateOf={state}
      />
      <AddressList
        name="export_connect"
        label="Exports are offered to routers"
        hint="Routers this machine connects to by itself, so that their clients see its exports."
        placeholder="router.example:987"
        none="No router."
        stateOf={state}
      />
      <TextSetting
        name="nbd_listen"
        label="Units are served over NBD on"
        description="Programs reach attached disks here. Empty: a socket in the state directory, for this user alone."
        placeholder={
          hello === null ? 'unix:PATH or 127.0.0.1:10809' : `unix:${hello.state_directory}/nbd.sock`
        }
      />
      {hello !== null && hello.notices.length > 0 && (
        <Setting label="Notices of the host">
          <ul className={styles.changes}>
            {hello.notices.map((notice) => (
              <li key={notice}>{notice}</li>
            ))}
          </ul>
        </Setting>
      )}
    </div>
  );
}
