import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { listFlags, noTruncFlag } from '../parse/list-flags.ts';
import { ago, decimalSize, ellipsis } from '../print/human.ts';
import { formatListing } from '../print/listing.ts';

const headings = { ID: 'IMAGE', CreatedSince: 'CREATED', CreatedBy: 'CREATED BY', Size: 'SIZE', Comment: 'COMMENT' };
const createdByLetters = 45;

export const history = command({
  usage: '[OPTIONS] IMAGE',
  summary: 'Show the history of an image',
  operands: { least: 1, most: 1 },
  complete: ['images'],
  flags: {
    ...listFlags,
    human: toggle('-H, --human', 'Print sizes and dates in human readable format', true),
    noTrunc: noTruncFlag,
    quiet: toggle('-q, --quiet', 'Only show image IDs'),
  },
  async run(context, [name = ''], { format, json, human, noTrunc, quiet }) {
    const now = new Date();
    const items = await context.client.images.history(name);
    const rows = items.map(({ Id, Created, CreatedBy, Size, Comment }) => {
      const moment = new Date(Created * 1000);
      const by = CreatedBy.replaceAll('\t', ' ');
      return {
        ID: noTrunc ? Id : Id.replace(/^sha256:/, '').slice(0, 12),
        CreatedAt: moment.toISOString().replace('.000Z', 'Z'),
        CreatedSince: human ? since(moment, now) : moment.toISOString().replace('.000Z', 'Z'),
        CreatedBy: noTrunc ? by : ellipsis(by, createdByLetters),
        Size: human ? decimalSize(Size, 3) : String(Size),
        Comment,
      };
    });
    const columns = ['ID', 'CreatedSince', 'CreatedBy', 'Size', 'Comment'];
    await context.out(formatListing({ rows, headings, columns, id: 'ID' }, { format, json, quiet }));
    return 0;
  },
});

/** A layer without a date says so. */
const since = (moment: Date, now: Date): string => (moment.getTime() <= 0 ? 'N/A' : ago(moment, now));
