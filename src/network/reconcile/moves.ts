import { closeSync } from 'node:fs';
import { hasCode } from '../../base/index.ts';
import { setLinkMessage } from '../../netlink/rt/link-message.ts';
import { openNetns } from '../../syscall/netns.ts';
import type { PlannedLink } from '../plan/types.ts';
import type { Mark } from './mark.ts';
import type { Namespace } from './namespace.ts';

/** A link of somebody else's that is in a sandbox: its name there, and the one it came with. */
export type Guest = { readonly name: string; readonly source: string; readonly owner: string };

/**
 * Takes a link from the host's namespace into a sandbox's, under its name there and with our mark: one message, so that
 * none is ever found half moved. Throws SysError ENODEV when there is no such link.
 */
export async function moveIn(hosts: Namespace, sandboxes: Namespace, link: PlannedLink, mark: Mark): Promise<void> {
  const { name, mac, mtu: mtuBytes, owner, kind } = link;
  if (kind.type !== 'moved') throw new TypeError(`${name} is not moved in`);
  const index = await hosts.indexOf(kind.source);
  const change = { name, mac, mtuBytes, up: true, ...mark.of(owner, kind.source) };
  await send(hosts, sandboxes, index, change);
}

/** Gives it back under the name it came with, down and without mark. What is gone, or not as we left it, stays so. */
export async function moveOut(hosts: Namespace, sandboxes: Namespace, guest: Guest, mark: Mark): Promise<void> {
  const { name, source, owner } = guest;
  const link = await sandboxes.find(name);
  if (link === undefined || mark.ownerOf(link) !== owner) return;
  try {
    await send(sandboxes, hosts, link.index, { name: source, down: true, alias: '', group: 0 });
  } catch (error) {
    // Its name is somebody else's now: it goes with the sandbox.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

async function send(
  from: Namespace,
  to: Namespace,
  index: number,
  change: Parameters<typeof setLinkMessage>[1],
): Promise<void> {
  if (to.fd !== undefined) {
    await from.route.requestAsync(setLinkMessage(index, { ...change, netnsFd: to.fd }));
    return;
  }
  // The process's own, which its namespaces are not asked to hold open.
  const netnsFd = openNetns('/proc/self/ns/net');
  try {
    await from.route.requestAsync(setLinkMessage(index, { ...change, netnsFd }));
  } finally {
    closeSync(netnsFd);
  }
}
