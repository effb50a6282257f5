import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

/** Drives a command on a terminal of its own, made by script(1). */
function terminal(command: string): {
  type(text: string): void;
  until(text: string): Promise<string>;
  ended: Promise<number | null>;
} {
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...process.env, ...bench.engine.environment, TERM: 'xterm' },
  });
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
  });
  return {
    type: (text) => void child.stdin.write(text),
    ended: once(child, 'exit').then(([code]) => code as number | null),
    async until(text) {
      for (let i = 0; i < 200 && !seen.includes(text); i++) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(seen.includes(text), `waited for ${JSON.stringify(text)}, saw ${JSON.stringify(seen)}`);
      const got = seen;
      seen = '';
      return got;
    },
  };
}

test('docker run -it gives a shell on a terminal, of the client’s size, and returns its exit code', async () => {
  await leavesNothing(bench.engine, async () => {
    const shell = terminal('stty rows 33 cols 101; docker run -it --rm busybox sh');
    await shell.until('# ');
    shell.type('stty size; tty\n');
    const seen = await shell.until('/dev/pts/0');
    assert.match(seen, /33 101/);
    shell.type('exit 5\n');
    assert.equal(await shell.ended, 5);
  });
});

test('ctrl-p ctrl-q detaches and leaves the container running; attach comes back', async () => {
  const { engine } = bench;
  const first = terminal('docker run -it --name kept busybox sh');
  await first.until('# ');
  first.type('\x10\x11');
  await first.ended;
  assert.equal(await engine.ok('inspect', '-f', '{{.State.Running}}', 'kept'), 'true');
  const second = terminal('docker attach kept');
  await new Promise((resolve) => setTimeout(resolve, 500));
  second.type('echo $((6*7))\n');
  await second.until('42');
  second.type('exit\n');
  assert.equal(await second.ended, 0);
  await engine.ok('rm', 'kept');
});

test('docker exec -it has a terminal of its own', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'box', 'busybox', 'sleep', '1000');
  const shell = terminal('docker exec -it box sh');
  await shell.until('# ');
  shell.type('test -t 0 && echo is a $((1+1))tty\n');
  await shell.until('is a 2tty');
  shell.type('exit 4\n');
  assert.equal(await shell.ended, 4);
  await engine.ok('rm', '-f', 'box');
});

test('a web socket carries a container’s streams as they are, and its leaving ends stdin', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('create', '-i', '--name', 'wired', 'busybox', 'sh', '-c', 'echo to stderr >&2; wc -c; echo done');
    const path = '/v1.45/containers/wired/attach/ws?stream=1&stdin=1&stdout=1&stderr=1';
    const writer = new WebSocket(`ws+unix://${engine.socket}:${path}`);
    const reader = new WebSocket(`ws+unix://${engine.socket}:${path.replace('&stdin=1', '')}`);
    await Promise.all([once(writer, 'open'), once(reader, 'open')]);
    const seen: Buffer[] = [];
    reader.on('message', (data: Buffer) => seen.push(data));
    const closed = once(reader, 'close');
    await engine.ok('start', 'wired');
    for (let i = 0; i < 64; i++) writer.send(Buffer.alloc(16 * 1024, 'x'));
    writer.close();
    const [code] = (await closed) as [number];
    assert.equal(code, 1000);
    assert.deepEqual(Buffer.concat(seen).toString().split('\n').sort(), ['', '1048576', 'done', 'to stderr']);
    await engine.ok('rm', 'wired');
  });
});
