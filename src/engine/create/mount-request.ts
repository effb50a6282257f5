import { stat } from 'node:fs/promises';
import { AppError } from '../../base/index.ts';
import type { MountRequest } from '../../contract/index.ts';
import type { MountRecord } from '../container/record.ts';
import { destinationProblem, propagations, trimmed } from './bind-spec.ts';
import { checkMountOptions } from './tmpfs.ts';
import { bindPoint, type WantedMount } from './wanted-mount.ts';

type Refuse = (why: string) => never;

/** One `--mount`. Throws `invalid` with Docker's texts; a source that is missing is not made, unlike with `-v`. */
export async function wantedByRequest(request: MountRequest): Promise<WantedMount> {
  const refuse: Refuse = (why) => {
    throw new AppError('invalid', `invalid mount config for type "${request.Type}": ${why}`);
  };
  if (!['bind', 'volume', 'tmpfs', 'image'].includes(request.Type)) refuse('mount type unknown');
  if (request.Target === '') refuse('field Target must not be empty');
  const why = destinationProblem(request.Target);
  if (why !== undefined) refuse(why);
  if (request.Type !== 'bind' && request.BindOptions !== null) refuse('field BindOptions must not be specified');
  if (request.Type !== 'volume' && request.VolumeOptions !== null) refuse('field VolumeOptions must not be specified');
  if (request.Type === 'bind') return wantedBind(request, refuse);
  const destination = trimmed(request.Target);
  if (request.Type === 'volume') return wantedVolume(request, destination, refuse);
  if (request.Type === 'image') return wantedImage(request, destination, refuse);
  if (request.Source !== '') refuse('field Source must not be specified');
  checkMountOptions(request.TmpfsOptions?.Options ?? []);
  const access = { Mode: '', RW: !request.ReadOnly, Propagation: '' };
  return { kind: 'path', point: { Type: 'tmpfs', Source: '', Destination: destination, ...access }, makeSource: false };
}

async function wantedBind(request: MountRequest, refuse: Refuse): Promise<WantedMount> {
  const { Source, Target, ReadOnly, BindOptions } = request;
  if (Source === '') refuse('field Source must not be empty');
  const propagation = BindOptions?.Propagation ?? '';
  if (propagation !== '' && !propagations.includes(propagation)) refuse(`invalid propagation mode: ${propagation}`);
  if (BindOptions?.ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive) {
    refuse('ReadOnlyNonRecursive and ReadOnlyForceRecursive exclude each other');
  }
  if (!Source.startsWith('/')) refuse(`invalid mount path: '${Source}' mount path must be absolute`);
  const makeSource = BindOptions?.CreateMountpoint ?? false;
  const found = await stat(Source).catch(() => undefined);
  if (found === undefined && !makeSource) refuse(`bind source path does not exist: ${Source}`);
  const point = bindPoint(Source, trimmed(Target), { readOnly: ReadOnly, propagation, mode: '' });
  return { kind: 'path', point: { ...point, ...recursion(BindOptions) }, makeSource };
}

function recursion(options: MountRequest['BindOptions']): Pick<MountRecord, 'nonRecursive' | 'readOnly'> {
  return {
    ...(options?.NonRecursive && { nonRecursive: true }),
    ...(options?.ReadOnlyNonRecursive && { readOnly: 'not-recursive' as const }),
    ...(options?.ReadOnlyForceRecursive && { readOnly: 'recursive' as const }),
  };
}

function wantedVolume(request: MountRequest, destination: string, refuse: Refuse): WantedMount {
  const { Source, ReadOnly, VolumeOptions } = request;
  const subpath = VolumeOptions?.Subpath ?? '';
  if (Source === '' && subpath !== '') refuse('must not set Subpath when using anonymous volumes');
  if (subpath !== '' && !isLocal(subpath)) refuse('subpath must be a relative path within the volume');
  if (Source === '' && ReadOnly) refuse('must not set ReadOnly mode when using anonymous volumes');
  return {
    kind: 'volume',
    destination,
    name: Source,
    driver: VolumeOptions?.DriverConfig?.Name ?? '',
    options: VolumeOptions?.DriverConfig?.Options ?? {},
    labels: VolumeOptions?.Labels ?? {},
    readOnly: ReadOnly,
    mode: 'z',
    isFilled: VolumeOptions?.NoCopy !== true && subpath === '',
    ...(subpath !== '' && { subpath }),
  };
}

function wantedImage({ Source, ImageOptions }: MountRequest, destination: string, refuse: Refuse): WantedMount {
  if (Source === '') refuse('field Source must not be empty');
  const subpath = ImageOptions?.Subpath ?? '';
  if (subpath !== '' && !isLocal(subpath)) refuse('subpath must be a relative path within the volume');
  return { kind: 'image', destination, image: Source, ...(subpath !== '' && { subpath }) };
}

/** As Go's filepath.IsLocal: relative, and never above where it starts. */
function isLocal(path: string): boolean {
  if (path.startsWith('/')) return false;
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    depth += part === '..' ? -1 : 1;
    if (depth < 0) return false;
  }
  return true;
}
