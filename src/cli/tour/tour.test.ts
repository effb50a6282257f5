import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { smallEngine } from '../recorded/answers.ts';
import { FakeEngine } from '../recorded/fake-engine.ts';
import { runWith } from '../testing/run.ts';
import { findEngine } from './engine-namespace.ts';

test('findEngine() finds the process that listens on a socket, and its network namespace', async () => {
  await using engine = await new FakeEngine(smallEngine).listen();
  assert.deepEqual(findEngine(engine.host.replace('unix://', '')), {
    pid: process.pid,
    namespace: readlinkSync('/proc/self/ns/net'),
  });
  assert.equal(findEngine('/nonexistent.sock'), undefined);
});

test('tour --list names the steps without an engine', async () => {
  const { code, stdout } = await runWith('unix:///nonexistent.sock', ['tour', '--list']);
  assert.equal(code, 0);
  assert.match(stdout, /^1\. Two containers[\s\S]*\n14\. Remove everything\n$/);
});

test('tour says which image it needs', async () => {
  const noImage = {
    'GET /version': () => ({ body: {} }),
    'GET /images/*/json': () => ({ status: 404, body: { message: 'no' } }),
  };
  await using engine = await new FakeEngine(noImage).listen();
  const { code, stderr } = await runWith(engine.host, ['tour']);
  assert.equal(code, 1);
  assert.match(stderr, process.getuid?.() === 0 ? /needs the image busybox/ : /needs root/);
});
