import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../lab/until.ts';
import { groupsNamed, limits, runtimeLab } from './runtime-lab.ts';

const soon = { withinMs: 4000, everyMs: 10 };

const skip = process.getuid?.() === 0 ? false : 'needs root';

test('a container runs to its end: both streams, the exit code, and nothing left', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const ended = await lab.runToEnd('one', ['sh', '-c', 'echo out; echo err >&2; exit 3']);
  assert.deepEqual([ended.code, ended.stdout, ended.stderr, ended.oomKilled], [3, 'out\n', 'err\n', false]);
  assert.deepEqual(readdirSync(lab.bundle('one')), ['config.json']);
  assert.deepEqual(readdirSync(join(lab.root, 'exec/runc')), []);
  assert.deepEqual(readdirSync(join(lab.root, 'exec/exits')), []);
  assert.deepEqual(groupsNamed(`${lab.group}/one`), []);
});

test('create leaves a process that waits, and runc agrees with what start does to it', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const { pid } = await lab.create('one', ['sleep', '100']);
  const runc = () =>
    JSON.parse(execFileSync('runc', ['--root', join(lab.root, 'exec/runc'), 'state', 'one'], { encoding: 'utf8' }));
  assert.deepEqual([runc().status, runc().pid], ['created', pid]);
  await lab.runtime.start('one');
  assert.equal(runc().status, 'running');
  assert.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /^sleep.100/);
});

test('a program that ends at once has been started, each time', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  for (let round = 0; round < 15; round++) {
    assert.equal((await lab.runToEnd(`round${round}`, ['true'], { spec: { seccomp: 'unconfined' } })).code, 0);
  }
});

test('a container killed before its start cannot be started', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.create('one', ['true']);
  await lab.runtime.kill('one', 9);
  await lab.runtime.exit('one');
  await assert.rejects(lab.runtime.start('one'), { message: 'cannot start a stopped process: unknown' });
});

test('a second start of a container is a conflict', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.run('one', ['sleep', '100']);
  await assert.rejects(lab.runtime.start('one'), { kind: 'conflict' });
});

test('a command that does not exist is refused in Docker’s words, and leaves nothing', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await assert.rejects(lab.create('one', ['nosuch']), {
    kind: 'invalid',
    message:
      'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: ' +
      'unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown',
  });
  await lab.runtime.delete('one');
  assert.deepEqual(groupsNamed(`${lab.group}/one`), []);
  assert.deepEqual(readdirSync(join(lab.root, 'exec/runc')), []);
});

test('kill sends the signal to the first process: 128 and its number is the exit code', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.run('one', ['sh', '-c', 'trap "exit 5" USR1; while true; do sleep 0.05; done']);
  const catches = () =>
    lab.exec('one', ['grep', '-q', 'SigCgt:.*2..$', '/proc/1/status']).then(({ code }) => code === 0);
  await until('the handler', catches, soon);
  await lab.runtime.kill('one', 10);
  assert.equal((await lab.runtime.exit('one')).code, 5);
  await lab.runtime.delete('one');
  await lab.run('one', ['sleep', '100']);
  await lab.runtime.kill('one', 9);
  assert.equal((await lab.runtime.exit('one')).code, 137);
  await assert.rejects(lab.runtime.kill('one', 9), { kind: 'conflict', message: 'container one is not running' });
});

test('a signal right after the start is the program’s, which need not care', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const signalled = async (_: unknown, round: number): Promise<number | undefined> => {
    const id = `round${round}`;
    // With no_new_privs runc reads its filter of system calls last, and takes longer.
    await lab.run(id, ['sleep', '100'], { spec: { noNewPrivileges: true } });
    await lab.runtime.kill(id, 15);
    // A first process without a handler of its own is not ended by SIGTERM; runc's has one.
    const ended = lab.runtime.exit(id).then(({ code }) => code);
    return Promise.race([ended, sleep(100, undefined)]);
  };
  const codes = await Promise.all(Array.from({ length: 20 }, signalled));
  assert.deepEqual(new Set(codes), new Set([undefined]));
});

test('delete ends a container that still runs, paused or not, and can be repeated', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.run('one', ['sh', '-c', 'sleep 100 & sleep 200']);
  await lab.runtime.pause('one');
  await lab.runtime.delete('one');
  await lab.runtime.delete('one');
  await lab.runtime.delete('never-was');
  assert.deepEqual(groupsNamed(`${lab.group}/one`), []);
});

test('a paused container stands still until it is resumed', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.run('one', ['sh', '-c', 'while true; do date +%s%N > /tmp/tick; sleep 0.01; done']);
  const tick = (): string => readFileSync(join(lab.root, 'rootfs/tmp/tick'), 'utf8');
  await until('the first tick', () => existsSync(join(lab.root, 'rootfs/tmp/tick')) && tick() !== '', soon);
  await lab.runtime.pause('one');
  const before = tick();
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(tick(), before);
  await lab.runtime.resume('one');
  await until('the next tick', () => tick() !== before && tick() !== '', soon);
});

test('too much memory ends in the kernel’s kill, and the exit says so', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const hog = ['sh', '-c', 'a=x; while true; do a=$a$a; done'];
  const ended = await lab.runToEnd('one', hog, { spec: { resources: limits({ memoryBytes: 16 * 1024 * 1024 }) } });
  assert.deepEqual([ended.code, ended.oomKilled], [137, true]);
});

test('a monitor that is killed takes its container along: 137', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.run('one', ['sleep', '100']);
  process.kill(Number(readFileSync(join(lab.bundle('one'), 'conmon.pid'), 'utf8')), 'SIGKILL');
  assert.equal((await lab.runtime.exit('one')).code, 137);
  await lab.runtime.delete('one');
  assert.deepEqual(groupsNamed(`${lab.group}/one`), []);
});

test('pausing what has just gone is refused as what does not run', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.run('one', ['true']);
  await lab.runtime.exit('one');
  for (const group of groupsNamed(`${lab.group}/one`)) rmdirSync(group);
  await assert.rejects(lab.runtime.pause('one'), /^AppError: container one is not running$/);
});
