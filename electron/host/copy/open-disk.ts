import type { BlockDevice } from '../../block/device.ts';
import type { Address } from '../../stream/address.ts';
import type { DiskIdentity } from '../../xdisk/identity.ts';
import { ClientHost } from '../client-host.ts';
import type { LinkSetup } from '../link-setup.ts';

const FIND_MS = 10_000;
/** Who uses it waits this long for a path that comes back. */
const HOLD_SECONDS = 30;

/** A disk in use. */
export interface OpenDisk {
  readonly device: BlockDevice;
  readonly identity: DiskIdentity;
  /** End the use, and the link. */
  close(): Promise<void>;
}

/**
 * Use a disk of a peer over a link of its own, which is neither attached here nor has a unit number kept.
 * @throws HostError, BlockError `path`
 */
export async function openDisk(
  peer: Address,
  serial: string,
  setup: LinkSetup,
  readOnly: boolean,
): Promise<OpenDisk> {
  const host = new ClientHost(setup, [peer]);
  try {
    const find = () => host.registry.disks.find(({ identity }) => identity.serial === serial);
    const disk = await host.waitFor(find, `a disk with serial "${serial}"`, FIND_MS);
    const user = await host.registry
      .attach(disk, { readOnly, noPath: { kind: 'seconds', seconds: HOLD_SECONDS } })
      .open('spandrel');
    return {
      device: user,
      identity: disk.identity,
      close: async () => {
        await user.close();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}
