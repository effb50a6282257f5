import { command } from '../parse/command.ts';
import { text } from '../parse/flag.ts';
import { writeArchive } from '../write-archive.ts';

export const save = command({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
  operands: { least: 1 },
  complete: ['images'],
  flags: { output: text('-o, --output <string>', 'Write to a file, instead of STDOUT') },
  async run(context, names, { output }) {
    await writeArchive(context, output, () => context.client.images.save(names));
    return 0;
  },
});
