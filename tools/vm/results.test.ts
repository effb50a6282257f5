import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FileResult, judge, parseResults } from './results.ts';

const result = (file: string, change: Partial<FileResult>): FileResult => ({
  file,
  passed: 0,
  failed: 0,
  skipped: 0,
  reasons: [],
  ...change,
});

test('parseResults() reads what the serial line carries', () => {
  const a = result('a.test.ts', { passed: 2 });
  const { files, exit } = parseResults(`${JSON.stringify(a)}\r\n{"exit":0}\r\n`);
  assert.deepEqual(files, [a]);
  assert.equal(exit, 0);
  assert.equal(parseResults('').exit, undefined);
  assert.deepEqual(parseResults(`${JSON.stringify(a)}\n{"file":"b.te`), { files: [a], exit: undefined });
});

describe('judge()', () => {
  const good = result('a', { passed: 1 });

  test('accepts files of which each has shown something', () => {
    const half = result('b', { passed: 1, skipped: 1, reasons: ['no ipvlan'] });
    const verdict = judge(['a', 'b'], { files: [good, half], exit: 0 });
    assert.equal(verdict.ok, true);
    assert.deepEqual(verdict.lines, [
      'a: 1 passed, 0 failed, 0 skipped',
      'b: 1 passed, 0 failed, 1 skipped (no ipvlan)',
    ]);
  });

  test('refuses a file in which every test was skipped, and says why they were', () => {
    const all = result('b', { skipped: 1, reasons: ['no ipvlan'] });
    const verdict = judge(['a', 'b'], { files: [good, all], exit: 0 });
    assert.equal(verdict.ok, false);
    assert.equal(verdict.lines[1], 'b: 0 passed, 0 failed, 1 skipped (no ipvlan): failed: nothing ran');
  });

  test('refuses a file of which nothing was heard', () => {
    const verdict = judge(['a', 'b'], { files: [good], exit: 0 });
    assert.equal(verdict.ok, false);
    assert.equal(verdict.lines[1], 'b: failed: did not end');
  });

  test('refuses a failure, an exit code, and a machine that ended early', () => {
    assert.equal(judge(['a'], { files: [result('a', { passed: 1, failed: 1 })], exit: 1 }).ok, false);
    assert.equal(judge(['a'], { files: [good], exit: 1 }).ok, false);
    const early = judge(['a'], { files: [good], exit: undefined });
    assert.equal(early.ok, false);
    assert.match(early.lines.join('\n'), /ended before the tests did/);
  });
});
