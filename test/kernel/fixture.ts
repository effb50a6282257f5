import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { RouteConnection } from '../../src/netlink/connection.ts';
import { NftContext } from '../../src/nftables/context.ts';
import { createNetns } from '../../src/syscall/netns.ts';

/** A fresh network namespace, what we drive it with, and the tools of others that say what is in it. */
export type Host = Disposable & {
  readonly fd: number;
  /** Path that another process can join by, as long as this one runs. */
  readonly path: string;
  readonly rt: RouteConnection;
  readonly nft: NftContext;
  /** What `ip -j -d …` prints, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is ip's own, and a test that reads it wrong fails.
  ip(...args: readonly string[]): readonly Readonly<Record<string, any>>[];
  /** What the command prints, run inside. */
  run(command: string, ...args: readonly string[]): string;
};

export function openHost(): Host {
  const stack = new DisposableStack();
  const { fd } = stack.use(createNetns());
  const path = `/proc/${process.pid}/fd/${fd}`;
  const run: Host['run'] = (command, ...args) =>
    execFileSync('nsenter', [`--net=${path}`, command, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    fd,
    path,
    rt: stack.use(RouteConnection.open(fd)),
    nft: stack.use(NftContext.open(fd)),
    ip: (...args) => JSON.parse(run('ip', '-j', '-d', ...args) || '[]'),
    run,
    [Symbol.dispose]: () => stack.dispose(),
  };
}

/** Sockets and namespaces that this process holds open. */
export function heldDescriptors(): readonly string[] {
  const targets = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // the descriptor of the listing itself
    }
  });
  return targets.filter((target) => /^(socket|net):/.test(target)).sort();
}

/** A test that changes the kernel, in a namespace of its own, and may leave no descriptor behind. */
export function kernelTest(name: string, body: (host: Host) => void | Promise<void>): void {
  test(name, { skip: process.getuid?.() === 0 ? false : 'needs root' }, async () => {
    openHost()[Symbol.dispose](); // what is opened once and kept (the home namespace) is not a leak
    const before = heldDescriptors();
    {
      using host = openHost();
      await body(host);
    }
    assert.deepEqual(heldDescriptors(), before);
  });
}
