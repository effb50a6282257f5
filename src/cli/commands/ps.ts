import { command } from '../parse/command.ts';
import { toggle, value } from '../parse/flag.ts';
import { filterFlag, filtersOf, listFlags, noTruncFlag } from '../parse/list-flags.ts';
import { containerHeadings, containerRow } from '../print/container-row.ts';
import { formatListing } from '../print/listing.ts';
import { parseWhole } from '../values/number.ts';

const columns = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names'] as const;

export const ps = command({
  usage: '[OPTIONS]',
  summary: 'List containers',
  operands: { least: 0, most: 0 },
  flags: {
    ...listFlags,
    all: toggle('-a, --all', 'Show all containers (default shows just running)'),
    filter: filterFlag,
    last: value('-n, --last <int>', 'Show n last created containers (includes all states)', parseWhole),
    latest: toggle('-l, --latest', 'Show the latest created container (includes all states)'),
    noTrunc: noTruncFlag,
    quiet: toggle('-q, --quiet', 'Only display container IDs'),
    size: toggle('-s, --size', 'Display total file sizes'),
  },
  async run(context, _operands, values) {
    const { all, last, latest, quiet, noTrunc } = values;
    const limit = latest && last === undefined ? 1 : (last ?? -1);
    const size = values.size || values.format.includes('.Size');
    const containers = await context.client.containers.list({
      all,
      size,
      filters: filtersOf(values.filter),
      ...(limit > 0 ? { limit } : {}),
    });
    const now = new Date();
    const rows = containers.map((container) => containerRow(container, { noTrunc, now }));
    const listing = {
      rows,
      headings: containerHeadings,
      columns: values.size ? [...columns, 'Size'] : columns,
      id: 'ID',
    };
    await context.out(formatListing(listing, { format: values.format, json: values.json, quiet }));
    return 0;
  },
});
