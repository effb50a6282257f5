/** POST /containers/{id}/wait, API 1.30 and later. */
export type WaitCondition = 'not-running' | 'next-exit' | 'removed';
export type WaitResult = { readonly StatusCode: number; readonly Error: { readonly Message: string } | null };
type Waiter = { readonly condition: WaitCondition; readonly resolve: (result: WaitResult) => void };

/** Who waits for one container. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  add(condition: WaitCondition): { readonly done: Promise<WaitResult>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<WaitResult>();
    const waiter = { condition, resolve };
    this.#waiting.add(waiter);
    return { done: promise, cancel: () => void this.#waiting.delete(waiter) };
  }

  /** `removed` waits on through exits; everybody is told when the container is gone. */
  tell(event: 'exit' | 'removed', exitCode: number, error: string): void {
    for (const waiter of this.#waiting) {
      if (event === 'exit' && waiter.condition === 'removed') continue;
      this.#waiting.delete(waiter);
      waiter.resolve({ StatusCode: exitCode, Error: error === '' ? null : { Message: error } });
    }
  }
}
