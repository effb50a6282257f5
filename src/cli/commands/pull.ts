import type { Context } from '../context.ts';
import { command } from '../parse/command.ts';
import { text, toggle } from '../parse/flag.ts';
import { showSteps } from '../print/progress.ts';
import { registryAuth } from '../session/credentials.ts';

export const pull = command({
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  summary: 'Download an image from a registry',
  operands: { least: 1, most: 1 },
  flags: {
    allTags: toggle('-a, --all-tags', 'Download all tagged images in the repository'),
    platform: text('--platform <string>', 'Set platform if server is multi-platform capable'),
    quiet: toggle('-q, --quiet', 'Suppress verbose output'),
  },
  async run(context, [image = ''], { allTags, platform, quiet }) {
    const tagged = /[:@][^/]*$/.test(image);
    if (allTags && tagged) throw new Error("tag can't be used with --all-tags/-a");
    if (!allTags && !tagged) await context.out(quiet ? '' : 'Using default tag: latest\n');
    await pullImage(context, image, { all: allTags, platform, quiet, out: (text) => context.out(text) });
    await context.out(`${image}${tagged || allTags ? '' : ':latest'}\n`);
    return 0;
  },
});

type PullOptions = {
  readonly all: boolean;
  readonly platform: string;
  readonly quiet: boolean;
  readonly out: (text: string) => Promise<void>;
};

/** With `all` every tag of a repository, else `latest` when none is named. */
export async function pullImage(
  context: Context,
  image: string,
  { all, platform, quiet, out }: PullOptions,
): Promise<void> {
  const [, name = image, tag = ''] = /^(.*?)(?::([^/:@]+)|@(sha256:.*))$/.exec(image) ?? [];
  const digest = /@(sha256:.*)$/.exec(image)?.[1];
  const auth = await registryAuth(context.env, image);
  const query = {
    fromImage: digest === undefined ? name : image.slice(0, image.indexOf('@')),
    tag: digest ?? (tag || (all ? '' : 'latest')),
    platform,
  };
  await showSteps({ out }, context.client.images.pull(query, auth), quiet);
}
