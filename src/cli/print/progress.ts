import type { Progress } from '../../contract/index.ts';
import type { Context } from '../context.ts';

/** Shows a progress stream, one line a change. What failed in the middle of it is thrown. */
export async function showProgress(context: Pick<Context, 'out'>, lines: AsyncIterable<Progress>): Promise<void> {
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

/** The same without bars, which are for terminals; with `quiet` only failures are told. */
export async function showSteps(
  context: Pick<Context, 'out'>,
  lines: AsyncIterable<Progress>,
  quiet: boolean,
): Promise<void> {
  const steps = async function* (): AsyncGenerator<Progress> {
    for await (const line of lines) {
      const failed = line.error !== undefined || line.errorDetail !== undefined;
      if (failed || (!quiet && line.progress === undefined)) yield line;
    }
  };
  await showProgress(context, steps());
}
