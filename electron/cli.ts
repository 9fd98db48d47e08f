#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addAttach } from './cli/attach.ts';
import { addBenchmark } from './cli/benchmark.ts';
import { addCopy } from './cli/copy.ts';
import { ExitCode, fail } from './cli/exit.ts';
import { addExport } from './cli/export.ts';
import { addKeygen } from './cli/keygen.ts';
import { addRoute } from './cli/route.ts';
import { addServe } from './cli/serve.ts';
import { addSpans } from './cli/spans.ts';
import { addStat } from './cli/stat.ts';
import { addTrust } from './cli/trust.ts';
import { buildInfo } from './host/build-info.ts';

const program = new Command('spandrel')
  .description('Remote disks over DMSG: offer them, attach them, reach them over NBD.')
  .version(buildInfo().version)
  .showSuggestionAfterError()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'spandrel:')) })
  .exitOverride()
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 internal error, 2 wrong usage, 3 peer or disk not reachable, 4 file, address or right\n' +
      'of this machine, 5 I/O error, 6 verification failed, 7 in use, 130 cancelled.',
  );
for (const add of [
  addServe,
  addExport,
  addAttach,
  addSpans,
  addRoute,
  addStat,
  addCopy,
  addBenchmark,
  addKeygen,
  addTrust,
])
  add(program);
for (const command of program.commands) command.copyInheritedSettings(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) fail(error);
  // commander has printed its one line, or the help that was asked for.
  process.exit(error.exitCode === 0 ? 0 : ExitCode.usage);
}
