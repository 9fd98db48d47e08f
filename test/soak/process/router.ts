/** A router: `router.ts SOCKET`. Prints "ready". */

import { makeLog } from '../../../electron/host/log.ts';
import { RouteHost } from '../../../electron/host/route-host.ts';
import { answerSnapshots } from './probe.ts';

const [path = ''] = process.argv.slice(2);
const setup = { dialect: 'auto', insecurePlain: false, log: makeLog(true, 'warn') } as const;
const { router } = await RouteHost.start(setup, { listen: [{ kind: 'unix', path }], connect: [] });
answerSnapshots(() => ({ links: router.links.length, spans: router.sources.length }));
console.log('ready');
