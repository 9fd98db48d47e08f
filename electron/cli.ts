#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ExitCode, fail } from './cli/exit.ts';
import { buildInfo } from './host/build-info.ts';

/** Only the command that is run is loaded: loading all takes three times as long. In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  serve: async () => (await import('./cli/serve.ts')).addServe,
  export: async () => (await import('./cli/export.ts')).addExport,
  attach: async () => (await import('./cli/attach.ts')).addAttach,
  spans: async () => (await import('./cli/spans.ts')).addSpans,
  route: async () => (await import('./cli/route.ts')).addRoute,
  stat: async () => (await import('./cli/stat.ts')).addStat,
  copy: async () => (await import('./cli/copy.ts')).addCopy,
  benchmark: async () => (await import('./cli/benchmark.ts')).addBenchmark,
  keygen: async () => (await import('./cli/keygen.ts')).addKeygen,
  trust: async () => (await import('./cli/trust.ts')).addTrust,
};

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
const name = process.argv[2] ?? '';
const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
for (const load of named === undefined ? Object.values(COMMANDS) : [named]) (await load())(program);
for (const command of program.commands) command.copyInheritedSettings(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) fail(error);
  // commander has printed its one line, or the help that was asked for.
  process.exit(error.exitCode === 0 ? 0 : ExitCode.usage);
}
