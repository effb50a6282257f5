import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { conmonFiles } from '../../src/runtime/conmon/command.ts';
import type { Attachment, LogEntry, LogQuery, Runtime } from '../../src/runtime/types.ts';
import { patience } from '../lab/patience.ts';
import { collect, runtimeLab } from './runtime-lab.ts';

const skip = process.getuid?.() === 0 ? false : 'needs root';
const stdinOnce = { openStdin: true, stdinOnce: true };

test('stdin reaches the process whole, and its end is the process’s end of file', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const attachment = await lab.run('one', ['sh', '-c', 'md5sum; exit 4'], stdinOnce);
  const bytes = Buffer.alloc(3_000_000, 'abcdefg');
  attachment.stdin!.end(bytes);
  const { stdout } = await collect(attachment);
  assert.equal(stdout, execFileSync('md5sum', { input: bytes, encoding: 'utf8' }));
  assert.equal((await lab.runtime.exit('one')).code, 4);
});

test('stdin that is to stay open outlives the client that closed its own', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const first = await lab.run('one', ['cat'], { openStdin: true, stdinOnce: false });
  first.stdin!.end('first\n');
  assert.equal(await firstChunk(first), 'first\n');
  first.detach();
  const second = await lab.runtime.attach('one', { stdin: true });
  second.stdin!.write('second\n');
  assert.equal(await firstChunk(second), 'second\n');
});

test('a client without stdin that leaves does not close the stdin of another', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const owner = await lab.run('one', ['cat'], stdinOnce);
  const listener = await lab.runtime.attach('one', { stdin: false });
  assert.equal(listener.stdin, undefined);
  listener.detach();
  await new Promise((resolve) => setTimeout(resolve, 100));
  owner.stdin!.end('still open\n');
  assert.equal((await collect(owner)).stdout, 'still open\n');
  assert.equal((await lab.runtime.exit('one')).code, 0);
});

test('20 MB of output come through whole, to two clients at once', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.create('one', ['sh', '-c', 'dd if=/dev/zero bs=1M count=20 2>/dev/null | tr "\\0" x; echo end >&2']);
  const clients = [
    await lab.runtime.attach('one', { stdin: false }),
    await lab.runtime.attach('one', { stdin: false }),
  ];
  await lab.runtime.start('one');
  for (const { stdout, stderr } of await Promise.all(clients.map(collect))) {
    assert.equal(stdout.length, 20 * 1024 * 1024);
    assert.match(stdout, /^x+$/);
    assert.equal(stderr, 'end\n');
  }
});

test('the first output is for all who attached before the start, however late their monitor turns to them', {
  skip,
}, async (t) => {
  const lab = await runtimeLab(t);
  await lab.create('one', ['sh', '-c', 'printf first']);
  const monitor = Number(readFileSync(join(lab.bundle('one'), conmonFiles.conmonPid), 'utf8'));
  process.kill(monitor, 'SIGSTOP');
  const goOn = setTimeout(() => process.kill(monitor, 'SIGCONT'), 500 * patience);
  t.after(() => clearTimeout(goOn));
  const clients = await Promise.all([1, 2, 3].map(() => lab.runtime.attach('one', { stdin: false })));
  await lab.runtime.start('one');
  for (const { stdout } of await Promise.all(clients.map(collect))) assert.equal(stdout, 'first');
});

test('a client that reads late loses nothing, and holds the container back meanwhile', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const attachment = await lab.run('one', ['sh', '-c', 'dd if=/dev/zero bs=1M count=40 2>/dev/null']);
  await new Promise((resolve) => setTimeout(resolve, 300 * patience));
  const passed = statSync(lab.logPath('one')).size;
  assert.ok(passed > 1024 * 1024 && passed < 4 * 1024 * 1024, `${passed} bytes passed before anyone read`);
  let bytes = 0;
  for await (const { data } of attachment.output) bytes += data.length;
  assert.equal(bytes, 40 * 1024 * 1024);
});

test('a terminal has the size it is given, at the start and later', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const attachment = await lab.run('one', ['sh', '-c', 'stty size; read line; stty size; exit 6'], {
    ...stdinOnce,
    spec: { tty: true, consoleSize: { height: 10, width: 20 } },
  });
  const seen: string[] = [];
  for await (const { stream, data } of attachment.output) {
    assert.equal(stream, 'stdout');
    seen.push(data.toString());
    if (seen.join('') !== '10 20\r\n') continue;
    await lab.runtime.resize('one', 44, 55);
    await new Promise((resolve) => setTimeout(resolve, 100));
    attachment.stdin!.write('\n');
  }
  assert.equal(seen.join(''), '10 20\r\n\r\n44 55\r\n');
  assert.equal((await lab.runtime.exit('one')).code, 6);
});

test('the log keeps streams and line ends, and follows until the container has ended', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const script = 'echo one; echo two >&2; sleep 0.3; printf three';
  await lab.run('one', ['sh', '-c', script]);
  const ended = lab.runtime.exit('one');
  const lines = await logOf(lab.runtime, lab.logPath('one'), { follow: true }, ended);
  assert.deepEqual(
    lines.map(({ stream, data }) => `${stream} ${data}`),
    ['stdout one\n', 'stderr two\n', 'stdout three'],
  );
  assert.ok(lines.every(({ time }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/.test(time)));
  const last = await logOf(lab.runtime, lab.logPath('one'), { tail: 2 }, ended);
  assert.deepEqual(
    last.map(({ data }) => data.toString()),
    ['two\n', 'three'],
  );
});

async function logOf(runtime: Runtime, path: string, query: Partial<LogQuery>, ended: Promise<unknown>) {
  const whole = { stdout: true, stderr: true, follow: false, ...query };
  const lines: LogEntry[] = [];
  for await (const line of runtime.logs(path, whole, ended, new AbortController().signal)) lines.push(line);
  return lines;
}

async function firstChunk({ output }: Attachment): Promise<string> {
  for await (const { data } of output) return data.toString();
  return '';
}
