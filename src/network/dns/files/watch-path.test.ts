import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PathWatch } from './watch-path.ts';

/** A folder, and how often a watch of `resolv.conf` in it told of a change. */
function lab(t: TestContext, prepare: (folder: string) => void): { folder: string; told: () => Promise<boolean> } {
  const folder = mkdtempSync(join(tmpdir(), 'ptl-watch-'));
  prepare(folder);
  let count = 0;
  const watch = new PathWatch([join(folder, 'resolv.conf')], () => count++);
  t.after(() => {
    watch[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
  /** Since the last time it was asked; waits up to two seconds. */
  const told = async (): Promise<boolean> => {
    for (let i = 0; i < 40 && count === 0; i++) await sleep(50);
    const any = count > 0;
    count = 0;
    return any;
  };
  return { folder, told };
}

test('a file written in place, replaced by a rename, removed and made again', async (t) => {
  const { folder, told } = lab(t, (dir) => writeFileSync(join(dir, 'resolv.conf'), 'a'));
  const [path, next] = [join(folder, 'resolv.conf'), join(folder, 'next')];
  writeFileSync(path, 'b');
  assert.ok(await told(), 'written');
  for (const round of [1, 2]) {
    writeFileSync(next, `c${round}`);
    renameSync(next, path);
    assert.ok(await told(), `renamed ${round}`);
  }
  rmSync(path);
  assert.ok(await told(), 'removed');
  writeFileSync(path, 'd');
  assert.ok(await told(), 'made again');
});

test('a link to a file elsewhere: the file, and the link when it is set anew', async (t) => {
  const { folder, told } = lab(t, (dir) => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, 'real'), name);
    }
    symlinkSync('one/real', join(dir, 'resolv.conf'));
  });
  writeFileSync(join(folder, 'one/real'), 'changed');
  assert.ok(await told(), 'target written');
  symlinkSync('two/real', join(folder, 'next'));
  renameSync(join(folder, 'next'), join(folder, 'resolv.conf'));
  assert.ok(await told(), 'link set anew');
  writeFileSync(join(folder, 'two/new'), 'x');
  renameSync(join(folder, 'two/new'), join(folder, 'two/real'));
  assert.ok(await told(), 'new target replaced');
});

test('a link into a folder that comes later', async (t) => {
  const { folder, told } = lab(t, (dir) => symlinkSync('later/real', join(dir, 'resolv.conf')));
  mkdirSync(join(folder, 'later'));
  assert.ok(await told(), 'folder');
  writeFileSync(join(folder, 'later/real'), 'x');
  assert.ok(await told(), 'file');
});

test('what goes on beside it is nothing to tell', async (t) => {
  const { folder, told } = lab(t, (dir) => writeFileSync(join(dir, 'resolv.conf'), 'a'));
  writeFileSync(join(folder, 'other'), 'x');
  await sleep(300);
  assert.equal(await Promise.race([told(), sleep(300, false)]), false);
});
