import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../dmsg/support/random.ts';
import { fuzz, replayOf, sessionsText } from './support/campaign.ts';
import { TARGETS, type TargetName } from './support/target.ts';

/** What every run of the tests can afford: some 40 s. `npm run fuzz` does more. */
const MESSAGES: Readonly<Record<TargetName, number>> = {
  dmsg: 140_000,
  nbd: 60_000,
  libdmsg: 3_000,
  page: 15_000,
  config: 3_000,
};
const TIMEOUT_MS = 300_000;

const { seed } = new Random();

for (const target of TARGETS) {
  test(`fuzzing: ${target}`, { timeout: TIMEOUT_MS }, async (t) => {
    const plan = { target, seed, messages: MESSAGES[target] };
    const outcome = await fuzz(plan);
    const { messages, cases, seconds, finding } = outcome;
    t.diagnostic(`${target}: ${messages} messages in ${cases} cases, ${seconds.toFixed(1)} s, seed ${seed}`);
    if (outcome.sessions.size > 0) t.diagnostic(sessionsText(outcome));
    assert.equal(finding, undefined, finding && `${finding.text}\nagain: ${replayOf(plan, finding)}`);
    assert.ok(messages >= plan.messages, `${messages} messages`);
  });
}
