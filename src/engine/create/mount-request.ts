import { stat } from 'node:fs/promises';
import { AppError } from '../../base/index.ts';
import type { MountRequest } from '../../contract/index.ts';
import { destinationProblem, trimmed } from './bind-spec.ts';
import { bindPoint, type WantedMount } from './wanted-mount.ts';

/** One `--mount`. Throws `invalid` with Docker's texts; a source that is missing is not made, unlike with `-v`. */
export async function wantedByRequest(request: MountRequest): Promise<WantedMount> {
  const refuse = (why: string): never => {
    throw new AppError('invalid', `invalid mount config for type "${request.Type}": ${why}`);
  };
  if (!['bind', 'volume', 'tmpfs'].includes(request.Type)) refuse('mount type unknown');
  if (request.Target === '') refuse('field Target must not be empty');
  const why = destinationProblem(request.Target);
  if (why !== undefined) refuse(why);
  if (request.Type === 'bind') return wantedBind(request, refuse);
  const destination = trimmed(request.Target);
  if (request.Type === 'volume') return wantedVolume(request, destination);
  if (request.Source !== '') refuse('field Source must not be specified');
  const access = { Mode: '', RW: !request.ReadOnly, Propagation: '' };
  return { kind: 'path', point: { Type: 'tmpfs', Source: '', Destination: destination, ...access }, makeSource: false };
}

async function wantedBind(request: MountRequest, refuse: (why: string) => never): Promise<WantedMount> {
  const { Source, Target, ReadOnly, BindOptions } = request;
  if (Source === '') refuse('field Source must not be empty');
  if (!Source.startsWith('/')) refuse(`invalid mount path: '${Source}' mount path must be absolute`);
  const makeSource = BindOptions?.CreateMountpoint ?? false;
  const found = await stat(Source).catch(() => undefined);
  if (found === undefined && !makeSource) refuse(`bind source path does not exist: ${Source}`);
  const point = bindPoint(Source, trimmed(Target), {
    readOnly: ReadOnly,
    propagation: BindOptions?.Propagation ?? '',
    mode: '',
  });
  return { kind: 'path', point, makeSource };
}

function wantedVolume({ Source, ReadOnly, VolumeOptions }: MountRequest, destination: string): WantedMount {
  if (VolumeOptions?.Subpath) {
    throw new AppError('not-implemented', 'mounting a part of a volume (volume-subpath) is not there yet');
  }
  return {
    kind: 'volume',
    destination,
    name: Source,
    driver: VolumeOptions?.DriverConfig?.Name ?? '',
    options: VolumeOptions?.DriverConfig?.Options ?? {},
    labels: VolumeOptions?.Labels ?? {},
    readOnly: ReadOnly,
    mode: 'z',
  };
}
