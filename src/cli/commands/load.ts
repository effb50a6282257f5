import { open } from 'node:fs/promises';
import { command } from '../parse/command.ts';
import { text, toggle } from '../parse/flag.ts';
import { showProgress } from '../print/progress.ts';

export const load = command({
  usage: '[OPTIONS]',
  summary: 'Load an image from a tar archive or STDIN',
  operands: { least: 0, most: 0 },
  flags: {
    input: text('-i, --input <string>', 'Read from tar archive file, instead of STDIN'),
    quiet: toggle('-q, --quiet', 'Suppress the load output'),
  },
  async run(context, _operands, { input, quiet }) {
    const { stdin } = context.stdio;
    if (input === '' && stdin.isTTY === true) throw new Error('requested load from stdin, but stdin is empty');
    const archive = input === '' ? stdin : (await open(input)).createReadStream();
    await showProgress(context, context.client.images.load(archive, quiet));
    return 0;
  },
});
