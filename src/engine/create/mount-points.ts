import { AppError } from '../../base/index.ts';
import type { ContainerConfig, HostConfig } from '../../contract/index.ts';
import type { MountRecord } from '../container/record.ts';
import type { Parts } from '../parts.ts';
import { asked } from './asked.ts';
import { modeOptions, parseBind, propagations, trimmed } from './bind-spec.ts';
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
    .map(inheritedMount);
  const explicit = [...new Map([...inherited, ...chosen].map((wanted) => [destinationOf(wanted), wanted])).values()];
  for (const path of Object.keys(hostConfig.Tmpfs)) covered.add(trimmed(path));
  for (const wanted of inherited) covered.add(destinationOf(wanted));
  const own = Object.keys(config.Volumes)
    .map(trimmed)
    .filter((destination) => !covered.has(destination));
  return [...explicit, ...own.map((destination) => namedVolume('', destination, hostConfig.VolumeDriver))];
}

/** An image's files are mounted for each container anew. */
const inheritedMount = (point: MountRecord): WantedMount =>
  point.imageId === undefined
    ? { kind: 'path', point, makeSource: false }
    : {
        kind: 'image',
        destination: point.Destination,
        image: point.imageId,
        ...(point.subpath !== undefined && { subpath: point.subpath }),
      };

function wantedByBind(spec: string, driver: string): WantedMount {
  const bind = parseBind(spec);
  if (bind.source.startsWith('/')) {
    // -v makes a missing source, as a folder; --mount refuses it.
    return { kind: 'path', point: bindPoint(bind.source, bind.destination, bind), makeSource: true };
  }
  const mode = bind.mode === '' && bind.source !== '' ? 'z' : bind.mode;
  const isFilled = !modeOptions(bind.mode).includes('nocopy');
  return { ...namedVolume(bind.source, bind.destination, driver), readOnly: bind.readOnly, mode, isFilled };
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
  isFilled: true,
});

function checkOnce(destinations: readonly string[]): void {
  const twice = destinations.find((path, index) => destinations.indexOf(path) < index);
  if (twice !== undefined) throw new AppError('invalid', `Duplicate mount point: ${twice}`);
}

/** `--volumes-from container[:ro]`. */
function pointsOf(parts: Pick<Parts, 'containers'>, spec: string): readonly MountRecord[] {
  if (spec === '') throw new AppError('invalid', 'volumes-from specification cannot be an empty string');
  const [ref = '', mode = ''] = spec.split(':');
  const options = modeOptions(mode);
  // How mounts are passed on, and what is copied, was settled by the other container.
  if (options.some((option) => option === 'nocopy' || propagations.includes(option)))
    throw new AppError('invalid', `invalid mode: ${mode}`);
  const readOnly = options.includes('ro');
  const { mounts } = asked(() => parts.containers.find(ref)).record;
  return readOnly ? mounts.map((point) => ({ ...point, RW: false })) : mounts;
}
