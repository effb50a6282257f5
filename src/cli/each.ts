import type { Context } from './context.ts';
import { describeFailure } from './failure.ts';

/** Does the same for every reference in turn: names what worked, says what did not, goes on. Answers with the exit code. */
export async function forEach(
  context: Context,
  references: readonly string[],
  act: (reference: string) => Promise<void>,
): Promise<number> {
  let exitCode = 0;
  for (const reference of references) {
    try {
      await act(reference);
      await context.out(`${reference}\n`);
    } catch (error) {
      await context.err(`${describeFailure(error)}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}
