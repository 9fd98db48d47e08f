import type { Command } from 'commander';
import { stateDirectory } from '../host/state-file.ts';
import { hostKey, renewHostKey } from '../host/trust/host-key.ts';
import { Output } from './output.ts';

interface Flags {
  readonly force?: true;
  readonly json?: true;
}

export function addKeygen(program: Command): void {
  program
    .command('keygen')
    .summary('show the key of this host, made on first need')
    .description(
      'Print the fingerprint of the key by which peers know this host; the key is made if there is none. Links ' +
        'with TLS prove it. The key itself stays in keys/host.key of the state directory.',
    )
    .option(
      '--force',
      'make a new key in the place of the old one: peers that know the old one refuse this host',
    )
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const directory = stateDirectory();
  const { fingerprint, path, created } = flags.force === true ? renewHostKey(directory) : hostKey(directory);
  output.emit({ event: 'ready', command: 'keygen', fingerprint, path, created }, fingerprint);
}
