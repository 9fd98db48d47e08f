/** A hostile client: `hostile.ts SOCKET UNIT DISK_BYTES OFFENCE…`, each of them for as long as it lives. */
import { connect, type Socket } from 'node:net';
import { GreedyNbdPeer } from '../../e2e/support/nbd-peer.ts';
import { attached, command } from '../../nbd/raw.ts';
import type { Offence } from '../driver/offences.ts';
import { answerReports } from './reports.ts';

const READ = 0;
const WRITE = 1;
const MIB = 1 << 20;
const BLOCK = 4096;
const REPLY_BYTES = 16 + BLOCK;
const GREEDY_READS = 4000;
const ANNOUNCERS = 64;
const SILENT = 200;
const SILENT_PAUSE_MS = 1000;
const COMERS = 16;
/** As many as a server takes of one client. */
const DEPTH = 1024;

const [socket = '', unit = '', diskBytes = '', ...offences] = process.argv.slice(2);

const COMMIT: Readonly<Record<Offence, () => Promise<void>>> = {
  'reads never taken': async () => {
    const peer = await GreedyNbdPeer.open(socket, unit);
    peer.readMany(GREEDY_READS, MIB, Number(diskBytes));
  },

  'writes never sent': async () => {
    for (let i = 0; i < ANNOUNCERS; i++) {
      const peer = await attached(socket, unit);
      peer.write(command(WRITE, 1, 0, Number(diskBytes)), Buffer.alloc(100));
    }
  },

  // Dropped after a while or to make room, they come again; at once would be a flood.
  'silent connections': async () => {
    for (let i = 0; i < SILENT; i++) await comeAgain((peer) => peer.resume(), SILENT_PAUSE_MS);
  },

  'flood of requests': async () => {
    const peer = await attached(socket, unit);
    peer.socket.removeAllListeners('data');
    const requests = Buffer.concat(
      Array.from({ length: DEPTH }, (_, i) => command(READ, i, i * BLOCK, BLOCK)),
    );
    const requestBytes = requests.length / DEPTH;
    let received = 0;
    peer.socket.on('data', (data) => {
      received += data.length;
      const answers = Math.floor(received / REPLY_BYTES);
      received -= answers * REPLY_BYTES;
      peer.socket.write(requests.subarray(0, answers * requestBytes));
    });
    peer.write(requests);
  },

  'flood of connections': async () => {
    for (let i = 0; i < COMERS; i++) await comeAgain((peer) => peer.destroy(), 0);
  },
};

/** Connect, so many ms after the connection before is over. Resolves when the first one is there. */
function comeAgain(use: (peer: Socket) => void, pauseMs: number): Promise<void> {
  return new Promise((resolve) => {
    const come = (): void => {
      const peer = connect({ path: socket }, () => {
        use(peer);
        resolve();
      });
      peer.on('error', () => {}).once('close', () => (pauseMs === 0 ? come() : setTimeout(come, pauseMs)));
    };
    come();
  });
}

for (const offence of offences) await COMMIT[offence as Offence]();
answerReports(() => ({}));
console.log('ready');
