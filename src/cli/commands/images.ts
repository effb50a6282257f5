import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { filterFlag, filtersOf, listFlags, noTruncFlag } from '../parse/list-flags.ts';
import { imageHeadings, imageRows } from '../print/image-row.ts';
import { formatListing } from '../print/listing.ts';

export const images = command({
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  summary: 'List images',
  operands: { least: 0, most: 1 },
  complete: ['images'],
  flags: {
    ...listFlags,
    all: toggle('-a, --all', 'Show all images (default hides intermediate images)'),
    digests: toggle('--digests', 'Show digests'),
    filter: filterFlag,
    noTrunc: noTruncFlag,
    quiet: toggle('-q, --quiet', 'Only show image IDs'),
  },
  async run(context, [reference], { all, digests, filter, format, json, noTrunc, quiet }) {
    const filters = filtersOf(reference === undefined ? filter : [...filter, ['reference', reference]]);
    const found = await context.client.images.list({ all, filters });
    const withDigests = digests || format.includes('.Digest');
    const now = new Date();
    const rows = found.flatMap((image) => imageRows(image, { noTrunc, digests: withDigests, now }));
    const columns = ['Repository', 'Tag', ...(digests ? ['Digest'] : []), 'ID', 'CreatedSince', 'Size'];
    await context.out(formatListing({ rows, headings: imageHeadings, columns, id: 'ID' }, { format, json, quiet }));
    return 0;
  },
});
