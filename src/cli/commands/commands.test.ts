import assert from 'node:assert/strict';
import { test } from 'node:test';
import { id, smallEngine } from '../recorded/answers.ts';
import { type Answers, FakeEngine, frame } from '../recorded/fake-engine.ts';
import { type Done, runWith } from '../testing/run.ts';

const refuse = (status: number, message: string) => () => ({ status, body: { message } });

/** Runs one command line against the small engine with some of its answers replaced; those are looked at first. */
async function play(
  line: string | readonly string[],
  answers: Answers = {},
  input = '',
): Promise<Done & { readonly sent: string }> {
  await using engine = await new FakeEngine({ ...answers, ...smallEngine, ...answers }).listen();
  const done = await runWith(engine.host, typeof line === 'string' ? line.split(' ') : line, { input });
  return { ...done, sent: engine.input };
}

test('run keeps output and errors apart and ends with the exit code of the container', async () => {
  const { code, stdout, stderr } = await play('run box');
  assert.deepEqual([code, stdout, stderr], [7, 'out\n', 'err\n']);
});

test('run -d prints the id', async () => {
  assert.deepEqual((await play('run -d box')).stdout, `${id}\n`);
});

test('run -i sends input, closes it, and goes on reading', async () => {
  const answers: Answers = { 'POST /containers/*/attach': () => ({ upgrade: frame(1, 'late\n'), afterInput: true }) };
  const { stdout, sent } = await play('run -i box cat', answers, 'some input');
  assert.equal(sent, 'some input');
  assert.equal(stdout, 'late\n');
});

const startFailures: readonly (readonly [message: string, code: number])[] = [
  ['exec: "x": executable file not found in $PATH: unknown', 127],
  ['exec: "/x": stat /x: no such file or directory', 127],
  ['exec: "/x": permission denied', 126],
  ['exec: "/tmp": is a directory', 126],
  ['driver failed programming external connectivity', 125],
];
for (const [message, code] of startFailures) {
  test(`run ends with ${code} when the engine says: ${message}`, async () => {
    const silent: Answers = { 'POST /containers/*/attach': () => ({ upgrade: '' }) };
    const done = await play('run box', { ...silent, 'POST /containers/*/start': refuse(400, message) });
    assert.equal(done.code, code);
    assert.equal(
      done.stderr,
      `portolan: Error response from daemon: ${message}\n\nRun 'portolan run --help' for more information\n`,
    );
  });
}

test('run pulls an image that is not here, unless it is told not to', async () => {
  const absent = { 'POST /containers/create': refuse(404, 'No such image: box:latest') };
  const done = await play('run box', { ...absent, 'POST /images/create': refuse(404, 'pull access denied for box') });
  assert.deepEqual([done.code, done.stdout], [125, '']);
  assert.match(done.stderr, /^Unable to find image 'box:latest' locally\n.*pull access denied for box/s);
  assert.doesNotMatch((await play('run --pull never box', absent)).stderr, /Unable to find/);
});

test('run refuses an unknown way to pull, and a terminal for input that is none', async () => {
  assert.match((await play('run --pull maybe box')).stderr, /must be one of "always", "missing" or "never"/);
  const { code, stderr } = await play('run -it box');
  assert.deepEqual([code, stderr], [1, 'the input device is not a TTY\n']);
});

test('run prints the warnings of the engine on standard error', async () => {
  const done = await play('run -d box', {
    'POST /containers/create': () => ({ body: { Id: id, Warnings: ['careful'] } }),
  });
  assert.equal(done.stderr, 'WARNING: careful\n');
});

test('start -a attaches and ends with the exit code', async () => {
  assert.deepEqual(await play('start -a web'), { code: 7, stdout: 'out\n', stderr: 'err\n', sent: '' });
});

test('start goes on after a failure and lists what failed', async () => {
  const { code, stdout, stderr } = await play('start a b', {
    'POST /containers/a/start': refuse(404, 'No such container: a'),
  });
  assert.deepEqual([code, stdout], [1, 'b\n']);
  assert.equal(stderr, 'Error response from daemon: No such container: a\nError: failed to start containers: a\n');
});

test('attach refuses a container that does not run', async () => {
  const { code, stderr } = await play('attach web');
  assert.deepEqual([code, stderr], [1, 'cannot attach to a stopped container, start it first\n']);
});

test('exec prints what the command says and ends with its code', async () => {
  const { code, stdout } = await play('exec web ls');
  assert.deepEqual([code, stdout], [4, 'hello\n']);
});

test('exec -i sends input behind the request that started it', async () => {
  const answers: Answers = { 'POST /exec/*/start': () => ({ upgrade: frame(1, 'done\n'), afterInput: true }) };
  assert.equal((await play('exec -i web cat', answers, 'typed')).sent, 'typed');
});

test('logs tells output from errors', async () => {
  const body = Buffer.concat([frame(1, 'one\n'), frame(2, 'two\n')]).toString('latin1');
  const { stdout, stderr } = await play('logs web', { 'GET /containers/*/logs': () => ({ body }) });
  assert.deepEqual([stdout, stderr], ['one\n', 'two\n']);
});

const summary = {
  Id: id,
  Names: ['/web', '/app/db'],
  Image: 'box',
  Command: 'sh -c a-long-command-line',
  Created: Math.floor(Date.now() / 1000) - 7200,
  Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }],
  Labels: { app: 'shop' },
  State: 'running',
  Status: 'Up 2 hours',
  NetworkSettings: { Networks: { shop: {}, bridge: {} } },
  Mounts: [{ Type: 'volume', Name: 'data', Driver: 'local', Source: '/x' }],
};
const withContainer: Answers = { 'GET /containers/json': () => ({ body: [summary] }) };

test('ps prints the table of docker', async () => {
  assert.equal(
    (await play('ps', withContainer)).stdout,
    'CONTAINER ID   IMAGE     COMMAND                  CREATED       STATUS       PORTS                  NAMES\n' +
      'f0e1d2c3b4a5   box       "sh -c a-long-comman…"   2 hours ago   Up 2 hours   0.0.0.0:8080->80/tcp   web\n',
  );
});

test('ps prints ids, JSON lines and templates', async () => {
  assert.equal((await play('ps -q', withContainer)).stdout, 'f0e1d2c3b4a5\n');
  assert.equal((await play('ps -q --no-trunc', withContainer)).stdout, `${id}\n`);
  const json = JSON.parse((await play('ps --json', withContainer)).stdout) as Record<string, string>;
  assert.deepEqual(
    [json['Names'], json['Networks'], json['Labels'], json['LocalVolumes']],
    ['web', 'bridge,shop', 'app=shop', '1'],
  );
  const format = '{{.Names}} {{.Label "app"}} {{json .State}}';
  assert.equal((await play(['ps', '--format', format], withContainer)).stdout, 'web shop "running"\n');
  const { code, stderr } = await play(['ps', '--format', '{{.Foo}}'], withContainer);
  assert.deepEqual([code, stderr], [1, 'template: :1: executing "" at <.Foo>: map has no entry for key "Foo"\n']);
});

test('images prints a row for every name of an image', async () => {
  const image = {
    Id: `sha256:${id}`,
    RepoTags: ['box:1', 'reg:5000/a:2'],
    RepoDigests: [],
    Created: summary.Created,
    Size: 1984000,
    SharedSize: -1,
    Containers: -1,
  };
  const bare = { ...image, RepoTags: [] };
  const { stdout } = await play('images', { 'GET /images/json': () => ({ body: [image, bare] }) });
  assert.equal(
    stdout,
    'REPOSITORY   TAG       IMAGE ID       CREATED       SIZE\n' +
      'box          1         f0e1d2c3b4a5   2 hours ago   1.98MB\n' +
      'reg:5000/a   2         f0e1d2c3b4a5   2 hours ago   1.98MB\n' +
      '<none>       <none>    f0e1d2c3b4a5   2 hours ago   1.98MB\n',
  );
});

test('inspect looks at containers, images and networks in turn, and says what is none of them', async () => {
  const noContainer: Answers = { 'GET /containers/*/json': refuse(404, 'no'), 'GET /images/*/json': refuse(404, 'no') };
  const found = await play(['inspect', '-f', '{{.Name}}', 'shop'], noContainer);
  assert.deepEqual([found.code, found.stdout], [0, 'shop\n']);
  const none = await play('inspect x', { ...noContainer, 'GET /networks/*': refuse(404, 'no') });
  assert.deepEqual([none.code, none.stdout, none.stderr], [1, '[]\n', 'Error: No such object: x\n']);
  const bad = await play(['inspect', '-f', '{{.Foo}}', 'web']);
  assert.deepEqual(
    [bad.code, bad.stderr],
    [1, 'template parsing error: template: :1: executing "" at <.Foo>: map has no entry for key "Foo"\n'],
  );
});

test('network inspect reports what the engine says', async () => {
  const { code, stdout, stderr } = await play('network inspect x', {
    'GET /networks/*': refuse(404, 'network x not found'),
  });
  assert.deepEqual([code, stdout, stderr], [1, '[]\n', 'Error response from daemon: network x not found\n']);
});

test('port lists all, one, or says that there is none', async () => {
  const bindings = {
    '80/tcp': [
      { HostIp: '0.0.0.0', HostPort: '8080' },
      { HostIp: '::', HostPort: '8080' },
    ],
    '9/udp': null,
  };
  const answers: Answers = { 'GET /containers/*/json': () => ({ body: { NetworkSettings: { Ports: bindings } } }) };
  assert.equal((await play('port web', answers)).stdout, '80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n');
  assert.equal((await play('port web 80', answers)).stdout, '0.0.0.0:8080\n[::]:8080\n');
  assert.equal((await play('port web 81', answers)).stderr, "Error: No public port '81' published for web\n");
});

test('rm -f takes a container that is not there for removed', async () => {
  const answers: Answers = { 'DELETE /containers/*': refuse(404, 'No such container: x') };
  assert.equal((await play('rm -f x', answers)).code, 0);
  assert.equal((await play('rm x', answers)).code, 1);
});

test('prune asks first, and does nothing unless told yes', async () => {
  const no = await play('container prune', {}, 'n\n');
  assert.equal(
    no.stdout,
    'WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ',
  );
  const yes = await play('container prune', {}, 'y\n');
  assert.match(yes.stdout, new RegExp(`Deleted Containers:\n${id}\n\nTotal reclaimed space: 2.048kB\n$`));
  assert.equal((await play('network prune -f')).stdout, 'Deleted Networks:\nshop\n\n');
});

test('system prune says what it will remove, and then what it did', async () => {
  const asked = await play('system prune -a --volumes --filter label=x', {}, 'n\n');
  assert.equal(
    asked.stdout,
    'WARNING! This will remove:\n  - all stopped containers\n  - all networks not used by at least one container\n' +
      '  - all anonymous volumes not used by at least one container\n' +
      '  - all images without at least one container associated to them\n  - all build cache\n\n' +
      '  Items to be pruned will be filtered with:\n  - label=x\n\nAre you sure you want to continue? [y/N] ',
  );
  const done = await play('system prune -f');
  const want = `Deleted Containers:\n${id}\n\nDeleted Networks:\nshop\n\nTotal reclaimed space: 2.048kB\n`;
  assert.equal(done.stdout, want);
  const until = await play('system prune --volumes --filter until=1h');
  assert.deepEqual([until.code, until.stderr], [1, 'ERROR: The "until" filter is not supported with "--volumes"\n']);
});

test('stats --no-stream counts CPU, memory without cache, network and disk', async () => {
  const cpu = (total: number, system: number) => ({
    cpu_usage: { total_usage: total },
    system_cpu_usage: system,
    online_cpus: 2,
  });
  const sample = {
    id,
    name: '/web',
    cpu_stats: cpu(600, 2000),
    precpu_stats: cpu(100, 1000),
    memory_stats: { usage: 3 * 1048576, limit: 4 * 1048576, stats: { total_inactive_file: 1048576 } },
    pids_stats: { current: 5 },
    networks: { eth0: { rx_bytes: 1000, tx_bytes: 10 }, eth1: { rx_bytes: 1000, tx_bytes: 10 } },
    blkio_stats: {
      io_service_bytes_recursive: [
        { op: 'Read', value: 5 },
        { op: 'Write', value: 7 },
        { op: 'Total', value: 12 },
      ],
    },
  };
  const { stdout } = await play('stats --no-stream --json web', {
    'GET /containers/*/stats': () => ({ body: sample }),
  });
  assert.deepEqual(JSON.parse(stdout), {
    BlockIO: '5B / 7B',
    CPUPerc: '100.00%',
    Container: 'web',
    ID: 'f0e1d2c3b4a5',
    MemPerc: '50.00%',
    MemUsage: '2MiB / 4MiB',
    Name: 'web',
    NetIO: '2kB / 20B',
    PIDs: '5',
  });
});

test('events prints a line each, with sorted attributes', async () => {
  const event = {
    Type: 'container',
    Action: 'start',
    Actor: { ID: 'abc', Attributes: { name: 'web', image: 'box' } },
    scope: 'local',
    time: 1700000000,
    timeNano: 1700000000250000000,
  };
  const answers: Answers = { 'GET /events': () => ({ body: `${JSON.stringify(event)}\n` }) };
  assert.equal(
    (await play('events', answers)).stdout,
    '2023-11-14T22:13:20.250000000Z container start abc (image=box, name=web)\n',
  );
  assert.equal(
    (await play(['events', '--format', '{{.Action}} {{.Actor.Attributes.name}}'], answers)).stdout,
    'start web\n',
  );
});

test('load fails with the error that comes in the middle of the progress', async () => {
  const body = '{"stream":"Loading\\n"}\n{"error":"bad archive","errorDetail":{"message":"bad archive"}}\n';
  const { code, stdout, stderr } = await play('load', { 'POST /images/load': () => ({ body }) }, 'x');
  assert.deepEqual([code, stdout, stderr], [1, 'Loading\n', 'bad archive\n']);
});

test('network repair says what was restored and removed', async () => {
  const report = (restored: readonly string[], removed: readonly string[]): Answers => ({
    'POST /portolan/network/repair': () => ({ body: { restored, removed } }),
  });
  assert.equal(
    (await play('network repair', report(['link a'], ['link b']))).stdout,
    'restored  link a\nremoved   link b\n',
  );
  assert.match((await play('network repair', report([], []))).stdout, /^Nothing to repair/);
});

test('version shows both sides, and still ours when the engine is away', async () => {
  const server = {
    Version: '9.9',
    ApiVersion: '1.45',
    MinAPIVersion: '1.24',
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: '6',
    Components: [],
  };
  const answers: Answers = { 'GET /version': () => ({ body: server }) };
  assert.equal((await play(['version', '--format', '{{.Server.Version}}'], answers)).stdout, '9.9\n');
  assert.match(
    (await play('version', answers)).stdout,
    /^Client: Portolan\n[\s\S]*API version: +1\.45 \(minimum version 1\.24\)/,
  );
  const away = await runWith('unix:///nonexistent/engine.sock', ['version']);
  assert.equal(away.code, 1);
  assert.match(away.stdout, /^Client: Portolan\n/);
  assert.match(away.stderr, /there is no socket at unix:\/\/\/nonexistent\/engine\.sock/);
});

test('unknown commands and members of groups are named, with exit code 1', async () => {
  assert.deepEqual(await play('nosuch'), {
    code: 1,
    stdout: '',
    sent: '',
    stderr: "portolan: unknown command: portolan nosuch\n\nRun 'portolan --help' for more information\n",
  });
  assert.match((await play('network nosuch')).stderr, /^portolan: unknown command: portolan network nosuch\n/);
  assert.match((await play('network')).stdout, /^Usage: {2}portolan network COMMAND\n[\s\S]*repair/);
  assert.match((await play('--help')).stdout, /Management Commands:/);
  assert.match((await play('run --help')).stdout, /^Usage: {2}portolan run \[OPTIONS\] IMAGE/);
  assert.match((await play('--version')).stdout, /^Portolan version \d/);
});
