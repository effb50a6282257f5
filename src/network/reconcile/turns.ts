/** Who may change the kernel when: many changes at once, or one comparison of everything, never both. */
export class Turns {
  readonly #sharing = new Set<Promise<unknown>>();
  #alone: Promise<unknown> | undefined;

  /** Begins at once unless somebody is alone. */
  async shared<T>(body: () => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone;
    const running = body();
    this.#sharing.add(running);
    try {
      return await running;
    } finally {
      this.#sharing.delete(running);
    }
  }

  /** Waits for those who share, and has those wait who come. */
  async alone<T>(body: () => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone;
    const running = Promise.allSettled([...this.#sharing]).then(body);
    const done = running.then(
      () => {},
      () => {},
    );
    this.#alone = done;
    try {
      return await running;
    } finally {
      this.#alone = undefined;
    }
  }
}
