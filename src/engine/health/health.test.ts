import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Healthcheck, parseContainerConfig } from '../../contract/index.ts';
import { type Check, checkOf, mergeHealthcheck } from './check.ts';
import { ProbeOutput } from './output.ts';
import { goDuration } from './probe.ts';
import { judged, pauseMs, type Result, starting } from './verdict.ts';

const second = 1_000_000_000;
const none: Healthcheck = { Test: [], Interval: 0, Timeout: 0, StartPeriod: 0, StartInterval: 0, Retries: 0 };
const config = (Healthcheck: unknown, Shell?: readonly string[]) =>
  parseContainerConfig({ Image: 'x', Healthcheck, ...(Shell === undefined ? {} : { Shell }) });

describe('checkOf()', () => {
  test('fills in what was not asked for', () => {
    const check = checkOf(config({ Test: ['CMD', 'curl', 'localhost'], Interval: second / 2, Retries: 1 }));
    assert.deepEqual(check, {
      args: ['curl', 'localhost'],
      intervalMs: 500,
      timeoutMs: 30_000,
      startPeriodMs: 0,
      startIntervalMs: 5000,
      retries: 1,
    });
  });

  test('runs a shell line in the container’s shell', () => {
    assert.deepEqual(checkOf(config({ Test: ['CMD-SHELL', 'a && b'] }))?.args, ['/bin/sh', '-c', 'a && b']);
    assert.deepEqual(checkOf(config({ Test: ['CMD-SHELL', 'a'] }, ['/bin/bash', '-ec']))?.args, [
      '/bin/bash',
      '-ec',
      'a',
    ]);
  });

  for (const asked of [null, { Test: [] }, { Test: ['NONE'] }, { Test: ['OTHER', 'x'] }]) {
    test(`finds none in ${JSON.stringify(asked)}`, () => assert.equal(checkOf(config(asked)), undefined));
  }
});

test('mergeHealthcheck() takes each field from the image that was not asked for', () => {
  const image = { Test: ['CMD', 'a'], Interval: 5, Retries: 2 };
  assert.deepEqual(mergeHealthcheck(null, image), { ...none, ...image });
  assert.deepEqual(mergeHealthcheck({ ...none, Interval: 9 }, image), { ...none, ...image, Interval: 9 });
  assert.deepEqual(mergeHealthcheck({ ...none, Test: ['NONE'] }, image)?.Test, ['NONE']);
  assert.equal(mergeHealthcheck(null, undefined), null);
});

describe('judged()', () => {
  const check: Check = {
    args: [],
    intervalMs: 30_000,
    timeoutMs: 1,
    startPeriodMs: 10_000,
    startIntervalMs: 2000,
    retries: 2,
  };
  const result = (ExitCode: number, seconds = 60): Result => {
    const at = new Date(seconds * 1000).toISOString();
    return { Start: at, End: at, ExitCode, Output: '' };
  };
  const after = (...results: readonly Result[]) => results.reduce((health, r) => judged(health, r, check, 0), starting);
  const brief = ({ Status, FailingStreak }: { Status: string; FailingStreak: number }) => `${Status} ${FailingStreak}`;

  test('one success makes healthy, `retries` failures in a row unhealthy', () => {
    assert.equal(brief(after(result(0))), 'healthy 0');
    assert.equal(brief(after(result(0), result(1))), 'healthy 1');
    assert.equal(brief(after(result(0), result(1), result(-1))), 'unhealthy 2');
    assert.equal(brief(after(result(1), result(1), result(1), result(0))), 'healthy 0');
  });

  test('failures of the start period do not count, once healthy they do', () => {
    assert.equal(brief(after(result(1, 1), result(1, 9))), 'starting 0');
    assert.equal(brief(after(result(1, 1), result(1, 11), result(1, 12))), 'unhealthy 2');
    assert.equal(brief(after(result(0, 1), result(1, 2), result(1, 3))), 'unhealthy 2');
  });

  test('keeps the last five results', () => {
    assert.deepEqual(
      after(...[1, 2, 3, 4, 5, 6, 7].map((code) => result(code))).Log.map(({ ExitCode }) => ExitCode),
      [3, 4, 5, 6, 7],
    );
  });

  test('pauseMs(): the start interval while it starts, within the start period', () => {
    assert.equal(pauseMs(starting, check, 0), 2000);
    assert.equal(pauseMs(starting, check, 10_000), 30_000);
    assert.equal(pauseMs(after(result(0)), check, 0), 30_000);
  });
});

test('ProbeOutput keeps 4096 bytes, and says when there was more', async () => {
  const read = async (...lengths: readonly number[]): Promise<string> => {
    const output = new ProbeOutput();
    await output.read(
      (async function* () {
        for (const length of lengths) yield { data: Buffer.alloc(length, 'x') };
      })(),
    );
    return output.text;
  };
  assert.equal(await read(4000, 96), 'x'.repeat(4096));
  assert.equal(await read(4000, 97), `${'x'.repeat(4096)}...`);
  assert.equal(await read(4096, 1), `${'x'.repeat(4096)}...`);
});

test('goDuration()', () => {
  for (const [ms, text] of [
    [500, '500ms'],
    [1500, '1.5s'],
    [30_000, '30s'],
    [120_000, '2m0s'],
    [3_723_000, '1h2m3s'],
  ] as const)
    assert.equal(goDuration(ms), text);
});
