import { benchmarkCommand, copyCommand } from '../../../../shared/command-line.ts';
import type { Handlers, SomeHandlers } from '../../api/handlers.ts';
import { startBenchmark } from '../../jobs/benchmark-job.ts';
import { startCopy } from '../../jobs/copy-job.ts';
import type { AppParts } from '../parts.ts';
import { endWords, peerOfUnit, unitOpener } from '../unit-opener.ts';

type Commands = Extract<keyof Handlers, `jobs.${string}`>;

export function jobHandlers(parts: AppParts): SomeHandlers<Commands> {
  const { jobs, units } = parts;
  return {
    'jobs.copy': async (input, { signal }) => {
      const { insecure_plain } = parts.settings;
      const named = { ...input, from: endWords(parts, input.from), to: endWords(parts, input.to) };
      return {
        id: await startCopy(input, {
          jobs,
          setup: parts.linkSetup(insecure_plain),
          units: unitOpener(parts),
          command: copyCommand(named, insecure_plain),
          signal,
        }),
      };
    },
    'jobs.benchmark': async (input) => {
      const unit = units.find(input.unit);
      const peer = peerOfUnit(parts, input.unit) ?? { address: 'PEER', insecure_plain: false };
      const command = benchmarkCommand(peer, unit.identity.serial, input);
      return { id: await startBenchmark(input, { jobs, unit, command }) };
    },
    'jobs.cancel': async ({ id }) => {
      jobs.cancel(id);
      return {};
    },
    'jobs.dismiss': async ({ id }) => {
      jobs.dismiss(id);
      return {};
    },
  };
}
