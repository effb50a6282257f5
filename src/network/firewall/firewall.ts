import type { NftElement } from '../plan/types.ts';
import type { FirewallChange, FirewallTable, NftRunner } from './types.ts';

export type FirewallOptions = {
  readonly context: NftRunner;
  /** Name of our table: two engines in one namespace need two. */
  readonly table: string;
  /** Drop what would be forwarded between two interfaces that are not ours: for when the engine turned forwarding on. */
  readonly guardForeign: boolean;
};

export class Firewall implements FirewallTable {
  readonly #options: FirewallOptions;

  constructor(options: FirewallOptions) {
    this.#options = options;
  }

  install(): boolean {
    throw new Error(`not built yet: ${this.#options.table}`);
  }

  apply(_change: FirewallChange): void {}

  async applyAsync(_change: FirewallChange): Promise<void> {}

  list(): readonly NftElement[] {
    return [];
  }

  drops(): Readonly<Record<string, { readonly packets: number; readonly bytes: number }>> {
    return {};
  }

  remove(): void {}

  [Symbol.dispose](): void {}
}
