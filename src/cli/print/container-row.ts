import { shortId } from '../../base/index.ts';
import type { ContainerSummary } from '../../contract/index.ts';
import { ago, decimalSize, ellipsis, goTime } from './human.ts';
import type { Row } from './listing.ts';
import { formatPorts } from './ports.ts';

export const containerHeadings = {
  ID: 'CONTAINER ID',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  RunningFor: 'CREATED',
  Ports: 'PORTS',
  State: 'STATE',
  Status: 'STATUS',
  Size: 'SIZE',
  Names: 'NAMES',
  Labels: 'LABELS',
  Mounts: 'MOUNTS',
  LocalVolumes: 'LOCAL VOLUMES',
  Networks: 'NETWORKS',
} as const;

const commandLetters = 20;
const mountLetters = 15;

/** One container of `ps`, with the field names of docker's own. */
export function containerRow(
  container: ContainerSummary,
  options: { readonly noTrunc: boolean; readonly now: Date },
): Row {
  const { noTrunc, now } = options;
  const created = new Date(container.Created * 1000);
  const labels = container.Labels ?? {};
  return {
    ID: noTrunc ? container.Id : shortId(container.Id),
    Image: container.Image === '' ? '<no image>' : container.Image,
    Command: JSON.stringify(noTrunc ? container.Command : ellipsis(container.Command, commandLetters)),
    CreatedAt: goTime(created),
    RunningFor: ago(created, now),
    Ports: formatPorts(container.Ports ?? []),
    Platform: null,
    State: container.State,
    Status: container.Status,
    Size: sizeOf(container),
    Names: namesOf(container.Names, noTrunc),
    Labels: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    Label: (key: unknown) => labels[String(key)] ?? '',
    Mounts: mountsOf(container, noTrunc),
    LocalVolumes: String((container.Mounts ?? []).filter(({ Driver }) => Driver === 'local').length),
    Networks: Object.keys(container.NetworkSettings?.Networks ?? {})
      .sort()
      .join(','),
  };
}

function sizeOf({ SizeRw = 0, SizeRootFs = 0 }: ContainerSummary): string {
  const own = decimalSize(SizeRw, 3);
  return SizeRootFs > 0 ? `${own} (virtual ${decimalSize(SizeRootFs, 3)})` : own;
}

/** The names themselves; those that links give are further paths, shown only in full. */
function namesOf(names: readonly string[], noTrunc: boolean): string {
  const plain = names.map((name) => name.replace(/^\//, ''));
  return plain.filter((name) => noTrunc || !name.includes('/')).join(',');
}

function mountsOf({ Mounts }: ContainerSummary, noTrunc: boolean): string {
  return (Mounts ?? [])
    .map(({ Name, Source }) => (Name === undefined || Name === '' ? Source : Name))
    .map((name) => (noTrunc ? name : ellipsis(name, mountLetters)))
    .join(',');
}
