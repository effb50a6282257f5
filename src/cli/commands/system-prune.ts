import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { filtersOf, forceFlag, longFilterFlag } from '../parse/list-flags.ts';
import { confirmed, deleted, imageLines, reclaimed } from './prune.ts';

type Wanted = { readonly all: boolean; readonly volumes: boolean; readonly filter: readonly (readonly string[])[] };

/** The parts one after the other, as each makes the next unused: a container its network, its volume and its image. */
export const systemPrune = command({
  usage: '[OPTIONS]',
  summary: 'Remove unused data',
  operands: { least: 0, most: 0 },
  flags: {
    all: toggle('-a, --all', 'Remove all unused images not just dangling ones'),
    filter: longFilterFlag,
    force: forceFlag,
    volumes: toggle('--volumes', 'Prune anonymous volumes'),
  },
  async run(context, _operands, { all, filter, force, volumes }) {
    if (volumes && filter.some(([key]) => key === 'until')) {
      await context.err('ERROR: The "until" filter is not supported with "--volumes"\n');
      return 1;
    }
    if (!force && !(await confirmed(context, warning({ all, volumes, filter })))) return 0;
    const { containers, networks, volumes: store, images } = context.client;
    const filters = filtersOf(filter);
    const gone = await containers.prune({ filters });
    await context.out(deleted('Deleted Containers:', gone.ContainersDeleted ?? []));
    await context.out(deleted('Deleted Networks:', (await networks.prune({ filters })).NetworksDeleted ?? []));
    const stores = volumes ? await store.prune({ filters }) : undefined;
    await context.out(deleted('Deleted Volumes:', stores?.VolumesDeleted ?? []));
    const pruned = await images.prune({ filters: { ...filters, dangling: [String(!all)] } });
    await context.out(deleted('Deleted Images:', imageLines(pruned.ImagesDeleted)));
    const cache = await images.pruneCache({ all, filters });
    const freed = [gone, stores, pruned, cache].map((one) => one?.SpaceReclaimed ?? 0);
    await context.out(reclaimed(freed.reduce((sum, bytes) => sum + bytes)));
    return 0;
  },
});

function warning({ all, volumes, filter }: Wanted): string {
  const parts = [
    'all stopped containers',
    'all networks not used by at least one container',
    ...(volumes ? ['all anonymous volumes not used by at least one container'] : []),
    ...(all
      ? ['all images without at least one container associated to them', 'all build cache']
      : ['all dangling images', 'unused build cache']),
  ];
  const list = (lines: readonly string[]): string => lines.map((line) => `  - ${line}\n`).join('');
  const only = list(filter.map((pair) => pair.join('=')));
  return `This will remove:\n${list(parts)}${only && `\n  Items to be pruned will be filtered with:\n${only}`}`;
}
