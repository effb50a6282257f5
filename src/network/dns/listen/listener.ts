import { inNetns } from '../../../syscall/netns.ts';
import { closeFd } from '../../../syscall/socket.ts';
import { type Bound, openBound } from './bound.ts';
import type { Handler } from './handler.ts';
import type { KeptSockets } from './kept.ts';
import type { Ports } from './redirect.ts';
import { TcpListener } from './tcp.ts';
import { UdpListener, type UdpService } from './udp.ts';

type ListenerParts = { readonly service: UdpService; readonly kept: KeptSockets | undefined };

/** The two sockets of one sandbox, on 127.0.0.11 and a free port each: opened in its namespace, served from here. */
export class Listener implements Disposable {
  readonly #resources: DisposableStack;
  readonly ports: Ports;

  /** The namespace's loopback must be up. Throws SysError; then nothing is left open. */
  constructor(netnsFd: number, handler: Handler, { service, kept }: ListenerParts) {
    using undo = new DisposableStack();
    const { udp, tcp } = inNetns(netnsFd, () => openBoth((transport) => kept?.open(transport) ?? openBound(transport)));
    undo.use(new TcpListener(tcp.fd, handler));
    undo.use(new UdpListener(udp.fd, handler, service));
    this.ports = { udp: udp.port, tcp: tcp.port };
    this.#resources = undo.move();
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

function openBoth(open: (transport: 'udp' | 'tcp') => Bound): { readonly udp: Bound; readonly tcp: Bound } {
  const udp = open('udp');
  try {
    return { udp, tcp: open('tcp') };
  } catch (error) {
    closeFd(udp.fd);
    throw error;
  }
}
