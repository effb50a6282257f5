import { ApiError } from '../../client/index.ts';
import type { Context } from '../context.ts';

/**
 * What `run` could not do ends in 125, 126 or 127, with the hint where help is; so does what is wrong with the words of
 * `create`, but what the engine refuses of that is told as with any other command.
 */
export async function refusedAsDocker(context: Context, name: string, body: () => Promise<number>): Promise<number> {
  try {
    return await body();
  } catch (error) {
    if (name === 'create' && error instanceof ApiError) throw error;
    const { describeFailure } = await import('../failure.ts');
    await context.err(`portolan: ${describeFailure(error)}\n\nRun 'portolan ${name} --help' for more information\n`);
    return error instanceof ApiError ? startFailureCode(error.message) : 125;
  }
}

/** As a shell has it: 127 for a command that is not there, 126 for one that cannot be executed. */
export function startFailureCode(message: string): number {
  if (/executable file not found|no such file or directory|system cannot find the file/i.test(message)) return 127;
  return /permission denied|is a directory/i.test(message) ? 126 : 125;
}
