import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Quitter, quitQuestion } from '../../electron/shell/quitter.ts';

function setUp(jobs: string[], close: () => Promise<void> = async () => {}, limitMs = 1000) {
  const steps: string[] = [];
  const answers: ((agreed: boolean) => void)[] = [];
  const quitter = new Quitter(
    {
      runningJobs: () => jobs,
      ask: (asked) => {
        steps.push(`ask ${asked.join()}`);
        return new Promise((resolve) => answers.push(resolve));
      },
      close: () => {
        steps.push('close');
        return close();
      },
      exit: () => steps.push('exit'),
      note: (error, text) => steps.push(`${text}: ${(error as Error).message}`),
    },
    limitMs,
  );
  const answer = (agreed: boolean) => answers.shift()?.(agreed);
  return { quitter, steps, answer };
}

test('without jobs it closes and ends', async () => {
  const { quitter, steps } = setUp([]);
  assert.equal(await quitter.request(), true);
  assert.deepEqual(steps, ['close', 'exit']);
});

test('with jobs it asks once, however often it is asked to quit, and does what the answer says', async () => {
  const { quitter, steps, answer } = setUp(['a copy']);
  const first = quitter.request();
  assert.equal(await quitter.request(), false);
  answer(false);
  assert.equal(await first, false);
  assert.equal(quitter.isClosing, false);
  const second = quitter.request();
  answer(true);
  assert.equal(await second, true);
  assert.deepEqual(steps, ['ask a copy', 'ask a copy', 'close', 'exit']);
});

test('a signal does not wait for an answer, and a late answer changes nothing', async () => {
  const { quitter, steps, answer } = setUp(['a copy']);
  const asked = quitter.request();
  await quitter.now();
  answer(false);
  assert.equal(await asked, true);
  assert.deepEqual(steps, ['ask a copy', 'close', 'exit']);
});

test('a host that does not close in time, or fails to, is left behind', async () => {
  const late = setUp([], () => new Promise(() => {}), 20);
  await late.quitter.now();
  assert.deepEqual(late.steps, [
    'close',
    'not everything could be closed in order: it took longer than 0.02 s',
    'exit',
  ]);
  const failing = setUp([], () => Promise.reject(new Error('no space')));
  await failing.quitter.now();
  assert.deepEqual(failing.steps, ['close', 'not everything could be closed in order: no space', 'exit']);
});

test('the question names the jobs, and counts those too many to name', () => {
  assert.deepEqual(quitQuestion(['Copy a']), {
    message: 'A job is running. Quit and cancel?',
    detail: '• Copy a',
  });
  const many = quitQuestion(Array.from({ length: 12 }, (_, number) => `Copy ${number}`));
  assert.equal(many.message, '12 jobs are running. Quit and cancel?');
  assert.equal(many.detail.split('\n').length, 11);
  assert.match(many.detail, /… and 2 more$/);
});
