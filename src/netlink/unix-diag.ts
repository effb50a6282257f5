import { attrTable } from './attr.ts';
import { u32 } from './codec.ts';
import { NetlinkConnection } from './connection.ts';
import { openTransport } from './transport.ts';
import { struct } from './wire.ts';

const NETLINK_SOCK_DIAG = 4; // <linux/netlink.h>
const SOCK_DIAG_BY_FAMILY = 20; // <linux/sock_diag.h>
const AF_UNIX = 1;
const UDIAG_SHOW_PEER = 0x4; // <linux/unix_diag.h>, as all below
const noCookie = 0xffff_ffff;

const unixDiagRequest = struct('unix_diag_req', 24, [
  ['family', 'u8'],
  ['protocol', 'u8'],
  [null, 'u16'],
  ['states', 'u32'],
  ['inode', 'u32'],
  ['show', 'u32'],
  ['cookieLow', 'u32'],
  ['cookieHigh', 'u32'],
]);
const unixDiagBytes = 16; // struct unix_diag_msg
const unixDiagAttrs = attrTable({ peer: [2 /* UNIX_DIAG_PEER */, u32] });

/** What the kernel tells of unix sockets in the caller's network namespace. */
export class UnixDiagConnection extends NetlinkConnection {
  static open(): UnixDiagConnection {
    return new UnixDiagConnection(openTransport(NETLINK_SOCK_DIAG));
  }

  /**
   * The inode of the other end of a connected socket; 0 while the connection waits to be accepted, undefined when there
   * is no other end. Throws SysError ENOENT for an unknown inode, and where the kernel has no such diagnosis.
   */
  peerOf(inode: number): number | undefined {
    const request = { family: AF_UNIX, protocol: 0, states: 0, inode, show: UDIAG_SHOW_PEER };
    const body = unixDiagRequest.encode({ ...request, cookieLow: noCookie, cookieHigh: noCookie });
    const [answer] = this.request({ op: 'unix_diag', type: SOCK_DIAG_BY_FAMILY, flags: 0, body });
    return answer === undefined ? undefined : unixDiagAttrs.decode(answer.body.subarray(unixDiagBytes)).peer;
  }
}
