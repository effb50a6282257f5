import { command } from '../parse/command.ts';

const letters = ['C', 'A', 'D'];

export const diff = command({
  usage: 'CONTAINER',
  summary: "Inspect changes to files or directories on a container's filesystem",
  operands: { least: 1, most: 1 },
  complete: ['containers'],
  flags: {},
  async run(context, [container = '']) {
    const changes = await context.client.containers.changes(container);
    await context.out(changes.map(({ Path, Kind }) => `${letters[Kind]} ${Path}\n`).join(''));
    return 0;
  },
});
