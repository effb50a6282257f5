import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConmonJob, closesStdin, conmonArgs } from './command.ts';

const tools = { conmonPath: '/bin/conmon', runtimePath: '/bin/runc', runtimeRoot: '/run/r', exitFolder: '/run/exits' };
const job: ConmonJob = { id: 'abc', folder: '/run/b', tty: false, stdin: true, leaveStdinOpen: false };
const has = (args: readonly string[], ...wanted: readonly string[]): boolean =>
  ` ${args.join(' ')} `.includes(` ${wanted.join(' ')} `);

test('conmonArgs: a container has an exit file, its own folder, and a log only if asked', () => {
  const args = conmonArgs(job, tools);
  assert.ok(has(args, '--exit-dir', '/run/exits') && has(args, '--persist-dir', '/run/b'));
  assert.ok(has(args, '-b', '/run/b') && has(args, '-l', 'none') && !has(args, '-t'));
  assert.ok(has(conmonArgs({ ...job, logPath: '/log' }, tools), '-l', 'k8s-file:/log'));
});

test('conmonArgs: an exec leaves the container’s exit file alone', () => {
  const args = conmonArgs({ ...job, tty: true, execProcess: '/p.json' }, tools);
  assert.ok(has(args, '--exec-process-spec', '/p.json') && has(args, '-t') && !has(args, '--exit-dir'));
});

test('closesStdin: only with stdin, and unless it is to stay open', () => {
  const of = (some: Partial<ConmonJob>): boolean => closesStdin(conmonArgs({ ...job, ...some }, tools));
  assert.deepEqual([of({}), of({ leaveStdinOpen: true }), of({ stdin: false })], [true, false, false]);
});
