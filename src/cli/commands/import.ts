import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Context } from '../context.ts';
import { command } from '../parse/command.ts';
import { list, text } from '../parse/flag.ts';
import { showProgress } from '../print/progress.ts';

export const importImage = command({
  usage: '[OPTIONS] file|URL|- [REPOSITORY[:TAG]]',
  summary: 'Import the contents from a tarball to create a filesystem image',
  operands: { least: 1, most: 2 },
  complete: ['files'],
  flags: {
    change: list('-c, --change <list>', 'Apply Dockerfile instruction to the created image'),
    message: text('-m, --message <string>', 'Set commit message for imported image'),
    platform: text('--platform <string>', 'Set platform if server is multi-platform capable'),
  },
  async run(context, [source = '', repository = ''], { change, message, platform }) {
    const archive = await archiveOf(context, source);
    // Name and tag go as one, as docker's own client sends them.
    const options = { repo: repository, tag: '', message, changes: change, platform };
    await showProgress(context, context.client.images.import(archive, options));
    return 0;
  },
});

/** An address is for the engine to fetch. */
async function archiveOf({ stdio }: Context, source: string): Promise<Readable | string> {
  if (source === '-') return stdio.stdin as Readable;
  return /^https?:\/\//.test(source) ? source : (await open(source)).createReadStream();
}
