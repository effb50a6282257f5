import { ApiError } from '../../client/index.ts';
import { describeFailure } from '../failure.ts';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';

export const rm = command({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  summary: 'Remove one or more containers',
  operands: { least: 1 },
  complete: ['containers'],
  flags: {
    force: toggle('-f, --force', 'Force the removal of a running container (uses SIGKILL)'),
    link: toggle('-l, --link', 'Remove the specified link'),
    volumes: toggle('-v, --volumes', 'Remove anonymous volumes associated with the container'),
  },
  async run(context, names, { force, link, volumes }) {
    let exitCode = 0;
    for (const name of names) {
      try {
        await context.client.containers.remove(name.replace(/^\/+/, ''), { force, link, v: volumes });
        await context.out(`${name}\n`);
      } catch (error) {
        await context.err(`${describeFailure(error)}\n`);
        // With --force, what is not there is as good as removed.
        if (!(force && error instanceof ApiError && error.status === 404)) exitCode = 1;
      }
    }
    return exitCode;
  },
});
