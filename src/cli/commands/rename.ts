import { command } from '../parse/command.ts';

export const rename = command({
  usage: 'CONTAINER NEW_NAME',
  summary: 'Rename a container',
  operands: { least: 2, most: 2 },
  complete: ['containers'],
  flags: {},
  async run(context, [container = '', name = '']) {
    await context.client.containers.rename(container, name);
    return 0;
  },
});
