import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, groupsNamed, runtimeLab } from './runtime-lab.ts';

const skip = process.getuid?.() === 0 ? false : 'needs root';

test('another engine takes a running container up again: attach, kill, exit', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  const { pid } = await lab.create('one', ['sh', '-c', 'read line; echo "got $line"; exit 8'], { openStdin: true });
  await lab.runtime.start('one');
  await lab.runtime[Symbol.asyncDispose]();
  const later = await lab.reopen();
  assert.deepEqual(await later.recover('one', lab.bundle('one')), { running: true, pid });
  const attachment = await later.attach('one', { stdin: true });
  attachment.stdin!.end('it\n');
  assert.equal((await collect(attachment)).stdout, 'got it\n');
  assert.equal((await later.exit('one')).code, 8);
  await later.delete('one');
  assert.deepEqual(groupsNamed(`${lab.group}/one`), []);
});

test('a container that ended while nobody watched has its exit code and time', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.run('one', ['sh', '-c', 'exit 11']);
  await lab.runtime.exit('one');
  await lab.runtime[Symbol.asyncDispose]();
  const later = await lab.reopen();
  const found = await later.recover('one', lab.bundle('one'));
  assert.ok(!found.running && found.exit !== undefined);
  assert.equal(found.exit.code, 11);
  assert.ok(Math.abs(found.exit.at.getTime() - Date.now()) < 10_000);
  await later.delete('one');
  assert.deepEqual(groupsNamed(`${lab.group}/one`), []);
});

test('a monitor’s number that is another process’s now is not taken for it', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.create('one', ['sleep', '100']);
  const later = await lab.reopen();
  writeFileSync(join(lab.bundle('one'), 'conmon.pid'), String(process.pid));
  assert.deepEqual(await later.recover('one', lab.bundle('one')), { running: false, exit: undefined });
});

test('what an engine left half made is removed without its own files', { skip }, async (t) => {
  const lab = await runtimeLab(t);
  await lab.create('one', ['sleep', '100']);
  await lab.runtime[Symbol.asyncDispose]();
  rmSync(join(lab.bundle('one'), 'conmon.pid'));
  const later = await lab.reopen();
  assert.deepEqual(await later.recover('one', lab.bundle('one')), { running: false, exit: undefined });
  await later.delete('one');
  assert.deepEqual(groupsNamed(`${lab.group}/one`), []);
});
