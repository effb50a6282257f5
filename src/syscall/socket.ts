import { closeSync, constants, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { bind as bindCall, bindResult, sysError } from './libc.ts';
import { inetAddress, unixAddress } from './socket-address.ts';

// <linux/socket.h>, <linux/net.h>: the same on x86 and arm.
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_SEQPACKET = 5;
export const SOCK_NONBLOCK = 0x800;
export const SOCK_CLOEXEC = 0x8_0000;
export const MSG_PEEK = 0x2;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
// <asm-generic/socket.h>
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_RCVTIMEO = 20;
export const SO_RCVBUFFORCE = 33;
export const SO_ATTACH_FILTER = 26;
export const SO_DETACH_FILTER = 27;
// <linux/in.h>, <linux/in6.h>
export const IPPROTO_IPV6 = 41;
export const IPPROTO_SCTP = 132;
export const IPV6_V6ONLY = 26;

const EAGAIN = 11; // <asm-generic/errno-base.h>, as the next
const EINTR = 4;
const ENAMETOOLONG = 36; // <asm-generic/errno.h>

type Buffered = [fd: number, bytes: Uint8Array, length: number, flags: number];
const socketCall = bindCall<[domain: number, type: number, protocol: number]>(
  'socket',
  'int socket(int domain, int type, int protocol)',
);
const bindAddress = bindCall<[fd: number, address: Uint8Array, length: number]>(
  'bind',
  'int bind(int fd, const void *address, uint32_t length)',
);
const connectAddress = bindCall<[fd: number, address: Uint8Array, length: number]>(
  'connect',
  'int connect(int fd, const void *address, uint32_t length)',
);
const setOption = bindCall<[fd: number, level: number, name: number, value: Uint8Array, length: number]>(
  'setsockopt',
  'int setsockopt(int fd, int level, int name, const void *value, uint32_t length)',
);
const getSockName = bindCall<[fd: number, address: Uint8Array, length: Uint8Array]>(
  'getsockname',
  'int getsockname(int fd, void *address, void *length)',
);
const recv = bindResult<Buffered>('long recv(int fd, void *bytes, size_t length, int flags)');
const send = bindResult<Buffered>('long send(int fd, const void *bytes, size_t length, int flags)');

/** socket(2), always CLOEXEC. It belongs to the network namespace it is made in for good. */
export const socket = (domain: number, type: number, protocol = 0): number =>
  socketCall(domain, type | SOCK_CLOEXEC, protocol);

/** The port that an IPv4 or IPv6 socket is bound to: getsockname(2). */
export function portOf(fd: number): number {
  const address = new Uint8Array(28); // struct sockaddr_in6
  getSockName(fd, address, new Uint8Array(Uint32Array.of(address.length).buffer));
  return new DataView(address.buffer).getUint16(2);
}

/** bind(2) to an address in its C layout: see socket-address.ts. */
export const bind = (fd: number, address: Uint8Array): void => void bindAddress(fd, address, address.byteLength);

export const listen = bindCall<[fd: number, backlog: number]>('listen', 'int listen(int fd, int backlog)');

export const closeFd: (fd: number) => void = closeSync;

export { attachDropAllFilter, detachFilter } from './socket-filter.ts';

/** An option whose value is a number (C int) or bytes. */
export function setsockopt(fd: number, level: number, name: number, value: number | Uint8Array): void {
  const bytes = typeof value === 'number' ? new Uint8Array(Int32Array.of(value).buffer) : value;
  setOption(fd, level, name, bytes, bytes.byteLength);
}

/**
 * Receives into `buffer`: the number of bytes, 0 at the end of a connection, -1 when nothing is there yet (EAGAIN).
 * On a seqpacket or datagram socket, one message. Throws SysError for all else.
 */
export const recvInto = (fd: number, buffer: Uint8Array, flags = 0): number =>
  unlessAgain('recv', () => recv(fd, buffer, buffer.byteLength, flags));

/** Sends and answers how much was taken; -1 when there is no room yet. Never raises SIGPIPE: EPIPE is thrown. */
export const sendBytes = (fd: number, bytes: Uint8Array, flags = 0): number =>
  unlessAgain('send', () => send(fd, bytes, bytes.byteLength, flags | MSG_NOSIGNAL));

function unlessAgain(op: string, call: () => number): number {
  for (;;) {
    const result = call();
    if (result >= 0) return result;
    if (result === -EAGAIN) return -1;
    if (result !== -EINTR) throw sysError(op, -result);
  }
}

/**
 * Connects to a SOCK_SEQPACKET socket in the file system, as conmon's attach socket is one. Non-blocking, CLOEXEC.
 * A path too long for sockaddr_un goes through a descriptor of its folder.
 */
export const connectUnixSeqpacket = (path: string): number => connectUnix(path, SOCK_SEQPACKET);

/** The same for a SOCK_DGRAM socket; a name that begins with `@` is an abstract one, unix(7). */
export const connectUnixDatagram = (path: string): number => connectUnix(path, SOCK_DGRAM);

function connectUnix(path: string, type: number): number {
  const fd = socket(AF_UNIX, type | SOCK_NONBLOCK);
  try {
    withUnixAddress(path, (address) => connectAddress(fd, address, address.byteLength));
    return fd;
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}

/** Gives `use` the address of `path`, shortened while it runs when the structure cannot hold it. */
export function withUnixAddress(path: string, use: (address: Uint8Array) => void): void {
  const whole = unixAddress(path);
  if (whole !== undefined) {
    use(whole);
    return;
  }
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const short = unixAddress(`/proc/self/fd/${folder}/${basename(path)}`);
    if (short === undefined) throw sysError('connect', ENAMETOOLONG, path);
    use(short);
  } finally {
    closeSync(folder);
  }
}

/** Binds to an IPv4 or IPv6 address and port. An IPv6 socket is made to leave IPv4 alone. */
export function bindInet(fd: number, address: string, port: number): void {
  const bytes = inetAddress(address, port);
  if (address.includes(':')) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  bind(fd, bytes);
}
