import { closeSync, openSync, readFile } from 'node:fs';
import { readdir, readlink, readFile as readText } from 'node:fs/promises';
import { basename } from 'node:path';
import { formatIp, fromBytes, type Ip } from '../../base/index.ts';
import { addressesMeet, isAny } from './held-ports.ts';
import type { PortSpan, Protocol } from './types.ts';

/** One line of /proc/net/tcp and its like. */
export type BoundSocket = { readonly address: string; readonly port: number; readonly inode: string };

const tcpListen = '0A'; // TCP_LISTEN, <net/tcp_states.h>

/**
 * The sockets that hold a port in the namespace that the calling thread is in now: listening ones of TCP, bound ones
 * of UDP. Opened at once and read in the thread pool: /proc/net/tcp walks all connections, 3 ms and more. The kernel
 * offers no such table for SCTP without its module.
 */
export function boundSockets(protocol: Protocol): Promise<readonly BoundSocket[]> {
  const tables = protocol === 'sctp' ? [] : [protocol, `${protocol}6`];
  const opened = tables.flatMap((table) => open(`/proc/thread-self/net/${table}`) ?? []);
  return Promise.all(opened.map(readAll)).then((texts) => texts.flatMap((text) => parseSocketTable(text, protocol)));
}

function open(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined; // a kernel without IPv6
  }
}

/** A descriptor of such a table belongs to the namespace it was opened in, wherever it is read. */
const readAll = (fd: number): Promise<string> =>
  new Promise((resolve, reject) => {
    readFile(fd, 'utf8', (error, text) => {
      closeSync(fd);
      if (error === null) resolve(text);
      else reject(error);
    });
  });

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
  const line = await readText(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const program = basename(line.split('\0')[0] ?? '');
  return program === '' ? '' : `, ${program}`;
}
