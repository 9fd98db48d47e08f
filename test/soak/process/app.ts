/** The app's host, served to browsers: `app.ts STATE PAGE_FOLDER`. Prints the URL that lets one in. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppCore } from '../../../electron/host/app/app-core.ts';
import { connectPages } from '../../../electron/host/app/app-host.ts';
import { LogRing, makeLog } from '../../../electron/host/log.ts';
import { WebHost } from '../../../electron/web/web-host.ts';
import { answerSnapshots } from './probe.ts';

const [stateDirectory = '', pageDirectory = ''] = process.argv.slice(2);
const logRing = new LogRing();
const log = makeLog(true, 'warn', logRing);
const core = new AppCore({ stateDirectory, log, logRing, version: '0.0.0-soak', commit: null });
const host = await connectPages(core);
const listen = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
const web = await WebHost.start(
  { listen, names: [], insecurePlain: false, pageDirectory, log },
  (transport) => host.connect(transport),
);
const events = join(stateDirectory, 'events');
const eventBytes = (): number =>
  readdirSync(events).reduce((sum, name) => sum + statSync(join(events, name)).size, 0);
answerSnapshots(() => {
  const { units, disks, activeRequests } = core.registry;
  return {
    disks: disks.length,
    paths: disks.reduce((sum, { paths }) => sum + paths.size, 0),
    units: units.length,
    users: units.reduce((sum, { users }) => sum + users.size, 0),
    requests: activeRequests,
  };
}, eventBytes);
console.log(web.mintUrls()[0]);
