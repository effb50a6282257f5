import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Poller } from '../../syscall/poller.ts';
import { openExecFifo } from './start.ts';

/** A container "c" whose init has the fifo open, as runc makes it. */
function waitingInit(t: TestContext): { root: string; fifo: string; init: number; poller: Poller } {
  const root = mkdtempSync(join(tmpdir(), 'portolan-fifo-'));
  const fifo = join(root, 'c', 'exec.fifo');
  mkdirSync(join(root, 'c'));
  spawnSync('mkfifo', [fifo]);
  const init = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const poller = new Poller();
  t.after(() => {
    poller[Symbol.dispose]();
    closeSync(init);
    rmSync(root, { recursive: true });
  });
  return { root, fifo, init, poller };
}

test('openExecFifo() succeeds for a program that has ended before its start was seen', async (t) => {
  const { root, fifo, init, poller } = waitingInit(t);
  writeSync(init, '0');
  await openExecFifo(root, 'c', poller, Promise.resolve('exit'));
  assert.ok(!existsSync(fifo), 'runc is told that it ran');
});

test('openExecFifo() fails for a container that ends without its program', async (t) => {
  const { root, poller } = waitingInit(t);
  await assert.rejects(openExecFifo(root, 'c', poller, Promise.resolve('exit')), /cannot start a stopped process/);
});
