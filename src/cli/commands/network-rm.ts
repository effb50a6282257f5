import { ApiError } from '../../client/index.ts';
import { describeFailure } from '../failure.ts';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';

export const networkRm = command({
  usage: 'NETWORK [NETWORK...]',
  summary: 'Remove one or more networks',
  operands: { least: 1 },
  complete: ['networks'],
  flags: { force: toggle('-f, --force', 'Do not error if the network does not exist') },
  async run(context, names, { force }) {
    let exitCode = 0;
    for (const name of names) {
      try {
        await context.client.networks.remove(name);
        await context.out(`${name}\n`);
      } catch (error) {
        if (force && error instanceof ApiError && error.status === 404) continue;
        await context.err(`${describeFailure(error)}\n`);
        exitCode = 1;
      }
    }
    return exitCode;
  },
});
