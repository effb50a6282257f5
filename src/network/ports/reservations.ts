import { readFileSync } from 'node:fs';
import { hasCode } from '../../base/index.ts';
import type { PublishedPort } from '../../store/records.ts';
import { inNetns } from '../../syscall/netns.ts';
import type { PortRequest } from '../types.ts';
import { errorOf, type Refusal, type SocketLookup, textOf } from './conflicts.ts';
import { EphemeralPorts } from './ephemeral.ts';
import { HeldPorts } from './held-ports.ts';
import { mostSockets, Reservation } from './reservation.ts';
import { boundSockets, holderOf } from './socket-table.ts';
import type { PortOwner, RelayTarget } from './types.ts';
import { resolved, type Wish, wishesOf } from './wishes.ts';

export type PortReservationsOptions = {
  /** Descriptor of the network namespace to bind in. Absent: the process's own, which is where relays connect from. */
  readonly netns?: number;
  /** Whether reserved ports also serve what the kernel cannot translate. Absent: yes, without `netns`. */
  readonly relay?: boolean;
};

type Owned = { readonly owner: PortOwner; readonly reservations: readonly Reservation[] };

/** How many numbers taken by other processes are tried before a choice is given up. */
const mostTries = 100;

/** The host ports of one engine: chosen, reserved against every other process, given back. */
export class PortReservations implements Disposable {
  readonly #netns: number | undefined;
  readonly #relay: boolean;
  readonly #held = new HeldPorts();
  readonly #owned = new Map<string, Owned>();
  #ephemeral: EphemeralPorts | undefined;

  constructor({ netns, relay }: PortReservationsOptions = {}) {
    this.#netns = netns;
    this.#relay = relay ?? netns === undefined;
  }

  /**
   * Resolves and reserves all that one container asks for, or nothing. Texts of conflicts are Docker's, and name who
   * holds the port. Asynchronous because the kernel's table of sockets is, which long ranges and errors need.
   */
  async reserve(owner: PortOwner, requests: readonly PortRequest[]): Promise<readonly PublishedPort[]> {
    const taken: Reservation[] = [];
    let refusal: Refusal | undefined;
    for (const wish of wishesOf(this.#inside(() => hostFamilies(requests)))) {
      const got = this.#inside(() => this.#take(owner, wish));
      if (isRefusal(got)) refusal = got;
      else taken.push(...got);
      if (refusal !== undefined) break;
    }
    refusal ??= await this.#inspect(taken);
    if (refusal !== undefined) {
      for (const reservation of taken) this.#giveBack(owner, reservation);
      throw await errorOf(refusal, this.#lookup);
    }
    this.#keep(owner, taken);
    return taken.map(({ port }) => port);
  }

  /**
   * Takes the ports of a running container again after a restart. They stay the container's also where another
   * process has bound them meanwhile: answers one line for each of those.
   */
  async restore(owner: PortOwner, published: readonly PublishedPort[]): Promise<readonly string[]> {
    const lost: string[] = [];
    const taken: Reservation[] = [];
    for (const port of published) {
      const got = this.#inside(() => this.#open(port));
      if (isRefusal(got)) lost.push(await textOf(got, this.#lookup));
      taken.push(isRefusal(got) ? Reservation.unbound(port) : got);
      this.#held.add(port, owner);
    }
    this.#keep(owner, taken);
    return lost;
  }

  /** Starts the relays of the owner's ports: for when the rules are in and the container has its addresses. */
  serve(ownerId: string, target: RelayTarget): void {
    if (!this.#relay) return;
    for (const reservation of this.#owned.get(ownerId)?.reservations ?? []) reservation.serve(target);
  }

  /** Gives all ports of the owner back. Safe to repeat. */
  release(ownerId: string): void {
    const owned = this.#owned.get(ownerId);
    this.#owned.delete(ownerId);
    for (const reservation of owned?.reservations ?? []) this.#giveBack(owned!.owner, reservation);
  }

  /** Closes all sockets; no container's ports are forgotten in the records. */
  [Symbol.dispose](): void {
    for (const id of [...this.#owned.keys()]) this.release(id);
  }

  /** Sockets in the namespace of the ports. */
  readonly #lookup: SocketLookup = (protocol) => this.#inside(() => ({ sockets: boundSockets(protocol) })).sockets;

  /** Who has a port of the ranges that no socket of ours holds. */
  async #inspect(taken: readonly Reservation[]): Promise<Refusal | undefined> {
    for (const { port } of taken.filter(({ port }) => port.count > mostSockets)) {
      const holder = holderOf(port, await this.#lookup(port.protocol));
      if (holder !== undefined)
        return { by: 'process', protocol: port.protocol, hostIp: port.hostIp, port: holder.port };
    }
    return undefined;
  }

  #keep(owner: PortOwner, taken: readonly Reservation[]): void {
    const before = this.#owned.get(owner.id)?.reservations ?? [];
    this.#owned.set(owner.id, { owner, reservations: [...before, ...taken] });
  }

  #giveBack(owner: PortOwner, reservation: Reservation): void {
    reservation[Symbol.dispose]();
    this.#held.remove(reservation.port, owner);
  }

  /** One wish, on all its host addresses with the same number, or why not. */
  #take(owner: PortOwner, wish: Wish): readonly Reservation[] | Refusal {
    let tries = 0;
    let refusal: Refusal = { by: 'range' };
    for (const hostPort of this.#candidates(wish)) {
      const got = this.#openAll(resolved(wish, hostPort));
      if (!isRefusal(got)) {
        for (const { port } of got) this.#held.add(port, owner);
        return got;
      }
      refusal = got;
      if (refusal.by === 'kernel' || (refusal.by === 'process' && ++tries === mostTries)) return refusal;
    }
    return wish.first !== 0 && wish.first === wish.last ? refusal : { by: 'range' };
  }

  #openAll(ports: readonly PublishedPort[]): readonly Reservation[] | Refusal {
    const opened: Reservation[] = [];
    for (const port of ports) {
      const got = this.#open(port);
      if (isRefusal(got)) {
        for (const reservation of opened) reservation[Symbol.dispose]();
        return got;
      }
      opened.push(got);
    }
    return opened;
  }

  #open(port: PublishedPort): Reservation | Refusal {
    const conflict = this.#held.conflict(port);
    if (conflict !== undefined) return { by: 'us', hostIp: port.hostIp, ...conflict };
    return Reservation.open(port);
  }

  *#candidates({ first, last }: Wish): Iterable<number> {
    if (first === 0) {
      this.#ephemeral ??= EphemeralPorts.read();
      yield* this.#ephemeral.candidates();
      return;
    }
    for (let port = first; port <= last; port++) yield port;
  }

  #inside<T>(body: () => T extends PromiseLike<unknown> ? never : T): T {
    return this.#netns === undefined ? body() : inNetns<T>(this.#netns, body);
  }
}

/**
 * The kernel lists its IPv6 addresses per namespace. Without `::1` (IPv6 off) there is nothing to bind: a port of every
 * address is one of every IPv4 address then, and shown as such.
 */
function hostFamilies(requests: readonly PortRequest[]): readonly PortRequest[] {
  if (!requests.some(({ hostIp }) => hostIp === '') || hasIpv6()) return requests;
  return requests.map((request) => (request.hostIp === '' ? { ...request, hostIp: '0.0.0.0' } : request));
}

function hasIpv6(): boolean {
  try {
    return readFileSync('/proc/thread-self/net/if_inet6', 'utf8').includes(`${'0'.repeat(31)}1 `);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

const isRefusal = (got: object): got is Refusal => 'by' in got;
