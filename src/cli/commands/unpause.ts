import { forEach } from '../each.ts';
import { command } from '../parse/command.ts';

export const unpause = command({
  usage: 'CONTAINER [CONTAINER...]',
  summary: 'Unpause all processes within one or more containers',
  operands: { least: 1 },
  complete: ['running'],
  flags: {},
  run: (context, names) => forEach(context, names, (name) => context.client.containers.unpause(name)),
});
