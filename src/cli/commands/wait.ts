import { describeFailure } from '../failure.ts';
import { command } from '../parse/command.ts';

export const wait = command({
  usage: 'CONTAINER [CONTAINER...]',
  summary: 'Block until one or more containers stop, then print their exit codes',
  operands: { least: 1 },
  complete: ['running'],
  flags: {},
  async run(context, names) {
    let exitCode = 0;
    for (const name of names) {
      try {
        const { exit } = await context.client.containers.wait(name);
        const { StatusCode, Error: failure } = await exit;
        if (failure) throw new Error(failure.Message);
        await context.out(`${StatusCode}\n`);
      } catch (error) {
        await context.err(`${describeFailure(error)}\n`);
        exitCode = 1;
      }
    }
    return exitCode;
  },
});
