import { command } from '../parse/command.ts';
import { table } from '../print/table.ts';

const columnWidth = 20;

export const top = command({
  usage: 'CONTAINER [ps OPTIONS]',
  summary: 'Display the running processes of a container',
  operands: { least: 1 },
  complete: ['running'],
  passThrough: true,
  flags: {},
  async run(context, [name = '', ...psOptions]) {
    const { Titles, Processes } = await context.client.containers.top(name, psOptions.join(' '));
    await context.out(table([Titles, ...Processes], columnWidth));
    return 0;
  },
});
