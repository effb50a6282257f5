import { command } from '../parse/command.ts';

export const tag = command({
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
  operands: { least: 2, most: 2 },
  complete: ['images'],
  flags: {},
  async run(context, [source = '', target = '']) {
    const { repository, tag: name } = splitReference(target);
    await context.client.images.tag(source, repository, name);
    return 0;
  },
});

/** The tag stands behind the last colon, unless that colon is a registry's port. */
export function splitReference(reference: string): { readonly repository: string; readonly tag: string } {
  const match = /^(.+):([^/:]+)$/.exec(reference);
  return match === null ? { repository: reference, tag: 'latest' } : { repository: match[1]!, tag: match[2]! };
}
