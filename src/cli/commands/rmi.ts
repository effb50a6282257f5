import { ApiError } from '../../client/index.ts';
import { describeFailure } from '../failure.ts';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';

export const rmi = command({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Remove one or more images',
  operands: { least: 1 },
  complete: ['images'],
  flags: {
    force: toggle('-f, --force', 'Force removal of the image'),
    noPrune: toggle('--no-prune', 'Do not delete untagged parents'),
  },
  async run(context, names, { force, noPrune }) {
    let exitCode = 0;
    for (const name of names) {
      try {
        const deletions = await context.client.images.remove(name, { force, noprune: noPrune });
        await context.out(
          deletions
            .map(({ Untagged, Deleted }) => (Deleted ? `Deleted: ${Deleted}\n` : `Untagged: ${Untagged}\n`))
            .join(''),
        );
      } catch (error) {
        await context.err(`${describeFailure(error)}\n`);
        if (!(force && error instanceof ApiError && error.status === 404)) exitCode = 1;
      }
    }
    return exitCode;
  },
});
