import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

test('docker run prints what the container says, on both streams, and returns its exit code', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const { stdout, stderr, code } = await engine.docker(
      'run',
      '--rm',
      'busybox',
      'sh',
      '-c',
      'echo out; echo err >&2; exit 7',
    );
    assert.deepEqual({ stdout, stderr, code }, { stdout: 'out\n', stderr: 'err\n', code: 7 });
  });
});

for (const c of [
  {
    name: 'a command that does not exist',
    args: ['nosuch'],
    code: 127,
    text: /exec: "nosuch": executable file not found in \$PATH/,
  },
  { name: 'a command that is no program', args: ['/etc/passwd'], code: 126, text: /permission denied/ },
  { name: 'a folder as command', args: ['/etc'], code: 126, text: /is a directory|permission denied/ },
]) {
  test(`docker run of ${c.name} ends with ${c.code}`, async () => {
    await leavesNothing(bench.engine, async () => {
      const { stderr, code } = await bench.engine.docker('run', '--rm', 'busybox', ...c.args);
      assert.equal(code, c.code);
      assert.match(stderr, c.text);
    });
  });
}

test('environment, directory, user, host name, labels and limits reach the container', async () => {
  const { engine } = bench;
  const flags = [
    '-e',
    'A=1',
    '-w',
    '/tmp',
    '-u',
    '1000:1001',
    '--hostname',
    'box',
    '--memory',
    '64m',
    '--pids-limit',
    '50',
    '--cpus',
    '0.5',
  ];
  const script =
    'echo $A; pwd; id -u; id -g; hostname; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; true';
  const lines = (await engine.ok('run', '--rm', ...flags, 'busybox', 'sh', '-c', script)).split('\n');
  assert.deepEqual(lines, ['1', '/tmp', '1000', '1001', 'box', String(64 << 20)]);
});

test('a user is looked up in the image, and an unknown one refused', async () => {
  assert.equal(await bench.engine.ok('run', '--rm', '-u', 'root', 'busybox', 'id', '-un'), 'root');
  const { stderr, code } = await bench.engine.docker('run', '--rm', '-u', 'nobodyknows', 'busybox', 'true');
  assert.equal(code, 125);
  assert.match(stderr, /unable to find user nobodyknows: no matching entries in passwd file/);
});

test('binds, read-only binds, tmpfs and a read-only root hold', async () => {
  const { engine } = bench;
  const flags = ['-v', `${engine.folder}:/host:ro`, '--tmpfs', '/scratch:size=1m', '--read-only'];
  const script =
    'touch /host/x 2>&1; touch /x 2>&1; touch /scratch/x && echo ok; mount | grep -c " /scratch .*size=1024k"';
  const out = await engine.ok('run', '--rm', ...flags, 'busybox', 'sh', '-c', script);
  assert.equal(out, 'touch: /host/x: Read-only file system\ntouch: /x: Read-only file system\nok\n1');
});

test('anonymous and named volumes: rm -v takes the first, keeps the second', async () => {
  const { engine } = bench;
  await engine.ok(
    'run',
    '--name',
    'vol',
    '-v',
    '/anonymous',
    '-v',
    'kept:/data',
    'busybox',
    'sh',
    '-c',
    'echo 1 > /data/x',
  );
  assert.equal((await engine.ok('volume', 'ls', '-q')).split('\n').length, 2);
  await engine.ok('rm', '-v', 'vol');
  assert.equal(await engine.ok('volume', 'ls', '-q'), 'kept');
  assert.equal(await engine.ok('run', '--rm', '-v', 'kept:/data', 'busybox', 'cat', '/data/x'), '1');
  await engine.ok('volume', 'rm', 'kept');
});

test('capabilities are Docker’s, can be added, dropped, and are all with --privileged', async () => {
  const effective = async (...flags: string[]): Promise<bigint> => {
    const out = await bench.engine.ok('run', '--rm', ...flags, 'busybox', 'grep', 'CapEff', '/proc/self/status');
    return BigInt(`0x${out.split(/\s+/)[1]}`);
  };
  const docker = 0xa80425fbn;
  assert.equal(await effective(), docker);
  assert.equal(await effective('--cap-drop', 'ALL'), 0n);
  assert.equal(await effective('--cap-add', 'NET_ADMIN'), docker | (1n << 12n));
  const { stdout } = await bench.host.exec('grep', ['CapBnd', '/proc/self/status']);
  assert.equal(await effective('--privileged'), BigInt(`0x${stdout.trim().split(/\s+/)[1]}`));
});

test('the default seccomp profile filters, and unconfined does not', async () => {
  const mode = (...flags: string[]): Promise<string> =>
    bench.engine.ok('run', '--rm', ...flags, 'busybox', 'awk', '/^Seccomp:/ { print $2 }', '/proc/self/status');
  assert.equal(await mode(), '2');
  assert.equal(await mode('--security-opt', 'seccomp=unconfined'), '0');
});

test('stop asks first and kills after its time; wait, ps and inspect agree on the exit', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'deaf', 'busybox', 'sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done');
  const waiting = engine.ok('wait', 'deaf');
  const started = Date.now();
  await engine.ok('stop', '-t', '1', 'deaf');
  assert.ok(Date.now() - started >= 1000);
  assert.equal(await waiting, '137');
  assert.match(await engine.ok('ps', '-a', '--filter', 'name=deaf', '--format', '{{.Status}}'), /^Exited \(137\)/);
  assert.equal(
    await engine.ok('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}', 'deaf'),
    'exited 137 0',
  );
  await engine.ok('rm', 'deaf');
});

test('a container that is to be removed when it ends can be restarted', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--rm', '--name', 'fleeting', 'busybox', 'sleep', '1000');
    await engine.ok('restart', '-t', '0', 'fleeting');
    assert.equal(await engine.ok('inspect', '-f', '{{.State.Status}}', 'fleeting'), 'running');
    await engine.ok('stop', '-t', '0', 'fleeting');
    assert.equal(await engine.ok('ps', '-a', '--quiet', '--filter', 'name=fleeting'), '');
  });
});

test('pause, unpause, rename, kill, restart and top work on one container', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'one', 'busybox', 'sleep', '1000');
  await engine.ok('pause', 'one');
  assert.match(await engine.ok('ps', '--filter', 'name=one', '--format', '{{.Status}}'), /\(Paused\)$/);
  await engine.ok('unpause', 'one');
  await engine.ok('rename', 'one', 'other');
  assert.match(await engine.ok('top', 'other'), /sleep 1000/);
  await engine.ok('restart', '-t', '0', 'other');
  assert.equal(await engine.ok('inspect', '-f', '{{.State.Running}}', 'other'), 'true');
  await engine.ok('kill', '-s', 'KILL', 'other');
  assert.equal(await engine.ok('wait', 'other'), '137');
  await engine.ok('rm', 'other');
});

test('exec: user, directory, environment, exit code, a missing command, a stopped container', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'ex', '-e', 'A=1', 'busybox', 'sleep', '1000');
  assert.equal(
    await engine.ok('exec', '-u', '5', '-w', '/tmp', '-e', 'B=2', 'ex', 'sh', '-c', 'echo $(id -u) $(pwd) $A $B'),
    '5 /tmp 1 2',
  );
  assert.equal((await engine.docker('exec', 'ex', 'sh', '-c', 'exit 9')).code, 9);
  const missing = await engine.docker('exec', 'ex', 'nosuch');
  assert.ok([126, 127].includes(missing.code), `exit code ${missing.code}`);
  assert.match(missing.stdout + missing.stderr, /exec: "nosuch": executable file not found in \$PATH/);
  assert.equal((await engine.dockerWith({ input: 'a\nb\n' }, 'exec', '-i', 'ex', 'wc', '-l')).stdout.trim(), '2');
  await engine.ok('exec', '-d', 'ex', 'touch', '/made');
  await engine.ok('exec', 'ex', 'sh', '-c', 'until [ -e /made ]; do sleep 0.05; done');
  await engine.ok('kill', 'ex');
  assert.match((await engine.docker('exec', 'ex', 'true')).stderr, /is not running/);
  await engine.ok('rm', 'ex');
});

test('logs: all, tail, timestamps, both streams, follow to the end', async () => {
  const { engine } = bench;
  await engine.ok(
    'run',
    '-d',
    '--name',
    'talk',
    'busybox',
    'sh',
    '-c',
    'for i in 1 2 3; do echo o$i; echo e$i >&2; sleep 0.2; done',
  );
  const followed = await engine.docker('logs', '-f', 'talk');
  assert.deepEqual([followed.stdout, followed.stderr], ['o1\no2\no3\n', 'e1\ne2\ne3\n']);
  const tail = await engine.docker('logs', '--tail', '2', '--timestamps', 'talk');
  assert.match(tail.stdout, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z o3\n$/);
  assert.match(tail.stderr, /Z e3\n$/);
  await engine.ok('rm', 'talk');
});

test('all that a run says comes after its start and before its end, and is in the log since then', async () => {
  const { engine } = bench;
  // Which of the two is first is a race of the process with the engine, which a busy one loses.
  const names = Array.from({ length: 10 }, (_, number) => `quick${number}`);
  await Promise.all(names.map((name) => engine.ok('run', '-d', '--name', name, 'busybox', 'echo', 'said')));
  await engine.ok('wait', ...names);
  for (const name of names) {
    const times = await engine.ok('inspect', '-f', '{{.State.StartedAt}} {{.State.FinishedAt}}', name);
    const [start = '', end = ''] = times.split(' ');
    const said = await engine.ok('logs', '--timestamps', '--since', start, name);
    assert.match(said, /^\S+ said$/, `started at ${start}`);
    const [at = ''] = said.split(' ');
    assert.ok(Date.parse(start) <= Date.parse(at) && Date.parse(at) <= Date.parse(end), `${start} ${at} ${end}`);
  }
  await engine.ok('rm', ...names);
});

test('stdin half-closed: what comes after is still read; 8 MiB pass both ways whole', async () => {
  const { engine } = bench;
  const input = 'x'.repeat(8 << 20);
  const { stdout } = await engine.dockerWith(
    { input },
    'run',
    '-i',
    '--rm',
    'busybox',
    'sh',
    '-c',
    'cat; echo; echo end',
  );
  assert.equal(stdout.length, input.length + '\nend\n'.length);
  assert.ok(stdout.endsWith('\nend\n'));
});

test('20 MiB of output reach the client whole', async () => {
  const { stdout } = await bench.engine.docker(
    'run',
    '--rm',
    'busybox',
    'sh',
    '-c',
    'head -c 20971520 /dev/zero | tr "\\0" y',
  );
  assert.equal(stdout.length, 20 << 20);
});

test('restart policies: on-failure counts, always comes back, a stop is respected', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'fails', '--restart', 'on-failure:2', 'busybox', 'false');
  await engine.ok('run', '-d', '--name', 'always', '--restart', 'always', 'busybox', 'sleep', '1000');
  const pid = await engine.ok('inspect', '-f', '{{.State.Pid}}', 'always');
  process.kill(Number(pid), 'SIGKILL');
  const facts = (name: string): Promise<string> =>
    engine.ok('inspect', '-f', '{{.State.Status}} {{.RestartCount}}', name);
  const areDone = async () => (await facts('always')) === 'running 1' && (await facts('fails')) === 'exited 2';
  await until('both restart policies', areDone, { everyMs: 100 });
  await engine.ok('stop', '-t', '0', 'always');
  assert.equal(await facts('always'), 'exited 1');
  await engine.ok('rm', 'always', 'fails');
});

test('a container that eats its memory is said to be out of memory', async () => {
  const { engine } = bench;
  const eat = 'head -c 200m /dev/zero | tail | sleep 5';
  await engine.docker(
    'run',
    '--name',
    'oom',
    '--memory',
    '16m',
    '--memory-swap',
    '16m',
    'busybox',
    'sh',
    '-c',
    `exec tail /dev/zero; ${eat}`,
  );
  assert.equal(await engine.ok('inspect', '-f', '{{.State.OOMKilled}} {{.State.ExitCode}}', 'oom'), 'true 137');
  await engine.ok('rm', 'oom');
});

test('stats of a running container show its memory, processes and traffic', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'busy', 'busybox', 'sleep', '1000');
  const [line] = (await engine.ok('stats', '--no-stream', '--format', '{{json .}}', 'busy')).split('\n');
  const stats = JSON.parse(line!) as Record<string, string>;
  assert.equal(stats['PIDs'], '1');
  assert.match(stats['MemUsage']!, /^[1-9][\d.]*(KiB|MiB|B) \//);
  await engine.ok('rm', '-f', 'busy');
});

test('verbs at once: what is paused, killed, removed, renamed, changed and read at the same time leaves nothing', async () => {
  const { engine } = bench;
  // Our own requests: docker's command line would spread them over a tenth of a second.
  const ask = async (method: string, path: string, body?: object): Promise<void> => {
    const asking = request({
      socketPath: engine.socket,
      method,
      path,
      headers: { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(20_000),
    });
    asking.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    await once(answer.resume(), 'end');
  };
  const disturb = async (round: number): Promise<void> => {
    const name = `crowded${round}`;
    await ask('POST', `/containers/create?name=${name}`, { Image: 'busybox', Cmd: ['sleep', '600'] });
    await ask('POST', `/containers/${name}/start`);
    const begun = [
      ask('POST', `/containers/${name}/pause`),
      ask('POST', `/containers/${name}/update`, { Memory: 64 << 20, MemorySwap: -1 }),
      ask('POST', `/commit?container=${name}&repo=crowded`),
      ask('GET', `/containers/${name}/changes`),
      ask('POST', `/containers/${name}/rename?name=other${round}`),
    ];
    if (round % 2 === 0) begun.push(ask('POST', `/containers/${name}/kill`));
    await sleep(round % 8);
    begun.push(ask('DELETE', `/containers/${name}?force=1`), ask('POST', `/containers/${name}/pause`));
    begun.push(ask('POST', `/containers/other${round}/kill`), ask('DELETE', `/containers/other${round}?force=1`));
    await Promise.all(begun);
  };
  await leavesNothing(engine, async () => {
    for (let wave = 0; wave < 2; wave++) {
      await Promise.all(Array.from({ length: 8 }, (_, at) => disturb(wave * 8 + at)));
    }
    const left = await engine.ok('ps', '-aq');
    if (left !== '') await engine.ok('rm', '-f', ...left.split('\n'));
    await engine.docker('rmi', 'crowded');
    await engine.ok('image', 'prune', '-f');
  });
  assert.deepEqual(readdirSync(join(engine.dataRoot, 'overlay')), []);
  // What came back by its record alone would be seen now.
  await engine.stop();
  mkdirSync(join(engine.dataRoot, 'overlay', 'f'.repeat(64), 'upper'), { recursive: true });
  await engine.launch();
  assert.equal(await engine.ok('ps', '-aq'), '');
  assert.deepEqual(readdirSync(join(engine.dataRoot, 'overlay')), []);
});
