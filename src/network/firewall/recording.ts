import type { NftElement } from '../plan/types.ts';
import type { FirewallChange, FirewallTable } from './types.ts';

/** A firewall in memory, for tests of whoever drives one. */
export class RecordingFirewall implements FirewallTable {
  readonly judgesFrames = true;
  readonly changes: FirewallChange[] = [];
  readonly #elements = new Map<string, NftElement>();
  #installed = false;

  install(): boolean {
    const fresh = !this.#installed;
    this.#installed = true;
    return fresh;
  }

  guard(): void {}

  apply(change: FirewallChange): void {
    this.changes.push(change);
    for (const element of change.remove ?? []) this.#elements.delete(keyOf(element));
    for (const element of change.add ?? []) this.#elements.set(keyOf(element), element);
  }

  async applyAsync(change: FirewallChange): Promise<void> {
    this.apply(change);
  }

  list(): readonly NftElement[] {
    return [...this.#elements.values()];
  }

  drops(): Readonly<Record<string, { readonly packets: number; readonly bytes: number }>> {
    return {};
  }

  remove(): void {
    this.#installed = false;
    this.#elements.clear();
  }

  [Symbol.dispose](): void {}
}

const keyOf = (element: NftElement): string => `${element.set} ${element.key}`;
