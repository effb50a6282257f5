import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until it is so. `what` is to be seen `withinMs`, 10 s unless told, or the test fails. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { withinMs = 10_000, everyMs = 50 }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<void> {
  for (const end = Date.now() + withinMs; !(await holds()); ) {
    if (Date.now() > end) assert.fail(`not seen within ${withinMs} ms: ${what}`);
    await sleep(everyMs);
  }
}
