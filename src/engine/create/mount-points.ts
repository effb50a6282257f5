import { mkdir, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { AppError } from '../../base/index.ts';
import type { ContainerConfig, HostConfig, MountPoint, MountRequest } from '../../contract/index.ts';
import type { Parts } from '../parts.ts';
import { parseBind } from './bind-spec.ts';

/** What is resolved of a container's volumes and binds at create: kept in its record, mounted at each start. */
export async function resolveMountPoints(
  parts: Pick<Parts, 'volumes' | 'containers'>,
  containerId: string,
  { config, hostConfig }: { readonly config: ContainerConfig; readonly hostConfig: HostConfig },
): Promise<MountPoint[]> {
  const points = new Map<string, MountPoint>();
  const put = (point: MountPoint): void => void points.set(point.Destination, point);
  for (const ref of hostConfig.VolumesFrom) for (const point of inherited(parts, ref)) put(point);
  for (const spec of hostConfig.Binds) put(await fromBind(parts, spec));
  for (const request of hostConfig.Mounts) put(await fromMount(parts, request));
  for (const path of Object.keys(config.Volumes)) {
    const destination = posix.normalize(path);
    if (!points.has(destination) && !Object.hasOwn(hostConfig.Tmpfs, destination)) {
      put(await volumePoint(parts, '', destination, { readOnly: false, mode: '' }));
    }
  }
  for (const { Type, Name } of points.values()) if (Type === 'volume') parts.volumes.acquire(Name!, containerId);
  return [...points.values()];
}

function inherited(parts: Pick<Parts, 'containers'>, spec: string): readonly MountPoint[] {
  const [ref = '', mode = ''] = spec.split(':');
  const { mounts } = parts.containers.find(ref).record;
  return mode === 'ro' ? mounts.map((point) => ({ ...point, RW: false })) : mounts;
}

async function fromBind(parts: Pick<Parts, 'volumes'>, spec: string): Promise<MountPoint> {
  const bind = parseBind(spec);
  if (!bind.source.startsWith('/')) return volumePoint(parts, bind.source, bind.destination, bind);
  // -v makes a missing source, as a folder; --mount refuses it.
  await mkdir(bind.source, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return bindPoint(bind.source, bind.destination, bind.readOnly, bind.propagation, bind.mode);
}

async function fromMount(parts: Pick<Parts, 'volumes'>, request: MountRequest): Promise<MountPoint> {
  const refuse = (why: string): never => {
    throw new AppError('invalid', `invalid mount config for type "${request.Type}": ${why}`);
  };
  if (request.Target === '') refuse('field Target must not be empty');
  if (!request.Target.startsWith('/')) refuse(`invalid mount path: '${request.Target}' mount path must be absolute`);
  const destination = posix.normalize(request.Target);
  if (destination === '/') refuse(`invalid specification: destination can't be '/'`);
  switch (request.Type) {
    case 'bind': {
      if (request.Source === '') refuse('field Source must not be empty');
      if (request.BindOptions?.CreateMountpoint) await mkdir(request.Source, { recursive: true });
      const found = await stat(request.Source).catch(() => undefined);
      if (found === undefined) refuse(`bind source path does not exist: ${request.Source}`);
      return bindPoint(request.Source, destination, request.ReadOnly, request.BindOptions?.Propagation ?? '', '');
    }
    case 'volume':
      return volumePoint(parts, request.Source, destination, { readOnly: request.ReadOnly, mode: 'z' });
    case 'tmpfs':
      if (request.Source !== '') refuse('field Source must not be specified');
      return { Type: 'tmpfs', Source: '', Destination: destination, Mode: '', RW: !request.ReadOnly, Propagation: '' };
    default:
      throw new AppError('invalid', `mount type unknown: "${request.Type}"`);
  }
}

const bindPoint = (
  source: string,
  destination: string,
  readOnly: boolean,
  propagation: string,
  mode: string,
): MountPoint => ({
  Type: 'bind',
  Source: posix.normalize(source),
  Destination: destination,
  Mode: mode,
  RW: !readOnly,
  Propagation: propagation === '' ? 'rprivate' : propagation,
});

async function volumePoint(
  parts: Pick<Parts, 'volumes'>,
  name: string,
  destination: string,
  options: { readonly readOnly: boolean; readonly mode: string },
): Promise<MountPoint> {
  const { record } = await parts.volumes.create({ name, driver: '', options: {}, labels: {} });
  return {
    Type: 'volume',
    Name: record.id,
    Source: parts.volumes.mountpoint(record.id),
    Destination: destination,
    Driver: 'local',
    Mode: options.mode,
    RW: !options.readOnly,
    Propagation: '',
  };
}
