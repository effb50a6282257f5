import { forEach } from '../each.ts';
import { command } from '../parse/command.ts';
import { stopFlags, stopOptions } from '../parse/stop.ts';

export const restart = command({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  summary: 'Restart one or more containers',
  operands: { least: 1 },
  complete: ['containers'],
  flags: { ...stopFlags },
  run: (context, names, values) =>
    forEach(context, names, (name) => context.client.containers.restart(name, stopOptions(values))),
});
