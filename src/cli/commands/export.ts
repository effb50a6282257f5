import { command } from '../parse/command.ts';
import { text } from '../parse/flag.ts';
import { writeArchive } from '../write-archive.ts';

export const exportContainer = command({
  usage: '[OPTIONS] CONTAINER',
  summary: "Export a container's filesystem as a tar archive",
  operands: { least: 1, most: 1 },
  complete: ['containers'],
  flags: { output: text('-o, --output <string>', 'Write to a file, instead of STDOUT') },
  async run(context, [container = ''], { output }) {
    await writeArchive(context, output, () => context.client.containers.export(container));
    return 0;
  },
});
