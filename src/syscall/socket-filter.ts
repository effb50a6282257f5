import koffi from 'koffi';
import { bind } from './libc.ts';

// <asm-generic/socket.h>
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;

/** struct sock_filter, <linux/filter.h>, one of them: BPF_RET | BPF_K with 0, "keep no byte of any packet". */
const dropAll = Uint16Array.of(0x06, 0, 0, 0);
/** struct sock_fprog, <linux/filter.h>. */
const program = koffi.struct({ len: 'uint16_t', filter: 'void *' });
const programBytes = koffi.sizeof(program);

koffi.alias('sock_fprog', program);
const attach = bind<[fd: number, level: number, name: number, value: object, length: number]>(
  'setsockopt',
  'int setsockopt(int fd, int level, int name, const sock_fprog *value, uint32_t length)',
);

/** From now on the socket holds its port and hears nothing: no handshake is answered, no datagram queued. */
export function attachDropAllFilter(fd: number): void {
  attach(fd, SOL_SOCKET, SO_ATTACH_FILTER, { len: 1, filter: dropAll }, programBytes);
}

/** The reverse. Throws SysError ENOENT when no filter is attached. */
export function detachFilter(fd: number): void {
  attach(fd, SOL_SOCKET, SO_DETACH_FILTER, { len: 0, filter: null }, programBytes);
}
