import type { Target } from '../../../shared/model/contents.ts';
import type { BlockDevice } from '../../block/device.ts';
import { DEFAULT_PORT } from '../../dmsg/constants.ts';
import { parseAddress } from '../../stream/address.ts';
import { openDisk } from '../copy/endpoint.ts';
import { HostError } from '../host-error.ts';
import type { AppParts } from './parts.ts';

interface Opened {
  readonly device: BlockDevice;
  close(): Promise<void>;
}

/** Use a unit, or a disk that is not attached, for reading; it is closed again afterwards. */
export async function withTarget<T>(
  parts: AppParts,
  target: Target,
  use: (device: BlockDevice) => Promise<T>,
): Promise<T> {
  const opened = await open(parts, target);
  try {
    return await use(opened.device);
  } finally {
    await opened.close();
  }
}

async function open(parts: AppParts, target: Target): Promise<Opened> {
  const disk = 'unit' in target ? undefined : parts.disks.find(target.disk_id);
  const unit = 'unit' in target ? parts.units.find(target.unit) : disk?.unit;
  if (unit !== undefined) {
    const device = await unit.open('contents');
    return { device, close: () => device.close() };
  }
  // Not attached: over a link of its own, so that no unit number and no path is taken.
  const peer = [...(disk?.paths ?? [])]
    .map((path) => parts.peers.idOf(path.link))
    .find((id) => id !== undefined);
  const address = peer === undefined ? undefined : parts.peers.addressOf(peer);
  if (disk === undefined || peer === undefined || address === undefined) {
    throw new HostError('peer', `${disk?.identity.label ?? 'the disk'} is offered by no peer now`);
  }
  // The peer's own link exists already, so this one is as allowed as that.
  const to = parseAddress(address, DEFAULT_PORT);
  return openDisk(to, disk.identity.serial, parts.peers.setupOf(peer), true);
}
