import { addTo, takeFrom } from '../../base/index.ts';

/**
 * Who lives in another container's network. A sandbox stays for as long as its owner runs or anybody shares it, so that
 * the owner can restart under those who share. In memory only: rebuilt from the records of running containers.
 */
export class SharedNetworks {
  readonly #sharers = new Map<string, Set<string>>();
  readonly #owners = new Map<string, string>();

  /** Holds the owner's sandbox for `sharer`, from before its start until it is cleaned up after. */
  join(owner: string, sharer: string): void {
    this.leave(sharer);
    this.#owners.set(sharer, owner);
    addTo(this.#sharers, owner, sharer);
  }

  /** Answers whose sandbox was held; undefined when none was. Safe to repeat. */
  leave(sharer: string): string | undefined {
    const owner = this.#owners.get(sharer);
    if (owner === undefined) return undefined;
    this.#owners.delete(sharer);
    takeFrom(this.#sharers, owner, sharer);
    return owner;
  }

  /** Whether it holds somebody's sandbox. */
  shares(sharer: string): boolean {
    return this.#owners.has(sharer);
  }

  /** Whether anybody shares the network of this container. */
  held(owner: string): boolean {
    return this.#sharers.has(owner);
  }
}
