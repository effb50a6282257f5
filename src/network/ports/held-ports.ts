import type { PortOwner, PortSpan, Protocol } from './types.ts';

type Held = { readonly hostIp: string; readonly owner: PortOwner };

/** Our own ports by number: what we may not give out twice, also where no socket can tell. */
export class HeldPorts {
  readonly #byNumber = new Map<string, Held[]>();

  /** The first port of `span` that somebody else's address or an any-address holds, and who. */
  conflict(span: PortSpan): { readonly port: number; readonly owner: PortOwner } | undefined {
    for (let port = span.hostPort; port < span.hostPort + span.count; port++) {
      const held = this.#byNumber.get(keyOf(span.protocol, port));
      const other = held?.find(({ hostIp }) => addressesMeet(hostIp, span.hostIp));
      if (other !== undefined) return { port, owner: other.owner };
    }
    return undefined;
  }

  add(span: PortSpan, owner: PortOwner): void {
    const held = { hostIp: span.hostIp, owner };
    for (let port = span.hostPort; port < span.hostPort + span.count; port++) {
      const key = keyOf(span.protocol, port);
      const others = this.#byNumber.get(key);
      if (others === undefined) this.#byNumber.set(key, [held]);
      else others.push(held);
    }
  }

  remove(span: PortSpan, owner: PortOwner): void {
    for (let port = span.hostPort; port < span.hostPort + span.count; port++) {
      const key = keyOf(span.protocol, port);
      const rest = (this.#byNumber.get(key) ?? []).filter(
        (held) => held.hostIp !== span.hostIp || held.owner.id !== owner.id,
      );
      if (rest.length === 0) this.#byNumber.delete(key);
      else this.#byNumber.set(key, rest);
    }
  }
}

const keyOf = (protocol: Protocol, port: number): string => `${protocol} ${port}`;

/** Whether two host addresses of bindings have an address in common. */
export function addressesMeet(a: string, b: string): boolean {
  if (a === b || a === '' || b === '') return true;
  if (a.includes(':') !== b.includes(':')) return false;
  return isAny(a) || isAny(b);
}

export const isAny = (address: string): boolean => address === '' || address === '0.0.0.0' || address === '::';
