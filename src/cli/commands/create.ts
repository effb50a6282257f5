import { createRequest, streamsOf } from '../create/body.ts';
import { createContainer } from '../create/container.ts';
import { createFlags } from '../create/flags.ts';
import { refusedAsDocker } from '../create/refusal.ts';
import { command } from '../parse/command.ts';

export const create = command({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  summary: 'Create a new container',
  operands: { least: 1 },
  complete: ['images'],
  passThrough: true,
  flags: createFlags,
  run: (context, [image = '', ...words], values) =>
    refusedAsDocker(context, 'create', async () => {
      const body = createRequest(image, words, values, streamsOf(values, false), context.env);
      await context.out(`${await createContainer(context, body, values)}\n`);
      return 0;
    }),
});
