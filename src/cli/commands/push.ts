import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { showSteps } from '../print/progress.ts';
import { registryAuth } from '../session/credentials.ts';
import { splitReference } from './tag.ts';

export const push = command({
  usage: '[OPTIONS] NAME[:TAG]',
  summary: 'Upload an image to a registry',
  operands: { least: 1, most: 1 },
  complete: ['images'],
  flags: {
    allTags: toggle('-a, --all-tags', 'Push all tags of an image to the repository'),
    quiet: toggle('-q, --quiet', 'Suppress verbose output'),
  },
  async run(context, [image = ''], { allTags, quiet }) {
    const { repository, tag } = splitReference(image);
    if (allTags && repository !== image) throw new Error("tag can't be used with --all-tags/-a");
    if (!allTags && repository === image) await context.out(quiet ? '' : 'Using default tag: latest\n');
    const auth = await registryAuth(context.env, image);
    await showSteps(context, context.client.images.push(repository, allTags ? '' : tag, auth), quiet);
    return 0;
  },
});
