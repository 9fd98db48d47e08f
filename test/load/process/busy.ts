/**
 * Connections with light I/O: `busy.ts SOCKET CONNECTIONS PAUSE_MS SEED UNIT…`. Each has one request of 4 KiB at a time
 * at a block of its own and pauses after each, so that a machine of two cores carries them all.
 */
import { Random } from '../../dmsg/support/random.ts';
import { BLOCK, CheckedClient } from './checked-client.ts';
import { answerReports } from './reports.ts';

const [socket = '', connections = '', pauseMs = '', seed = '', ...units] = process.argv.slice(2);
const random = new Random(Number(seed), false);
let requests = 0;
let problems: string[] = [];

function work(client: CheckedClient): void {
  client.request(() => {
    requests++;
    setTimeout(() => work(client), random.next() * 2 * Number(pauseMs));
  });
}

const clients: CheckedClient[] = [];
for (let i = 0; i < Number(connections); i++) {
  const unit = units[i % units.length] as string;
  const offset = Math.floor(i / units.length) * BLOCK;
  clients.push(await CheckedClient.open(socket, unit, offset, random, (text) => problems.push(text)));
}
for (const client of clients) work(client);
answerReports(() => {
  const report = { requests, problems };
  requests = 0;
  problems = [];
  return report;
});
console.log('ready');
