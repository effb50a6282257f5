import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { formatIp, fromBytes, type Ip } from '../../base/index.ts';
import { addressesMeet, isAny } from './held-ports.ts';
import type { PortSpan, Protocol } from './types.ts';

/** One line of /proc/net/tcp and its like. */
export type BoundSocket = { readonly address: string; readonly port: number; readonly inode: string };

const tcpListen = '0A'; // TCP_LISTEN, <net/tcp_states.h>

/**
 * The sockets of the calling thread's namespace that hold a port: listening ones of TCP, bound ones of UDP. The
 * kernel offers no such table for SCTP without its module.
 */
export function boundSockets(protocol: Protocol): readonly BoundSocket[] {
  if (protocol === 'sctp') return [];
  return [...parseSocketTable(read(protocol), protocol), ...parseSocketTable(read(`${protocol}6`), protocol)];
}

/** The text of /proc/net/{tcp,tcp6,udp,udp6}; addresses are 32-bit words in the machine's own byte order. */
export function parseSocketTable(text: string, protocol: Protocol): readonly BoundSocket[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const [hex = '', port = ''] = local.split(':');
      if (port === '' || (protocol === 'tcp' && state !== tcpListen)) return [];
      return [{ address: formatIp(addressOf(hex)), port: Number.parseInt(port, 16), inode }];
    });
}

function addressOf(hex: string): Ip {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const words = new Uint32Array(bytes.length / 4);
  for (let i = 0; i < words.length; i++) words[i] = new DataView(bytes.buffer).getUint32(i * 4, false);
  return { family: bytes.length === 4 ? 4 : 6, value: fromBytes(new Uint8Array(words.buffer)) };
}

/** The first of `sockets` that holds a port of `span`. An IPv6 any-address counts for IPv4 too: it may serve both. */
export function holderOf(span: PortSpan, sockets: readonly BoundSocket[]): BoundSocket | undefined {
  return sockets.find(
    ({ address, port }) =>
      port >= span.hostPort &&
      port < span.hostPort + span.count &&
      (address === '::' || addressesMeet(isAny(address) && !address.includes(':') ? '0.0.0.0' : address, span.hostIp)),
  );
}

/** "process 1234, nginx" for whoever has the socket open; undefined when that cannot be seen. Only for errors: it looks at every process. */
export async function processOf(inode: string): Promise<string | undefined> {
  const wanted = `socket:[${inode}]`;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    if (!links.includes(wanted)) continue;
    return `process ${pid}${await commandOf(pid)}`;
  }
  return undefined;
}

/** The program as it was started: comm would be the name of a thread. */
async function commandOf(pid: string): Promise<string> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const program = basename(line.split('\0')[0] ?? '');
  return program === '' ? '' : `, ${program}`;
}

/** Of the calling thread: /proc/net would be the first thread's namespace. */
function read(table: string): string {
  try {
    return readFileSync(`/proc/thread-self/net/${table}`, 'utf8');
  } catch {
    return '';
  }
}
