import { hasCode } from '../../base/index.ts';
import {
  AF_INET,
  AF_INET6,
  bind,
  bindInet,
  closeFd,
  IPPROTO_IPV6,
  IPPROTO_SCTP,
  IPV6_V6ONLY,
  listen,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  setsockopt,
  socket,
} from '../../syscall/socket.ts';
import { inetAddress } from '../../syscall/socket-address.ts';
import { attachDropAllFilter } from '../../syscall/socket-filter.ts';
import type { Protocol } from './types.ts';

const backlog = 128;

/**
 * A socket that holds one port of one host address against every other process, and hears nothing: the filter is
 * on before it is bound. For "" one socket of both families, which costs half of two and gives them the same number.
 * Undefined where the kernel has no such protocol (SCTP as a missing module). Throws SysError.
 */
export function openReserved(protocol: Protocol, hostIp: string, port: number): number | undefined {
  try {
    if (hostIp !== '') return open(protocol, hostIp, port, false);
    try {
      return open(protocol, '::', port, true);
    } catch (error) {
      if (!hasCode(error, 'EAFNOSUPPORT')) throw error;
      return open(protocol, '0.0.0.0', port, false);
    }
  } catch (error) {
    if (hasCode(error, 'EPROTONOSUPPORT') || hasCode(error, 'ESOCKTNOSUPPORT')) return undefined;
    throw error;
  }
}

function open(protocol: Protocol, address: string, port: number, bothFamilies: boolean): number {
  const family = address.includes(':') ? AF_INET6 : AF_INET;
  const fd = socket(family, protocol === 'udp' ? SOCK_DGRAM : SOCK_STREAM, protocol === 'sctp' ? IPPROTO_SCTP : 0);
  try {
    attachDropAllFilter(fd);
    // Of TCP only: connections of an earlier owner may linger in TIME_WAIT. UDP would share the port for good.
    if (protocol === 'tcp') setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (bothFamilies) {
      setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
      bind(fd, inetAddress(address, port));
    } else {
      bindInet(fd, address, port);
    }
    if (protocol !== 'udp') listen(fd, backlog);
    return fd;
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}
