import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

/** What `docker run --rm FLAGS busybox sh -c SCRIPT` prints. */
const output = (flags: readonly string[], script: string): Promise<string> =>
  bench.engine.ok('run', '--rm', ...flags, 'busybox', 'sh', '-c', script);

for (const c of [
  { args: '-v /a:/x --tmpfs /x', text: /Duplicate mount point: \/x/ },
  { args: '--tmpfs x', text: /invalid mount path: 'x' mount path must be absolute/ },
  { args: '--tmpfs /x:colour=red', text: /invalid tmpfs option \["colour" "red"\]/ },
  { args: '--volumes-from nosuch', text: /No such container: nosuch/ },
  { args: '--mount type=cloud,dst=/x', text: /invalid mount config for type "cloud": mount type unknown/ },
  { args: '-v anonymous:/v -v /etc:relative', text: /'relative' mount path must be absolute/ },
  { args: '--ipc odd', text: /invalid IPC mode: odd/ },
  { args: '--ipc container:nosuch', text: /No such container: nosuch/ },
  { args: '--uts host --hostname x', text: /conflicting options: hostname and the UTS mode/ },
  { args: '--cap-drop fly', text: /invalid CapDrop: unknown capability: "CAP_FLY"/ },
  { args: '--security-opt odd=1', text: /invalid --security-opt 2: "odd=1"/ },
  { args: '--cpuset-cpus 4000', text: /Requested CPUs are not available - requested 4000, available: / },
  { args: '--oom-score-adj 1001', text: /range for oom score adj is \[-1000, 1000\]/ },
  { args: '--gpus all', text: /could not select device driver "" with capabilities: \[\[gpu\]\]/ },
  { args: '--storage-opt size=1G', text: /--storage-opt is supported only for/ },
  { args: '--log-driver nosuch', text: /error looking up logging plugin nosuch: plugin "nosuch" not found/ },
  { args: '--log-opt max-size=much', text: /failed to initialize logging driver: invalid size: 'much'/ },
  { args: '--device-read-bps /dev/nosuch:1mb', code: 127, text: /stat \/dev\/nosuch: no such file or directory/ },
  // The command line asks for the other platform's image, and a lab host reaches no registry.
  { args: '--platform linux/s390x', text: /^Unable to find image 'busybox:latest' locally\n.*Get "https:/s },
  { args: '--user 0 --group-add nosuch', text: /Unable to find group nosuch: no matching entries in group file/ },
] as readonly { args: string; code?: number; text: RegExp }[]) {
  test(`docker run ${c.args} is refused with Docker’s text and leaves nothing`, async () => {
    await leavesNothing(bench.engine, async () => {
      const { stderr, code } = await bench.engine.docker('run', '--rm', ...c.args.split(' '), 'busybox', 'true');
      assert.match(stderr, c.text);
      assert.equal(code, c.code ?? 125);
    });
  });
}

test('a limit above the engine’s own is refused with the number it could have, and one below is kept', async (t) => {
  const own = (await output([], 'ulimit -Hn')).trim();
  const { stderr, code } = await bench.engine.docker(
    ...['run', '--rm', '--ulimit', `nofile=${Number(own) + 1}`, 'busybox', 'true'],
  );
  if (code === 0) t.skip('this engine may raise limits (CAP_SYS_RESOURCE)');
  else assert.match(stderr, new RegExp(`is above what this engine may give, a hard limit of ${own}`));
  assert.equal(await output(['--ulimit', 'nofile=100:200'], 'ulimit -Sn; ulimit -Hn'), '100\n200');
});

test('--ipc: /dev/shm is private, absent, or shared with those who ask', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    assert.equal(await output(['--ipc', 'none'], 'test -e /dev/shm || echo none'), 'none');
    await engine.ok('run', '-d', '--name', 'private', 'busybox', 'sleep', '1000');
    const refused = await engine.docker('run', '--rm', '--ipc', 'container:private', 'busybox', 'true');
    assert.match(refused.stderr, /non-shareable IPC \(hint: use IpcMode:shareable for the donor container\)/);
    await engine.ok('run', '-d', '--name', 'donor', '--ipc', 'shareable', 'busybox', 'sleep', '1000');
    await engine.ok('exec', 'donor', 'touch', '/dev/shm/here');
    assert.equal(await output(['--ipc', 'container:donor'], 'ls /dev/shm; touch /dev/shm/back'), 'here');
    assert.equal(await engine.ok('exec', 'donor', 'ls', '/dev/shm'), 'back\nhere');
    await engine.ok('rm', '-f', 'private', 'donor');
  });
});

test('a shared /dev/shm goes with its container, also when the engine was killed under it', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'donor', '--ipc', 'shareable', 'busybox', 'sleep', '1000');
    await engine.kill9();
    await engine.launch();
    assert.equal(await output(['--ipc', 'container:donor'], 'ls /dev/shm | wc -l'), '0');
    await engine.ok('rm', '-f', 'donor');
  });
});

test('volumes: options of --mount count, and labels stay', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    const mount = (options: string) => ['--mount', `type=volume,src=data,dst=/etc${options}`];
    assert.equal(
      await output(mount(',volume-nocopy,volume-label=a=b'), 'ls /etc/passwd 2>&1 | wc -l; ls /etc'),
      '1\nhostname\nhosts\nresolv.conf',
    );
    assert.equal(await engine.ok('volume', 'inspect', '--format', '{{.Labels}}', 'data'), 'map[a:b]');
    await engine.ok('volume', 'rm', 'data');
  });
});

test('logs are cut where --log-opt max-size says, and go on', async () => {
  const { engine } = bench;
  const script = 'for i in $(seq 2000); do echo line $i; done';
  const flags = ['--name', 'talks', '--log-opt', 'max-size=20k', '--log-opt', 'max-file=1'];
  await engine.ok('run', ...flags, 'busybox', 'sh', '-c', script);
  const lines = (await engine.ok('logs', 'talks')).split('\n');
  assert.equal(lines.at(-1), 'line 2000');
  assert.ok(lines.length < 500, `${lines.length} lines`);
  await engine.ok('rm', 'talks');
});

test('logs --details shows what --log-opt asks for; logs -f of what never ran ends at once', async () => {
  const { engine } = bench;
  const flags = ['--label', 'tier=web', '-e', 'FOO=bar', '--log-opt', 'labels=tier', '--log-opt', 'env=FOO'];
  await engine.ok('run', '--name', 'tells', ...flags, 'busybox', 'echo', 'hi');
  assert.equal(await engine.ok('logs', '--details', 'tells'), 'FOO=bar,tier=web hi');
  const [time = ''] = (await engine.ok('logs', '-t', 'tells')).split(' ');
  assert.equal(await engine.ok('logs', '--until', time, '--since', time, 'tells'), 'hi');
  await engine.ok('rm', 'tells');
  await engine.ok('create', '--name', 'quiet', 'busybox', 'echo', 'hi');
  assert.equal(await engine.ok('logs', '-f', 'quiet'), '');
  await engine.ok('rm', 'quiet');
});

test('inspect has the keys that Docker’s has, and warnings are shown', async () => {
  const { engine } = bench;
  const made = await engine.docker('create', '--name', 'seen', '--memory', '64m', '-P', '--net', 'host', 'busybox');
  assert.match(made.stderr, /Published ports are discarded when using host network mode/);
  const shown = async (format: string): Promise<string> => engine.ok('inspect', '--format', format, 'seen');
  assert.equal(await shown('{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}'), `${64 << 20} ${128 << 20}`);
  assert.equal(
    await shown('{{json .HostConfig.CapAdd}} {{json .Config.Volumes}} {{json .Config.OnBuild}}'),
    'null null null',
  );
  assert.match(await shown('{{json .HostConfig.MaskedPaths}}'), /"\/proc\/kcore"/);
  assert.match(await shown('{{json .Config}}'), /^(?!.*(Healthcheck|MacAddress|StopSignal|Shell))/);
  assert.equal(await shown('{{.HostnamePath}}{{.LogPath}}'), '');
  await engine.ok('rm', 'seen');
});

test('--init gives a container a first process that reaps, and stats of the host’s network are not a container’s', async () => {
  const { engine } = bench;
  assert.match(await output(['--init'], 'cat /proc/1/cmdline | tr "\\0" " "'), /^\/sbin\/docker-init -- sh -c /);
  const orphan = '(sleep 0.1 &) ; sleep 0.5; ps -o stat | grep -c Z';
  assert.equal((await engine.docker('run', '--rm', '--init', 'busybox', 'sh', '-c', orphan)).stdout.trim(), '0');
  await engine.ok('run', '-d', '--name', 'on-host', '--network', 'host', 'busybox', 'sleep', '1000');
  assert.equal(await engine.ok('stats', '--no-stream', '--format', '{{.NetIO}} {{.PIDs}}', 'on-host'), '0B / 0B 1');
  await engine.ok('rm', '-f', 'on-host');
});
