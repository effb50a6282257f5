import type { Progress } from '../../contract/index.ts';
import type { Context } from '../context.ts';

/** Shows a progress stream, one line a change. What failed in the middle of it is thrown. */
export async function showProgress(context: Context, lines: AsyncIterable<Progress>): Promise<void> {
  for await (const { stream, status, id, progress, error, errorDetail } of lines) {
    const failure = errorDetail?.message ?? error;
    if (failure !== undefined) throw new Error(failure);
    if (stream !== undefined) await context.out(stream);
    else if (status !== undefined) {
      await context.out(
        `${id === undefined || id === '' ? '' : `${id}: `}${status}${progress === undefined || progress === '' ? '' : ` ${progress}`}\n`,
      );
    }
  }
}
