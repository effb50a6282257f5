/** One way to get an answer. Answers undefined when it has failed; ends early when aborted. */
export type Attempt<T> = (signal: AbortSignal) => Promise<T | undefined>;

/**
 * Tries one after another: the next when one failed, or has not answered within `gapMs` and goes on beside it. The
 * first answer wins and the rest is aborted. Undefined when all failed or `deadlineMs` is over.
 */
export function hedge<T>(
  attempts: readonly Attempt<T>[],
  times: { readonly gapMs: number; readonly deadlineMs: number },
): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const controller = new AbortController();
  const waiting = attempts.values();
  let running = 0;
  let gap: NodeJS.Timeout | undefined;

  const finish = (answer: T | undefined): void => {
    clearTimeout(gap);
    clearTimeout(deadline);
    controller.abort();
    resolve(answer);
  };
  const deadline = setTimeout(finish, times.deadlineMs, undefined);

  const startNext = async (): Promise<void> => {
    clearTimeout(gap);
    const attempt = waiting.next().value;
    if (attempt === undefined) {
      if (running === 0) finish(undefined);
      return;
    }
    running++;
    gap = setTimeout(startNext, times.gapMs);
    const answer = await attempt(controller.signal).catch(() => undefined);
    running--;
    if (controller.signal.aborted) return;
    if (answer !== undefined) finish(answer);
    else void startNext();
  };
  void startNext();
  return promise;
}
