import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

type Event = { Type: string; Action: string; Actor: { Attributes: Record<string, string> } };

/** "type action" of what happened to things of these names while `body` ran, in order. */
async function eventsOf(body: () => Promise<void>): Promise<string[]> {
  const now = (): string => (Date.now() / 1000).toFixed(3);
  const since = now();
  await body();
  const lines = await bench.engine.ok('events', '--since', since, '--until', now(), '--format', '{{json .}}');
  return lines.split('\n').map((line) => {
    const { Type, Action, Actor } = JSON.parse(line) as Event;
    const signal = Actor.Attributes['signal'];
    return `${Type} ${Action}${signal === undefined ? '' : ` ${signal}`}`;
  });
}

test('events of docker run --rm with a volume come in Docker’s order', async () => {
  const { engine } = bench;
  const seen = await eventsOf(async () => {
    await engine.ok('run', '--rm', '-v', '/data', 'busybox', 'true');
  });
  assert.deepEqual(seen, [
    'volume create',
    'container create',
    'container attach',
    'volume mount',
    'network connect',
    'container start',
    'network disconnect',
    'volume unmount',
    'container die',
    'volume destroy',
    'container destroy',
  ]);
});

test('stop and rm -f tell of each signal before what follows from it', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'told', 'busybox', 'sleep', '1000');
  const seen = await eventsOf(async () => {
    await engine.ok('stop', '-t', '0', 'told');
    await engine.ok('start', 'told');
    await engine.ok('rm', '-f', 'told');
  });
  const ofContainer = seen.filter((event) => event.startsWith('container'));
  assert.deepEqual(
    ofContainer,
    ['kill 15', 'kill 9', 'die', 'stop', 'start', 'kill 9', 'die', 'destroy'].map((event) => `container ${event}`),
  );
});

test('events of images name them as Docker does', async () => {
  const { engine } = bench;
  const id = await engine.ok('images', '-q', '--no-trunc', 'busybox');
  const since = (Date.now() / 1000).toFixed(3);
  await engine.ok('tag', 'busybox', 'seen:1');
  await engine.ok('rmi', 'seen:1');
  const until = (Date.now() / 1000).toFixed(3);
  const format = '{{.Action}} {{.Actor.Attributes.name}}';
  const seen = await engine.ok('events', '--since', since, '--until', until, '--format', format);
  assert.equal(seen, `tag seen:1\nuntag ${id}`);
});

test('ps quotes arguments with blanks, and its filters take what can be and refuse what cannot', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.docker('run', '--name', 'ended', 'busybox', 'sh', '-c', 'exit 3');
    assert.equal(await engine.ok('ps', '-a', '--no-trunc', '--format', '{{.Command}}'), `"sh -c 'exit 3'"`);
    const names = (...filters: string[]) =>
      engine.ok('ps', '--format', '{{.Names}}', ...filters.flatMap((filter) => ['--filter', filter]));
    assert.equal(await names('exited=3'), '');
    assert.equal(await names('status=exited', 'exited=3'), 'ended');
    for (const [filter, text] of [
      ['exited=x', /strconv\.Atoi: parsing "x": invalid syntax/],
      [
        'health=odd',
        /invalid filter 'health=odd': invalid value for health \(odd\): must be one of none, starting, healthy, unhealthy/,
      ],
      ['expose=x', /error while looking up for expose x/],
      ['is-task=x', /invalid filter 'is-task=\[x\]'/],
    ] as const) {
      assert.match((await engine.docker('ps', '--filter', filter)).stderr, text);
    }
    assert.match((await engine.docker('images', '--filter', 'dangling=x')).stderr, /invalid filter 'dangling=\[x\]'/);
    await engine.ok('rm', 'ended');
  });
});

test('a container that waits to be restarted can be neither entered nor paused, and killing it ends the waiting', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'again', '--restart', 'always', 'busybox', 'false');
    let status = '';
    for (let i = 0; i < 400 && status !== 'restarting true'; i++) {
      status = await engine.ok('inspect', '-f', '{{.State.Status}} {{ge .RestartCount 4}}', 'again');
    }
    assert.equal(status, 'restarting true');
    for (const args of [
      ['exec', 'again', 'true'],
      ['pause', 'again'],
    ]) {
      assert.match((await engine.docker(...args)).stderr, /is restarting, wait until the container is running/);
    }
    assert.match((await engine.docker('rm', 'again')).stderr, /container is restarting: stop the container before/);
    await engine.ok('kill', 'again');
    assert.equal(await engine.ok('inspect', '-f', '{{.State.Status}}', 'again'), 'exited');
    await engine.ok('rm', 'again');
  });
});

test('docker system df and prune work where nothing is built', async () => {
  const { engine } = bench;
  await engine.ok('volume', 'create', 'measured');
  await engine.ok('run', '--rm', '-v', 'measured:/v', 'busybox', 'sh', '-c', 'head -c 5000 /dev/zero >/v/f');
  assert.match(await engine.ok('system', 'df', '-v'), /measured +0 +5kB/);
  await engine.ok('volume', 'rm', 'measured');
  assert.match(await engine.ok('system', 'prune', '-f'), /Total reclaimed space: 0B/);
});

test('an upload whose first packet is tiny keeps nobody waiting', async () => {
  const { engine } = bench;
  const slow = bench.host.must('sh', [
    '-c',
    `(printf 'POST /images/load HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 9\\r\\n\\r\\njunk'; sleep 1; printf ' more'; sleep 1) | socat -t2 - UNIX-CONNECT:${engine.socket}`,
  ]);
  await engine.ok('ps');
  assert.match(await slow, /"error":"unexpected EOF"/);
});

test('programs find /.dockerenv', async () => {
  assert.equal(await bench.engine.ok('run', '--rm', 'busybox', 'ls', '/.dockerenv'), '/.dockerenv');
});
