import type { Disk } from '../../../shared/model/disk.ts';
import { Fields } from '../../components/fields.tsx';
import { Age, SizeForms } from '../../components/values.tsx';
import { listed } from '../parts/count.ts';
import { Notice } from '../parts/notice.tsx';

/** Which disk it is: enough to be sure it is the right one. */
export function DiskFacts({ disk }: { disk: Disk }) {
  const peers = [...new Set(disk.paths.map(({ peer }) => peer))];
  return (
    <Fields
      items={[
        { name: 'Label', value: disk.label },
        { name: 'Serial', value: <span className="mono">{disk.serial}</span>, copy: disk.serial },
        { name: 'Size', value: <SizeForms bytes={disk.size_bytes} blockBytes={disk.block_bytes} /> },
        { name: 'Block', value: <span className="num">{disk.block_bytes} B</span> },
        {
          name: peers.length === 1 ? 'Peer' : 'Peers',
          value: peers.length === 0 ? 'none offers it now' : listed(peers),
        },
      ]}
    />
  );
}

/** Two disks with one serial are never merged: both are listed, to be told apart. */
export function Twins({ disk, twins }: { disk: Disk; twins: readonly Disk[] }) {
  if (twins.length === 0) return null;
  return (
    <Notice tone="warn" title={`The serial ${disk.serial} is not unique`}>
      Disks that claim it differ in size or block size. Make sure that this is the one you mean:
      <ul>
        {[disk, ...twins].map((each) => (
          <li key={each.id}>
            {each === disk && <strong>This one: </strong>}
            {each.label}, <SizeForms bytes={each.size_bytes} blockBytes={each.block_bytes} />, over{' '}
            {listed([...new Set(each.paths.map(({ peer }) => peer))]) || 'no peer now'}, first seen{' '}
            <Age at={each.first_seen} suffix=" ago" />
            {each.unit !== null && `, attached as ${each.unit}`}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
