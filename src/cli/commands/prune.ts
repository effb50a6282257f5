import { createInterface } from 'node:readline/promises';
import type { ImageDeletion } from '../../client/index.ts';
import type { Context } from '../context.ts';
import { type Command, command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { filtersOf, forceFlag, longFilterFlag } from '../parse/list-flags.ts';
import { decimalSize } from '../print/human.ts';

const flags = { force: forceFlag, filter: longFilterFlag };
const operands = { least: 0, most: 0 };
const usage = '[OPTIONS]';

export const containerPrune: Command = command({
  usage,
  summary: 'Remove all stopped containers',
  operands,
  flags,
  async run(context, _operands, { force, filter }) {
    if (!force && !(await confirmed(context, 'This will remove all stopped containers.'))) return 0;
    const { ContainersDeleted, SpaceReclaimed } = await context.client.containers.prune({ filters: filtersOf(filter) });
    await context.out(deleted('Deleted Containers:', ContainersDeleted ?? []) + reclaimed(SpaceReclaimed));
    return 0;
  },
});

export const imagePrune: Command = command({
  usage,
  summary: 'Remove unused images',
  operands,
  flags: { ...flags, all: toggle('-a, --all', 'Remove all unused images, not just dangling ones') },
  async run(context, _operands, { all, force, filter }) {
    const what = all ? 'all images without at least one container associated to them' : 'all dangling images';
    if (!force && !(await confirmed(context, `This will remove ${what}.`))) return 0;
    const filters = { ...filtersOf(filter), dangling: [String(!all)] };
    const { ImagesDeleted, SpaceReclaimed } = await context.client.images.prune({ filters });
    await context.out(deleted('Deleted Images:', imageLines(ImagesDeleted)) + reclaimed(SpaceReclaimed));
    return 0;
  },
});

export const networkPrune: Command = command({
  usage,
  summary: 'Remove all unused networks',
  operands,
  flags,
  async run(context, _operands, { force, filter }) {
    const warning = 'This will remove all custom networks not used by at least one container.';
    if (!force && !(await confirmed(context, warning))) return 0;
    const { NetworksDeleted } = await context.client.networks.prune({ filters: filtersOf(filter) });
    await context.out(deleted('Deleted Networks:', NetworksDeleted ?? []));
    return 0;
  },
});

export const volumePrune: Command = command({
  usage,
  summary: 'Remove unused local volumes',
  operands,
  flags: { ...flags, all: toggle('-a, --all', 'Remove all unused volumes, not just anonymous ones') },
  async run(context, _operands, { all, force, filter }) {
    const what = all ? 'all local volumes' : 'anonymous local volumes';
    if (!force && !(await confirmed(context, `This will remove ${what} not used by at least one container.`))) return 0;
    const filters = { ...filtersOf(filter), ...(all ? { all: ['true'] } : {}) };
    const { VolumesDeleted, SpaceReclaimed } = await context.client.volumes.prune({ filters });
    await context.out(deleted('Deleted Volumes:', VolumesDeleted ?? []) + reclaimed(SpaceReclaimed));
    return 0;
  },
});

export const imageLines = (images: readonly ImageDeletion[] | null): readonly string[] =>
  (images ?? []).map(({ Untagged, Deleted }) => (Untagged ? `untagged: ${Untagged}` : `deleted: ${Deleted}`));

/** Whether a person says so after the warning. */
export async function confirmed(context: Context, warning: string): Promise<boolean> {
  await context.out(`WARNING! ${warning}\nAre you sure you want to continue? [y/N] `);
  using reader = createInterface({ input: context.stdio.stdin });
  for await (const line of reader) return line.trim().toLowerCase() === 'y';
  return false;
}

export const deleted = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${[title, ...lines].join('\n')}\n\n`;

export const reclaimed = (bytes: number): string => `Total reclaimed space: ${decimalSize(bytes)}\n`;
