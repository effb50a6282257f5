import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attempt, hedge } from './hedge.ts';

const times = { gapMs: 40, deadlineMs: 400 };
const after =
  (ms: number, answer: string | undefined, log: string[] = []): Attempt<string> =>
  async (signal) => {
    log.push(`start ${answer}`);
    signal.addEventListener('abort', () => log.push(`abort ${answer}`));
    await sleep(ms);
    return answer;
  };

describe('hedge()', () => {
  test('asks nobody else while the first is quick', async () => {
    const log: string[] = [];
    assert.equal(await hedge([after(1, 'a', log), after(1, 'b', log)], times), 'a');
    await sleep(60);
    assert.deepEqual(log, ['start a', 'abort a']);
  });

  test('asks the next beside a slow one, takes the first answer and aborts the rest', async () => {
    const log: string[] = [];
    assert.equal(await hedge([after(300, 'a', log), after(1, 'b', log), after(1, 'c', log)], times), 'b');
    assert.deepEqual(log, ['start a', 'start b', 'abort a', 'abort b']);
  });

  test('still takes the answer of a slow one', async () => {
    assert.equal(await hedge([after(60, 'a'), after(200, 'b')], times), 'a');
  });

  test('goes on at once after a failure, however it fails', async () => {
    const start = performance.now();
    const broken: Attempt<string> = async () => Promise.reject(new Error('refused'));
    assert.equal(await hedge([after(0, undefined), broken, after(0, 'c')], times), 'c');
    assert.ok(performance.now() - start < times.gapMs);
  });

  test('has no answer when all failed, when there is nobody to ask, and after the deadline', async () => {
    assert.equal(await hedge([after(0, undefined), after(0, undefined)], times), undefined);
    assert.equal(await hedge([], times), undefined);
    assert.equal(await hedge([after(1000, 'late')], { gapMs: 10, deadlineMs: 30 }), undefined);
  });

  describe('where one answer settles less than another', () => {
    const negative = { ...times, settles: (answer: string) => !answer.startsWith('no'), patienceMs: 150 };
    const took = async (attempts: Attempt<string>[]): Promise<[string | undefined, number]> => {
      const start = performance.now();
      return [await hedge(attempts, negative), performance.now() - start];
    };

    test('waits for the one that was asked first', async () => {
      assert.deepEqual(await took([after(100, 'a'), after(1, 'no b')]).then(([answer]) => answer), 'a');
    });

    test('does not wait for ever, nor for one that failed', async () => {
      const [patient, ms] = await took([after(1000, 'late'), after(1, 'no b')]);
      assert.equal(patient, 'no b');
      assert.ok(ms >= 180 && ms < 390, `${ms} ms`);
      const [answer, quick] = await took([after(60, undefined), after(1, 'no b')]);
      assert.equal(answer, 'no b');
      assert.ok(quick < 150, `${quick} ms`);
    });

    test('takes the word of the first at once', async () => {
      const [answer, ms] = await took([after(1, 'no a'), after(1, 'b')]);
      assert.equal(answer, 'no a');
      assert.ok(ms < times.gapMs, `${ms} ms`);
    });
  });
});
