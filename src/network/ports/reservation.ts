import { SysError } from '../../base/index.ts';
import type { PublishedPort } from '../../store/records.ts';
import { closeFd } from '../../syscall/socket.ts';
import type { Refusal } from './conflicts.ts';
import { openReserved } from './reserved-socket.ts';
import { TcpRelay } from './tcp-relay.ts';
import type { RelayTarget } from './types.ts';
import { UdpRelay } from './udp-relay.ts';

/**
 * A longer range is looked up, not bound: each socket would cost 6.5 KiB of kernel memory and a descriptor.
 * Translation comes before any listener, so whoever binds such a port later does not get its connections.
 */
export const mostSockets = 64;

/** The hold on one published port or range of one host address, and what serves it. */
export class Reservation implements Disposable {
  readonly port: PublishedPort;
  readonly #sockets: Map<number, number>;
  readonly #relays: Disposable[] = [];
  #target: RelayTarget = {};

  private constructor(port: PublishedPort, sockets: Map<number, number>) {
    this.port = port;
    this.#sockets = sockets;
  }

  /** In the namespace that the calling thread is in. Answers why not, when somebody else has one of the ports. */
  static open(port: PublishedPort): Reservation | Refusal {
    if (port.count > mostSockets) return Reservation.unbound(port);
    const sockets = new Map<number, number>();
    for (let number = port.hostPort; number < port.hostPort + port.count; number++) {
      try {
        const fd = openReserved(port.protocol, port.hostIp, number);
        if (fd !== undefined) sockets.set(number, fd);
      } catch (error) {
        for (const fd of sockets.values()) closeFd(fd);
        return refusalOf(port, number, error);
      }
    }
    return new Reservation(port, sockets);
  }

  /** A hold in name only: a long range, or a port of a running container that somebody else has bound meanwhile. */
  static unbound(port: PublishedPort): Reservation {
    return new Reservation(port, new Map());
  }

  /** Starts relays on the sockets that clients can reach which the kernel does not translate; or leads them elsewhere. */
  serve(target: RelayTarget): void {
    this.#target = target;
    const { protocol, hostIp } = this.port;
    if (protocol === 'sctp' || (hostIp !== '' && !hostIp.includes(':'))) return;
    const Relay = protocol === 'tcp' ? TcpRelay : UdpRelay;
    for (const [number, fd] of this.#sockets) {
      this.#relays.push(new Relay(fd, () => this.#target, this.port.containerPort + number - this.port.hostPort));
      this.#sockets.delete(number);
    }
  }

  [Symbol.dispose](): void {
    for (const relay of this.#relays) relay[Symbol.dispose]();
    for (const fd of this.#sockets.values()) closeFd(fd);
    this.#sockets.clear();
  }
}

function refusalOf({ protocol, hostIp }: PublishedPort, port: number, error: unknown): Refusal {
  if (!(error instanceof SysError)) throw error;
  const place = { protocol, hostIp, port };
  return error.code === 'EADDRINUSE' ? { by: 'process', ...place } : { by: 'kernel', ...place, code: error.code };
}
