import koffi from 'koffi';
import { bind, bindResult, sysError } from './libc.ts';
import { MSG_NOSIGNAL, SOL_SOCKET } from './socket.ts';

const sendmsg = bindResult<[fd: number, header: Uint8Array, flags: number]>(
  'long sendmsg(int fd, const void *header, int flags)',
);
const fcntl = bind<[fd: number, command: number, value: number]>('fcntl', 'int fcntl(int fd, int command, int value)');

const SCM_RIGHTS = 1; // <linux/socket.h>
const F_SETFD = 2; // <asm-generic/fcntl.h>, as the next
const FD_CLOEXEC = 1;
/** struct msghdr, struct iovec, struct cmsghdr with one descriptor: <linux/socket.h>, <linux/uio.h>, 64 bits. */
const headerBytes = 56;
const vectorBytes = 16;
const controlBytes = 24;
const controlLength = 20;

/** Sends a message over a connected unix socket, and with it a copy of the descriptor `passed`. Throws SysError. */
export function sendWithDescriptor(fd: number, bytes: Uint8Array, passed: number): void {
  const payload = Buffer.from(new Uint8Array(bytes).buffer);
  const vector = Buffer.from(new ArrayBuffer(vectorBytes));
  vector.writeBigUInt64LE(koffi.address(payload), 0);
  vector.writeBigUInt64LE(BigInt(payload.length), 8);
  const control = Buffer.from(new ArrayBuffer(controlBytes));
  control.writeBigUInt64LE(BigInt(controlLength), 0);
  control.writeInt32LE(SOL_SOCKET, 8);
  control.writeInt32LE(SCM_RIGHTS, 12);
  control.writeInt32LE(passed, 16);
  const header = Buffer.from(new ArrayBuffer(headerBytes));
  header.writeBigUInt64LE(koffi.address(vector), 16);
  header.writeBigUInt64LE(1n, 24);
  header.writeBigUInt64LE(koffi.address(control), 32);
  header.writeBigUInt64LE(BigInt(controlBytes), 40);
  const sent = sendmsg(fd, header, MSG_NOSIGNAL);
  if (sent < 0) throw sysError('sendmsg', -sent);
}

/** Keeps a descriptor that came with the start of this process from the programs it runs. */
export const closeOnExec = (fd: number): void => void fcntl(fd, F_SETFD, FD_CLOEXEC);
