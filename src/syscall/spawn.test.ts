import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { pipe } from './pipe.ts';
import { reap, spawnProcess } from './spawn.ts';

async function statusOf(pid: number): Promise<number> {
  for (;;) {
    const status = reap(pid);
    if (status !== undefined) return status;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Runs a shell with its output in a pipe, and reads that to the end. */
async function shell(script: string): Promise<{ readonly output: string; readonly status: number }> {
  const { read, write } = pipe();
  const nothing = openSync('/dev/null', 'r');
  const pid = await spawnProcess({
    path: '/bin/sh',
    args: ['sh', '-c', script],
    env: ['A=b'],
    cwd: tmpdir(),
    fds: [nothing, write, write],
  });
  closeSync(nothing);
  closeSync(write);
  const output = readFileSync(read, 'utf8');
  closeSync(read);
  return { output, status: await statusOf(pid) };
}

test('spawnProcess: the child has the environment, folder and descriptors it was given', async () => {
  const { output, status } = await shell('echo $A; pwd; exit 3');
  assert.deepEqual([output, status], [`b\n${tmpdir()}\n`, 3]);
});

test('spawnProcess: the child blocks and ignores no signal', async () => {
  const { output } = await shell(
    'while read line; do case $line in Sig[BI]*) echo $line;; esac; done < /proc/self/status',
  );
  assert.match(output, /^SigBlk:\s0{16}\nSigIgn:\s0{16}\n$/);
});

test('reap: a signal counts from 128, and a status is taken once', async () => {
  const { status } = await shell('kill -9 $$');
  assert.equal(status, 137);
  assert.equal(reap(process.ppid), undefined);
});

test('spawnProcess: a program that is not there is ENOENT, with its name', async () => {
  await assert.rejects(spawnProcess({ path: '/no/such', args: ['x'], env: [], cwd: '/', fds: [] }), {
    code: 'ENOENT',
    message: 'posix_spawn: ENOENT: /no/such',
  });
});
