import type { PublishedPort } from '../../store/records.ts';
import type { PortRequest } from '../types.ts';
import type { PortOwner, RelayTarget } from './types.ts';

export type PortReservationsOptions = {
  /** Descriptor of the network namespace to bind in. Absent: the process's own. */
  readonly netns?: number;
  /** Whether reserved TCP ports also serve what the kernel cannot translate: `::1`, and IPv6 to an IPv4 container. */
  readonly relay?: boolean;
};

/** The host ports of one engine: chosen, reserved against every other process, given back. */
export class PortReservations implements Disposable {
  readonly #options: PortReservationsOptions;

  constructor(options: PortReservationsOptions = {}) {
    this.#options = options;
  }

  /** Resolves and reserves all that one container asks for, or nothing. Synchronous. Texts of conflicts are Docker's. */
  reserve(owner: PortOwner, _requests: readonly PortRequest[]): readonly PublishedPort[] {
    throw new Error(`not built yet: ${owner.id} ${this.#options.relay}`);
  }

  /** Takes the ports of a running container again after a restart. Answers what could not be bound, one line each. */
  restore(_owner: PortOwner, _published: readonly PublishedPort[]): readonly string[] {
    return [];
  }

  /** Starts the relay of the owner's ports: for when the rules are in and the container has its addresses. */
  serve(_ownerId: string, _target: RelayTarget): void {}

  /** Gives all ports of the owner back. Safe to repeat. */
  release(_ownerId: string): void {}

  [Symbol.dispose](): void {}
}
