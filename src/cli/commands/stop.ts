import { forEach } from '../each.ts';
import { command } from '../parse/command.ts';
import { stopFlags, stopOptions } from '../parse/stop.ts';

export const stop = command({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  summary: 'Stop one or more running containers',
  operands: { least: 1 },
  complete: ['running'],
  flags: { ...stopFlags },
  run: (context, names, values) =>
    forEach(context, names, (name) => context.client.containers.stop(name, stopOptions(values))),
});
