import { mkdir } from 'node:fs/promises';
import { AppError } from '../../base/index.ts';
import type { ContainerConfig, HostConfig, MountPoint } from '../../contract/index.ts';
import type { Parts } from '../parts.ts';
import { asked } from './asked.ts';
import { modeOptions, parseBind, trimmed } from './bind-spec.ts';
import { wantedByRequest } from './mount-request.ts';
import { checkTmpfs } from './tmpfs.ts';
import { bindPoint, destinationOf, type WantedMount } from './wanted-mount.ts';

type Asked = { readonly config: ContainerConfig; readonly hostConfig: HostConfig };

/** All of a container's volumes and binds, checked before anything is made. Throws `invalid` with Docker's texts. */
export async function planMounts(parts: Pick<Parts, 'containers'>, request: Asked): Promise<WantedMount[]> {
  const { config, hostConfig } = request;
  checkTmpfs(hostConfig.Tmpfs);
  const chosen = [
    ...hostConfig.Binds.map((spec) => wantedByBind(spec, hostConfig.VolumeDriver)),
    ...(await Promise.all(hostConfig.Mounts.map(wantedByRequest))),
  ];
  checkOnce([...chosen.map(destinationOf), ...Object.keys(hostConfig.Tmpfs)]);
  const covered = new Set(chosen.map(destinationOf));
  const inherited = hostConfig.VolumesFrom.flatMap((spec) => pointsOf(parts, spec))
    .filter(({ Destination }) => !covered.has(Destination))
    .map((point): WantedMount => ({ kind: 'path', point, makeSource: false }));
  const explicit = [...new Map([...inherited, ...chosen].map((wanted) => [destinationOf(wanted), wanted])).values()];
  for (const path of Object.keys(hostConfig.Tmpfs)) covered.add(trimmed(path));
  for (const wanted of inherited) covered.add(destinationOf(wanted));
  const own = Object.keys(config.Volumes)
    .map(trimmed)
    .filter((destination) => !covered.has(destination));
  return [...explicit, ...own.map((destination) => namedVolume('', destination, hostConfig.VolumeDriver))];
}

function wantedByBind(spec: string, driver: string): WantedMount {
  const bind = parseBind(spec);
  if (bind.source.startsWith('/')) {
    // -v makes a missing source, as a folder; --mount refuses it.
    return { kind: 'path', point: bindPoint(bind.source, bind.destination, bind), makeSource: true };
  }
  const mode = bind.mode === '' && bind.source !== '' ? 'z' : bind.mode;
  return { ...namedVolume(bind.source, bind.destination, driver), readOnly: bind.readOnly, mode };
}

const namedVolume = (name: string, destination: string, driver: string) => ({
  kind: 'volume' as const,
  destination,
  name,
  driver,
  options: {},
  labels: {},
  readOnly: false,
  mode: '',
});

function checkOnce(destinations: readonly string[]): void {
  const twice = destinations.find((path, index) => destinations.indexOf(path) < index);
  if (twice !== undefined) throw new AppError('invalid', `Duplicate mount point: ${twice}`);
}

/** `--volumes-from container[:ro]`. */
function pointsOf(parts: Pick<Parts, 'containers'>, spec: string): readonly MountPoint[] {
  const [ref = '', mode = ''] = spec.split(':');
  const readOnly = modeOptions(mode).includes('ro');
  const { mounts } = asked(() => parts.containers.find(ref)).record;
  return readOnly ? mounts.map((point) => ({ ...point, RW: false })) : mounts;
}

/** Makes what is missing, and marks the container as a user of its volumes. For its record; mounted at each start. */
export async function makeMounts(
  parts: Pick<Parts, 'volumes' | 'events'>,
  containerId: string,
  plan: readonly WantedMount[],
): Promise<MountPoint[]> {
  const points: MountPoint[] = [];
  for (const wanted of plan) {
    const point = wanted.kind === 'path' ? await made(wanted) : await volumePoint(parts, wanted);
    if (point.Type === 'volume') parts.volumes.acquire(point.Name!, containerId);
    points.push(point);
  }
  return points;
}

async function made({ point, makeSource }: Extract<WantedMount, { kind: 'path' }>): Promise<MountPoint> {
  if (makeSource) {
    await mkdir(point.Source, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return point;
}

async function volumePoint(
  parts: Pick<Parts, 'volumes' | 'events'>,
  wanted: Extract<WantedMount, { kind: 'volume' }>,
): Promise<MountPoint> {
  const { record, fresh } = await parts.volumes.create(wanted);
  if (fresh) parts.events.emit('volume', 'create', record.id, { driver: 'local' });
  return {
    Type: 'volume',
    Name: record.id,
    Source: parts.volumes.mountpoint(record.id),
    Destination: wanted.destination,
    Driver: 'local',
    Mode: wanted.mode,
    RW: !wanted.readOnly,
    Propagation: '',
  };
}
