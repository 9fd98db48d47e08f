import type { Command } from 'commander';
import type { TrustList } from '../../shared/model/trust.ts';
import { HostError } from '../host/host-error.ts';
import { stateDirectory } from '../host/state-file.ts';
import { hostKey } from '../host/trust/host-key.ts';
import { KnownPeers } from '../host/trust/known-peers.ts';
import type { Fingerprint } from '../stream/fingerprint.ts';
import { Output } from './output.ts';
import { fingerprint } from './values.ts';

interface Flags {
  readonly json?: true;
}

export function addTrust(program: Command): void {
  const trust = program
    .command('trust')
    .summary('list, forget and revoke the keys of peers')
    .description('The keys of peers this host knows, and those it trusts no more.');
  trust
    .command('list')
    .description('list the keys pinned by address, and those revoked')
    .option('--json', 'print one JSON object')
    .action((flags: Flags) => show(flags));
  trust
    .command('forget')
    .description('forget what is known of a key: pins, so that it is asked about again, and a revocation')
    .argument('<fingerprint>', 'the key', fingerprint)
    .option('--json', 'print one JSON object')
    .action((key: Fingerprint, flags: Flags) => {
      const { addresses, revoked } = known().forget(key);
      if (addresses.length === 0 && !revoked) {
        throw new HostError('usage', `${key} is neither pinned nor revoked here (see: spandrel trust list)`);
      }
      show(flags);
    });
  trust
    .command('revoke')
    .description('trust a key no more, whatever pins and --allow say; links of running commands end at once')
    .argument('<fingerprint>', 'the key', fingerprint)
    .option('--json', 'print one JSON object')
    .action((key: Fingerprint, flags: Flags) => {
      known().revoke(key);
      show(flags);
    });
}

function known(): KnownPeers {
  return new KnownPeers(stateDirectory());
}

function show(flags: Flags): void {
  const { peers, revoked } = known();
  const list: TrustList = {
    fingerprint: hostKey(stateDirectory()).fingerprint,
    peers: [...peers],
    revoked: [...revoked],
  };
  const lines = [
    `${list.fingerprint}  this host`,
    ...peers.map((peer) => `${peer.fingerprint}  ${peer.address}, since ${dateOf(peer.first_seen)}`),
    ...revoked.map((key) => `${key.fingerprint}  REVOKED ${dateOf(key.at)}`),
  ];
  new Output(flags.json === true).emit({ event: 'ready', command: 'trust', ...list }, lines.join('\n'));
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
