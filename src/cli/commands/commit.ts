import { command } from '../parse/command.ts';
import { list, text, toggle } from '../parse/flag.ts';

export const commit = command({
  usage: '[OPTIONS] CONTAINER [REPOSITORY[:TAG]]',
  summary: "Create a new image from a container's changes",
  operands: { least: 1, most: 2 },
  complete: ['containers'],
  flags: {
    author: text('-a, --author <string>', 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")'),
    change: list('-c, --change <list>', 'Apply Dockerfile instruction to the created image'),
    message: text('-m, --message <string>', 'Commit message'),
    pause: toggle('-p, --pause', 'Pause container during commit', true),
  },
  async run(context, [container = '', repository = ''], { author, change, message, pause }) {
    // Name and tag go as one.
    const options = { repo: repository, author, comment: message, changes: change, pause: pause ? '1' : '0' };
    const { Id } = await context.client.containers.commit(container, options);
    await context.out(`${Id}\n`);
    return 0;
  },
});
