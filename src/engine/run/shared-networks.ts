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
    const sharers = this.#sharers.get(owner);
    if (sharers === undefined) this.#sharers.set(owner, new Set([sharer]));
    else sharers.add(sharer);
  }

  /** Answers whose sandbox was held; undefined when none was. Safe to repeat. */
  leave(sharer: string): string | undefined {
    const owner = this.#owners.get(sharer);
    if (owner === undefined) return undefined;
    this.#owners.delete(sharer);
    const sharers = this.#sharers.get(owner);
    sharers?.delete(sharer);
    if (sharers?.size === 0) this.#sharers.delete(owner);
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
