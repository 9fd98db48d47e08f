import pino from 'pino';
import type { BlockDevice } from '../../electron/block/device.ts';
import { ClientHost } from '../../electron/host/client-host.ts';
import { stateDirectory } from '../../electron/host/state-file.ts';
import { Trust } from '../../electron/host/trust/trust.ts';
import { parseAddress } from '../../electron/stream/address.ts';

const FIND_MS = 10_000;

/**
 * The unit an exporter offers, through our engine. Closing it ends the link too.
 * @param where `HOST:PORT` of an exporter that offers one disk; with TLS `HOST:PORT#FINGERPRINT`
 */
export async function openUnit(where: string): Promise<BlockDevice> {
  const log = pino({ level: 'warn' }, pino.destination(2));
  const [address = '', key] = where.split('#');
  const trust = new Trust(stateDirectory(), log, { vouched: key === undefined ? [] : [key] });
  const setup = { dialect: 'auto', insecurePlain: false, tls: key !== undefined, trust, log } as const;
  const host = new ClientHost(setup, [parseAddress(address)]);
  const disk = await host.waitFor(() => host.registry.disks[0], 'a disk', FIND_MS);
  const user = await host.registry.attach(disk, {}).open('benchmark');
  return {
    sizeBytes: user.sizeBytes,
    blockBytes: user.blockBytes,
    readOnly: user.readOnly,
    synchronous: false,
    submit: (request) => user.submit(request),
    close: async () => {
      await user.close();
      await host.close();
    },
  };
}
