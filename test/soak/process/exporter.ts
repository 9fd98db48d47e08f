/**
 * An exporter of files: `exporter.ts SOCKET ROUTER PATH=SERIAL…`, where ROUTER is an address it connects to, or
 * empty. Prints "ready".
 */

import { exporterConn } from '../../../electron/dmsg/link-options.ts';
import { openExport } from '../../../electron/host/export-source.ts';
import { listenForLinks } from '../../../electron/host/link-listener.ts';
import { dial } from '../../../electron/host/link-setup.ts';
import { makeLog } from '../../../electron/host/log.ts';
import { parseAddress } from '../../../electron/stream/address.ts';
import { Exporter } from '../../../electron/target/exporter.ts';
import { answerSnapshots } from './probe.ts';

const [path = '', router = '', ...disks] = process.argv.slice(2);
const exporter = new Exporter();
for (const disk of disks) {
  const [source = '', serial = ''] = disk.split('=');
  exporter.add((await openExport({ source, serial, readOnly: false })).item);
}
const setup = { dialect: 'auto', insecurePlain: false, log: makeLog(true, 'warn') } as const;
await listenForLinks(setup, { kind: 'unix', path }, exporterConn(), exporter);
if (router !== '') dial(setup, parseAddress(router), exporterConn(), exporter);
answerSnapshots(() => ({
  links: exporter.links.length,
  sessions: [...exporter.exports].reduce((sum, { sessions }) => sum + sessions.size, 0),
}));
console.log('ready');
