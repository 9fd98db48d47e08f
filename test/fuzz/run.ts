import { Command, InvalidArgumentError } from 'commander';
import { fuzz, type Outcome, replayOf, sessionsText } from './support/campaign.ts';
import { TARGETS, type TargetName } from './support/target.ts';

/**
 * `npm run fuzz`: mutants of valid conversations into every parser that faces somebody else. Exits with 1 where
 * something was found.
 */

/** How the messages are shared among the targets, in percent. */
const SHARES: Readonly<Record<TargetName, number>> = { dmsg: 72, nbd: 22, libdmsg: 1, page: 4, config: 1 };
const PROGRESS_MS = 10_000;
const MIB = 1 << 20;

interface Options {
  readonly messages: number;
  readonly seed: number;
  readonly only?: TargetName;
  readonly case?: number;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('a whole number is expected');
  return Number(text);
}

function targetName(text: string): TargetName {
  const name = TARGETS.find((known) => known === text);
  if (name === undefined) throw new InvalidArgumentError(`one of ${TARGETS.join(', ')} is expected`);
  return name;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}

function line(
  name: string,
  { messages, cases, seconds, peakRssBytes }: Omit<Outcome, 'target' | 'sessions'>,
): string {
  const rate = Math.round(messages / Math.max(seconds, 1e-3));
  return (
    `${name.padEnd(8)} ${String(messages).padStart(10)} messages ${String(cases).padStart(8)} cases ` +
    `${seconds.toFixed(1).padStart(7)} s ${String(rate).padStart(8)} messages/s, peak RSS ${mib(peakRssBytes)}`
  );
}

const { only, ...options } = new Command('npm run fuzz --')
  .option('--messages <count>', 'messages in all targets together', wholeNumber, 1_000_000)
  .option('--seed <number>', 'the same seed runs the same cases', wholeNumber, Date.now() % 2 ** 32)
  .option('--only <target>', TARGETS.join(', '), targetName)
  .option('--case <number>', 'of the target given with --only, this case alone', wholeNumber)
  .parse()
  .opts<Options>();

const outcomes: Outcome[] = [];
console.log(`seed ${options.seed}`);
for (const target of only === undefined ? TARGETS : [only]) {
  const messages =
    only === undefined ? Math.ceil((options.messages * SHARES[target]) / 100) : options.messages;
  const plan = { target, seed: options.seed, messages, only: options.case };
  let toldMs = performance.now();
  const outcome = await fuzz(plan, (fed, cases) => {
    if (performance.now() - toldMs < PROGRESS_MS) return;
    toldMs = performance.now();
    console.error(`${target}: ${fed} of ${messages} messages, ${cases} cases`);
  });
  outcomes.push(outcome);
  console.log(
    `${line(target, outcome)}, grown ${mib(outcome.growthBytes)} (${mib(outcome.lateGrowthBytes)} when warm)`,
  );
  if (outcome.sessions.size > 0) console.log(`         ${sessionsText(outcome)}`);
  if (outcome.finding === undefined) continue;
  console.log(`FOUND in case ${outcome.finding.case} of ${target}, seed ${options.seed}:`);
  console.log(outcome.finding.text);
  console.log(`again: ${replayOf(plan, outcome.finding)}`);
  process.exit(1);
}
const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((all, one) => all + of(one), 0);
console.log(
  line('total', {
    messages: sum(({ messages }) => messages),
    cases: sum(({ cases }) => cases),
    seconds: sum(({ seconds }) => seconds),
    peakRssBytes: Math.max(...outcomes.map(({ peakRssBytes }) => peakRssBytes)),
    growthBytes: 0,
    lateGrowthBytes: 0,
    finding: undefined,
  }),
);
