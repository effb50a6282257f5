import { labels, readMap } from '../create/lists.ts';
import { forEach } from '../each.ts';
import { command } from '../parse/command.ts';
import { each, list, text, toggle } from '../parse/flag.ts';
import { filterFlag, filtersOf, listFlags } from '../parse/list-flags.ts';
import { formatListing } from '../print/listing.ts';

export const volumeCreate = command({
  usage: '[OPTIONS] [VOLUME]',
  summary: 'Create a volume',
  operands: { least: 0, most: 1 },
  flags: {
    driver: text('-d, --driver <string>', 'Specify volume driver name', 'local'),
    label: list('--label <list>', 'Set metadata for a volume'),
    opt: each('-o, --opt <map>', 'Set driver specific options', readMap),
  },
  async run(context, [name = ''], { driver, label, opt }) {
    const body = { Name: name, Driver: driver, DriverOpts: Object.fromEntries(opt), Labels: labels([], label) };
    const { Name } = await context.client.volumes.create(body);
    await context.out(`${Name}\n`);
    return 0;
  },
});

const headings = {
  Driver: 'DRIVER',
  Name: 'VOLUME NAME',
  Scope: 'SCOPE',
  Mountpoint: 'MOUNTPOINT',
  Labels: 'LABELS',
};

export const volumeLs = command({
  usage: '[OPTIONS]',
  summary: 'List volumes',
  operands: { least: 0, most: 0 },
  flags: { ...listFlags, filter: filterFlag, quiet: toggle('-q, --quiet', 'Only display volume names') },
  async run(context, _operands, { filter, format, json, quiet }) {
    const volumes = await context.client.volumes.list(filtersOf(filter));
    const rows = volumes
      .toSorted((a, b) => (a.Name < b.Name ? -1 : 1))
      .map(({ Driver, Name, Scope, Mountpoint, Labels }) => ({
        Driver,
        Name,
        Scope,
        Mountpoint,
        Labels: Object.entries(Labels ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
        Label: (key: unknown) => Labels?.[String(key)] ?? '',
      }));
    await context.out(
      formatListing({ rows, headings, columns: ['Driver', 'Name'], id: 'Name' }, { format, json, quiet }),
    );
    return 0;
  },
});

export const volumeRm = command({
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  summary: 'Remove one or more volumes',
  operands: { least: 1 },
  complete: ['volumes'],
  flags: { force: toggle('-f, --force', 'Force the removal of one or more volumes') },
  run: (context, names, { force }) => forEach(context, names, (name) => context.client.volumes.remove(name, force)),
});
