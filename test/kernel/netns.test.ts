import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNetns, inNetns, netnsInode, openNetns, warmThreadPool } from '../../src/syscall/netns.ts';
import { pinNetns, unpinNetns } from '../../src/syscall/netns-pin.ts';
import { closeFd } from '../../src/syscall/socket.ts';
import { kernelTest } from './fixture.ts';

const here = (): string => readlinkSync('/proc/thread-self/ns/net');

kernelTest('inNetns() runs the body inside and comes back', ({ fd }) => {
  const home = here();
  const inside: string = inNetns(fd, here);
  assert.equal(inside, `net:[${netnsInode(fd)}]`);
  assert.equal(here(), home);
});

kernelTest('inNetns() comes back when the body throws', ({ fd }) => {
  const home = here();
  assert.throws(
    () =>
      inNetns(fd, () => {
        throw new Error('inside');
      }),
    /inside/,
  );
  assert.equal(here(), home);
});

kernelTest('inNetns() nests, also around createNetns()', ({ fd }) => {
  using other = createNetns();
  const home = here();
  const seen: string[] = inNetns(fd, () => {
    const deeper: string = inNetns(other.fd, here);
    using third = createNetns();
    return [deeper, here(), `net:[${netnsInode(third.fd)}]`];
  });
  assert.equal(seen[0], `net:[${netnsInode(other.fd)}]`);
  assert.equal(seen[1], `net:[${netnsInode(fd)}]`);
  assert.equal(new Set([...seen, home]).size, 4);
  assert.equal(here(), home);
});

kernelTest('inNetns() stays outside when the descriptor is no namespace', () => {
  const home = here();
  assert.throws(() => inNetns(0x7000, here), { code: 'EBADF' });
  assert.equal(here(), home);
});

kernelTest('inNetns() refuses a body that answers a promise', ({ fd }) => {
  const body = (() => Promise.resolve()) as unknown as () => number;
  assert.throws(() => inNetns(fd, body), /returned a promise/);
});

kernelTest('warmThreadPool() keeps the pool in the home namespace', async ({ fd }) => {
  await warmThreadPool();
  const home = here();
  // Asked from inside, answered by pool threads: none of them may have been born there.
  const asked: Promise<string>[] = [];
  inNetns(fd, () => {
    for (let i = 0; i < 32; i++) asked.push(readlink('/proc/thread-self/ns/net'));
    return 0;
  });
  assert.deepEqual(new Set(await Promise.all(asked)), new Set([home]));
});

kernelTest('a way back that fails ends the process', () => {
  const source = new URL('../../src/syscall/netns.ts', import.meta.url).href;
  const program = `
    import { closeSync, readdirSync, readlinkSync } from 'node:fs';
    import { createNetns, inNetns } from ${JSON.stringify(source)};
    const { fd } = createNetns();
    const isHome = (n) => { try { return n != fd && readlinkSync('/proc/self/fd/' + n).startsWith('net:'); } catch { return false; } };
    inNetns(fd, () => closeSync(Number(readdirSync('/proc/self/fd').find(isHome))));
    console.log('still here');`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.match(child.stderr, /fatal: cannot return from a network namespace/);
  assert.equal(child.signal, 'SIGABRT');
  assert.doesNotMatch(child.stdout, /still here/);
});

const mountedAt = (path: string): boolean => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${path} `);

test('pinNetns() makes a namespace that has a path, and unpinNetns() takes it away, twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netns-'));
  const path = join(folder, 'pinned');
  await pinNetns(path, { 'net/ipv4/ip_unprivileged_port_start': '7', 'net/ipv4/ping_group_range': '0 9' });
  const fd = openNetns(path);
  const again = openNetns(path);
  assert.equal(netnsInode(fd), netnsInode(again));
  assert.ok(mountedAt(path));
  const sysctls = ['ip_unprivileged_port_start', 'ping_group_range'].map((name) => `/proc/sys/net/ipv4/${name}`);
  assert.deepEqual(
    inNetns(fd, () => sysctls.map((file) => readFileSync(file, 'utf8'))),
    ['7\n', '0\t9\n'],
  );
  await assert.rejects(pinNetns(path), { code: 'EEXIST' });
  assert.ok(mountedAt(path), 'the refused second pin took the first away');
  for (const each of [fd, again]) closeFd(each);
  await unpinNetns(path);
  await unpinNetns(path);
  assert.ok(!existsSync(path));
  assert.ok(!mountedAt(path));
  rmSync(folder, { recursive: true });
});

test('pinNetns() leaves nothing when the folder is missing, or a sysctl is not to be had', async () => {
  await assert.rejects(pinNetns('/no/such/folder/x'), { code: 'ENOENT' });
  const folder = mkdtempSync(join(tmpdir(), 'netns-'));
  const path = join(folder, 'pinned');
  await assert.rejects(pinNetns(path, { 'net/no/such': '1' }), /ended with status/);
  assert.ok(!existsSync(path) && !mountedAt(path));
  rmSync(folder, { recursive: true });
});
