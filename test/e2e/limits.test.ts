import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

/** A limit as the kernel has it, with either version of control groups. */
async function limit(name: string, controller: string, v1File: string, v2File: string): Promise<string> {
  const pid = await bench.engine.ok('inspect', '-f', '{{.State.Pid}}', name);
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
  const rows = lines.map((line) => line.split(':'));
  const own = rows.find(([, controllers = '']) => controllers.split(',').includes(controller));
  const [folder, file] = own === undefined ? [rows.at(-1)![2]!, v2File] : [join(controller, own[2]!), v1File];
  return readFileSync(join('/sys/fs/cgroup', folder, file), 'utf8').trim();
}

const memory = () => limit('small', 'memory', 'memory.limit_in_bytes', 'memory.max');
const quota = async () => (await limit('small', 'cpu', 'cpu.cfs_quota_us', 'cpu.max')).split(' ')[0];
const pids = () => limit('small', 'pids', 'pids.max', 'pids.max');

test('update changes limits of a running container, takes one away, and keeps what was not asked for', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok(
      'run',
      '-d',
      '--name',
      'small',
      '--memory',
      '64m',
      '--pids-limit',
      '20',
      'busybox',
      'sleep',
      '1000',
    );
    assert.deepEqual([await memory(), await pids()], [String(64 << 20), '20']);
    await engine.ok('update', '--cpus', '0.5', '--memory', '128m', '--memory-swap', '-1', 'small');
    assert.deepEqual([await memory(), await quota(), await pids()], [String(128 << 20), '50000', '20']);
    await engine.ok('update', '--pids-limit', '-1', '--cpuset-cpus', '0', 'small');
    assert.deepEqual([await pids(), await quota()], ['max', '50000']);
    assert.equal(await limit('small', 'cpuset', 'cpuset.cpus', 'cpuset.cpus'), '0');
    await engine.ok('restart', '-t', '0', 'small');
    assert.deepEqual([await memory(), await quota(), await pids()], [String(128 << 20), '50000', 'max']);
    await engine.ok('rm', '-f', 'small');
  });
});

test('update refuses what goes against what the container has, and changes nothing', async () => {
  const { engine } = bench;
  await engine.ok(
    'run',
    '-d',
    '--rm',
    '--name',
    'small',
    '--memory',
    '64m',
    '--cpus',
    '0.5',
    'busybox',
    'sleep',
    '1000',
  );
  const id = await engine.ok('inspect', '-f', '{{.Id}}', 'small');
  for (const [flags, text] of [
    [['--memory', '256m'], 'Memory limit should be smaller than already set memoryswap limit'],
    [['--cpu-quota', '20000'], 'Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set'],
    [['--cpu-period', '20000'], 'Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set'],
    [['--restart', 'always'], 'Restart policy cannot be updated because AutoRemove is enabled for the container'],
  ] as const) {
    const { code, stderr } = await engine.docker('update', ...flags, 'small');
    assert.equal(code, 1);
    assert.ok(stderr.includes(`Cannot update container ${id}: ${text}`), stderr);
  }
  assert.deepEqual([await memory(), await quota()], [String(64 << 20), '50000']);
  await engine.ok('rm', '-f', 'small');
});

test('a process that is killed for lack of memory is told of at once, while its container goes on', async () => {
  const { engine } = bench;
  const eats = 'tail /dev/zero; touch /survived; exec sleep 1000';
  const limits = ['--memory', '16m', '--memory-swap', '16m'];
  await engine.ok('run', '-d', '--name', 'eats', ...limits, 'busybox', 'sh', '-c', eats);
  await until('it goes on', async () => (await engine.docker('exec', 'eats', 'test', '-e', '/survived')).code === 0);
  const told = async () => await engine.ok('inspect', '-f', '{{.State.Status}} {{.State.OOMKilled}}', 'eats');
  await until('what it is told to be', async () => (await told()) === 'running true');
  await engine.ok('stop', '-t', '0', 'eats');
  const now = String(Math.ceil(Date.now() / 1000));
  const filters = ['--filter', 'container=eats', '--filter', 'event=oom', '--filter', 'event=die'];
  const events = await engine.ok('events', '--since', '0', '--until', now, ...filters, '--format', '{{.Action}}');
  assert.match(events, /^(oom\n)+die$/); // version 1 may tell of one kill twice
  await engine.ok('rm', 'eats');
});
