import { hasCode } from '../../../base/index.ts';
import {
  AF_INET,
  bindInet,
  closeFd,
  listen,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  setsockopt,
  socket,
} from '../../../syscall/socket.ts';
import { embeddedAddress } from '../files/resolv-conf.ts';

/** Taken where it is free, as in every new sandbox: a restarted engine then finds its redirection in place. */
const preferredPort = 21_053;
/** <asm-generic/socket.h>: SO_RCVBUF beyond net.core.rmem_max, which leaves room for 1,000 queries at once. */
const SO_RCVBUFFORCE = 33;
const queuedBytes = 1 << 20;

export type Bound = { readonly fd: number; readonly port: number };

/** A socket on 127.0.0.11 of the namespace the thread is in. Throws SysError; then nothing is left open. */
export function openBound(transport: 'udp' | 'tcp'): Bound {
  const fd = socket(AF_INET, transport === 'udp' ? SOCK_DGRAM : SOCK_STREAM);
  try {
    if (transport === 'udp') setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, queuedBytes);
    // Else connections that an earlier engine ended keep the port for a minute (TIME_WAIT).
    else setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    const port = bindFree(fd);
    if (transport === 'tcp') listen(fd, 64);
    return { fd, port };
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}

function bindFree(fd: number): number {
  for (let port = preferredPort; ; port++) {
    try {
      bindInet(fd, embeddedAddress, port);
      return port;
    } catch (error) {
      if (!hasCode(error, 'EADDRINUSE') || port === 65_535) throw error;
    }
  }
}
