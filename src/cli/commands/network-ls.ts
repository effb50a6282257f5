import { shortId } from '../../base/index.ts';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { filterFlag, filtersOf, listFlags, noTruncFlag } from '../parse/list-flags.ts';
import { goTime } from '../print/human.ts';
import { formatListing } from '../print/listing.ts';

const headings = {
  ID: 'NETWORK ID',
  Name: 'NAME',
  Driver: 'DRIVER',
  Scope: 'SCOPE',
  IPv4: 'IPV4',
  IPv6: 'IPV6',
  Internal: 'INTERNAL',
  Labels: 'LABELS',
  CreatedAt: 'CREATED AT',
};

export const networkLs = command({
  usage: '[OPTIONS]',
  summary: 'List networks',
  operands: { least: 0, most: 0 },
  flags: {
    ...listFlags,
    filter: filterFlag,
    noTrunc: noTruncFlag,
    quiet: toggle('-q, --quiet', 'Only display network IDs'),
  },
  async run(context, _operands, { filter, format, json, noTrunc, quiet }) {
    const networks = await context.client.networks.list(filtersOf(filter));
    const rows = networks
      .toSorted((a, b) => (a.Name < b.Name ? -1 : 1))
      .map((network) => ({
        ID: noTrunc ? network.Id : shortId(network.Id),
        Name: network.Name,
        Driver: network.Driver,
        Scope: network.Scope,
        IPv4: String(network.EnableIPv4 ?? true),
        IPv6: String(network.EnableIPv6),
        Internal: String(network.Internal),
        Labels: Object.entries(network.Labels ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
        Label: (key: unknown) => network.Labels?.[String(key)] ?? '',
        CreatedAt: goTime(new Date(network.Created), /\.\d+/.exec(network.Created)?.[0]),
      }));
    const columns = ['ID', 'Name', 'Driver', 'Scope'];
    await context.out(formatListing({ rows, headings, columns, id: 'ID' }, { format, json, quiet }));
    return 0;
  },
});
