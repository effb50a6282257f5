import { limits } from '../create/body.ts';
import { limitFlags } from '../create/flags.ts';
import { parseRestart } from '../create/resources.ts';
import { forEach } from '../each.ts';
import { command } from '../parse/command.ts';
import { text } from '../parse/flag.ts';

export const update = command({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  summary: 'Update configuration of one or more containers',
  operands: { least: 1 },
  complete: ['containers'],
  flags: { ...limitFlags, restart: text('--restart <string>', 'Restart policy to apply when a container exits') },
  run(context, names, values) {
    const policy = values.restart === '' ? {} : { RestartPolicy: parseRestart(values.restart) };
    const body = { ...limits(values), ...policy };
    return forEach(context, names, async (name) => {
      const { Warnings } = await context.client.containers.update(name, body);
      for (const warning of Warnings ?? []) await context.err(`${warning}\n`);
    });
  },
});
