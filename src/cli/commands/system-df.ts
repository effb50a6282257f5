import type { DiskUsage } from '../../client/index.ts';
import { command } from '../parse/command.ts';
import { listFlags } from '../parse/list-flags.ts';
import { decimalSize } from '../print/human.ts';
import { formatListing, type Row } from '../print/listing.ts';

const headings = { Type: 'TYPE', TotalCount: 'TOTAL', Active: 'ACTIVE', Size: 'SIZE', Reclaimable: 'RECLAIMABLE' };

export const systemDf = command({
  usage: '[OPTIONS]',
  summary: 'Show disk usage of images, containers and volumes',
  operands: { least: 0, most: 0 },
  flags: listFlags,
  async run(context, _operands, { format, json }) {
    const rows = usageRows(await context.client.system.diskUsage());
    const columns = Object.keys(headings);
    await context.out(formatListing({ rows, headings, columns, id: 'Type' }, { format, json, quiet: false }));
    return 0;
  },
});

function usageRows({ LayersSize, Images, Containers, Volumes }: DiskUsage): readonly Row[] {
  const images = Images ?? [];
  const idle = images.filter((image) => image.Containers <= 0);
  const containers = (Containers ?? []).map(({ SizeRw = 0, State }) => ({ size: SizeRw, used: State === 'running' }));
  const volumes = (Volumes ?? []).map(({ UsageData }) => ({
    size: Math.max(0, UsageData?.Size ?? 0),
    used: (UsageData?.RefCount ?? 0) > 0,
  }));
  return [
    row(
      'Images',
      images.length,
      images.length - idle.length,
      LayersSize,
      sum(idle.map(({ Size, SharedSize }) => Size - Math.max(0, SharedSize))),
    ),
    usageOf('Containers', containers),
    usageOf('Local Volumes', volumes),
    row('Build Cache', 0, 0, 0, undefined),
  ];
}

function usageOf(type: string, items: readonly { readonly size: number; readonly used: boolean }[]): Row {
  const used = items.filter((item) => item.used);
  const size = sum(items.map((item) => item.size));
  return row(type, items.length, used.length, size, size - sum(used.map((item) => item.size)));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function row(type: string, total: number, active: number, size: number, reclaimable: number | undefined): Row {
  const share = reclaimable !== undefined && size > 0 ? ` (${Math.trunc((reclaimable * 100) / size)}%)` : '';
  return {
    Type: type,
    TotalCount: String(total),
    Active: String(active),
    Size: decimalSize(size),
    Reclaimable: `${decimalSize(reclaimable ?? 0)}${share}`,
  };
}
