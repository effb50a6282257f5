import { shortId } from '../../../base/index.ts';
import { portOf } from '../../../syscall/socket.ts';
import type { SocketStore } from '../types.ts';
import { type Bound, openBound } from './bound.ts';

const transports = ['udp', 'tcp'] as const;

/** The sockets of one sandbox, as an earlier engine may have left them: with what was asked since. */
export class KeptSockets {
  readonly #sandboxId: string;
  readonly #store: SocketStore;

  constructor(sandboxId: string, store: SocketStore) {
    this.#sandboxId = sandboxId;
    this.#store = store;
  }

  /** The one that is kept; or a new one, in the namespace the thread is in, which is kept from now on. Throws SysError. */
  open(transport: 'udp' | 'tcp'): Bound {
    const name = this.#name(transport);
    const kept = this.#store.take(name);
    if (kept !== undefined) return { fd: kept, port: portOf(kept) };
    const bound = openBound(transport);
    this.#store.keep(name, bound.fd);
    return bound;
  }

  /** Safe to repeat. */
  drop(): void {
    for (const transport of transports) this.#store.drop(this.#name(transport));
  }

  #name(transport: string): string {
    return `dns-${transport}-${shortId(this.#sandboxId)}`;
  }
}
