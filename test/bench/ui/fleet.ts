/**
 * Many small disks in memory, each offered over several sockets: `fleet.ts DIRECTORY DISKS PATHS`. Prints the
 * addresses as JSON when all are offered.
 */
import { join } from 'node:path';
import { exporterConn } from '../../../electron/dmsg/link-options.ts';
import { openExport } from '../../../electron/host/export-source.ts';
import { listenForLinks } from '../../../electron/host/link-listener.ts';
import { makeLog } from '../../../electron/host/log.ts';
import { formatAddress } from '../../../electron/stream/address.ts';
import { Exporter } from '../../../electron/target/exporter.ts';

const [directory = '', disks = '0', paths = '0'] = process.argv.slice(2);
const log = makeLog(true, 'warn');
const setup = { dialect: 'auto', insecurePlain: false, log } as const;
const addresses: string[] = [];
for (let path = 0; path < Number(paths); path++) {
  const exporter = new Exporter();
  for (let disk = 0; disk < Number(disks); disk++) {
    const serial = `FLEET-${String(disk).padStart(4, '0')}`;
    const { item } = await openExport({
      source: 'memory:1M',
      serial,
      label: `fleet/${disk}`,
      readOnly: false,
    });
    exporter.add(item);
  }
  const address = { kind: 'unix', path: join(directory, `fleet-${path}.sock`) } as const;
  const listener = await listenForLinks(setup, address, exporterConn(), exporter);
  addresses.push(formatAddress(listener.address));
}
console.log(JSON.stringify(addresses));
