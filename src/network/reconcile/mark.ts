/**
 * How an owner is written on a link: the alias "portolan:endpoint:<id>". The first word is the name of our nftables
 * table, so that two engines in one namespace leave each other's links alone.
 */
export class Mark {
  readonly #prefix: string;

  constructor(table: string) {
    this.#prefix = `${table}:`;
  }

  aliasOf(owner: string): string {
    return `${this.#prefix}${owner}`;
  }

  /** undefined for a link that is not ours. */
  ownerOf(alias: string): string | undefined {
    return alias.startsWith(this.#prefix) ? alias.slice(this.#prefix.length) : undefined;
  }
}
