import { forEach } from '../each.ts';
import { command } from '../parse/command.ts';
import { text } from '../parse/flag.ts';

export const kill = command({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  summary: 'Kill one or more running containers',
  operands: { least: 1 },
  complete: ['running'],
  flags: { signal: text('-s, --signal <string>', 'Signal to send to the container') },
  run: (context, names, { signal }) => forEach(context, names, (name) => context.client.containers.kill(name, signal)),
});
