import { LogRing, makeLog } from '../../../electron/host/log.ts';

/** A process that logs a few lines on stderr and prints what its ring has of them. */
const ring = new LogRing();
const log = makeLog(process.argv.includes('--json'), 'info', ring);
log.debug('details');
log.info('opened ?token=abcd1234');
log.warn({ password: 'abcd1234', peer: { key: 'abcd1234', name: 'nas' } }, 'refused');
log.error(new Error('no'), 'failed');
process.stdout.write(JSON.stringify(ring.tail(2000)));
