/**
 * An exporter whose medium does what it is told, as a process of its own:
 * `bad-exporter.ts FILE SERIAL SOCKET failing|cached`. It prints "ready"; a line on standard input sets the fault.
 */
import { createInterface } from 'node:readline';
import { exporterConn } from '../../../electron/dmsg/link-options.ts';
import { listenForLinks } from '../../../electron/host/link-listener.ts';
import { makeLog } from '../../../electron/host/log.ts';
import { writeVerifierOf } from '../../../electron/host/write-verifier.ts';
import { Export } from '../../../electron/target/export.ts';
import { Exporter } from '../../../electron/target/exporter.ts';
import { openMedium } from '../../../electron/target/media/medium.ts';
import { SiblingExporters } from '../../../electron/target/sibling-exporters.ts';
import { BadMedium, CachedMedium, MEDIUM_FAULTS } from './bad-medium.ts';

const [path = '', serial = '', socket = '', kind = ''] = process.argv.slice(2);
const inner = await openMedium(path);
const medium = kind === 'cached' ? new CachedMedium(inner) : new BadMedium(inner);
// Caches of two processes would not agree, so a medium with one belongs to this process alone.
const siblings =
  kind === 'cached'
    ? undefined
    : await SiblingExporters.join(medium.identity, (opening) => item.opensAtSibling(opening));
// And what it has not flushed is gone with the process, where else it stands in the system's cache.
const verifier = kind === 'cached' ? undefined : writeVerifierOf(medium.identity);
const item: Export = new Export({
  serial,
  label: 'faults/disk',
  open: async () => medium,
  ...(siblings === undefined ? {} : { siblings }),
  ...(verifier === undefined ? {} : { verifier }),
});
await item.online();
const exporter = new Exporter();
exporter.add(item);
const setup = { dialect: 'auto', insecurePlain: false, log: makeLog(true, 'warn') } as const;
await listenForLinks(setup, { kind: 'unix', path: socket }, exporterConn(), exporter);
createInterface({ input: process.stdin }).on('line', (line) => {
  const fault = MEDIUM_FAULTS.find((known) => known === line);
  if (fault === undefined) throw new Error(`no fault "${line}"`);
  medium.fault = fault;
});
console.log('ready');
