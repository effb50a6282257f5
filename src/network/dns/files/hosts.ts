import type { HostsEntry } from './types.ts';

const loopback = ['127.0.0.1\tlocalhost'];
const loopback6 = [
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::\tip6-localnet',
  'ff00::\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
];

/** The text of a new /etc/hosts: localhost, then `entries` in order (`--add-host` first, the sandbox's own after). */
export function hostsFile(options: { readonly ipv6: boolean; readonly entries: readonly HostsEntry[] }): string {
  return lines([...loopback, ...(options.ipv6 ? loopback6 : []), ...options.entries.map(line)]);
}

/**
 * An /etc/hosts after its sandbox joined or left networks: lines equal to one of `gone` are taken out, those of `added`
 * that are not there appended. All other lines, a user's own among them, stay as they are.
 */
export function replaceHostsEntries(
  text: string,
  change: { readonly gone: readonly HostsEntry[]; readonly added: readonly HostsEntry[] },
): string {
  const gone = new Set(change.gone.map(line));
  const kept = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').filter((l) => !gone.has(l));
  const present = new Set(kept);
  return lines([...kept, ...change.added.map(line).filter((l) => !present.has(l))]);
}

const line = (entry: HostsEntry): string => `${entry.address}\t${entry.names.join(' ')}`;
const lines = (all: readonly string[]): string => all.map((l) => `${l}\n`).join('');
