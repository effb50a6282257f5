import type { MountPoint, MountRequest } from '../../contract/index.ts';
import type { SpecMount } from '../../runtime/index.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import type { Parts } from '../parts.ts';
import { checkPropagation } from './propagation.ts';

/** What is mounted into a container at start, shallow paths first. `filesOf` owns the hosts files. */
export async function prepareMounts(
  parts: Parts,
  container: Container,
  rootfs: string,
  filesOf: string,
): Promise<SpecMount[]> {
  const { record } = container;
  checkPropagation(record.mounts);
  for (const point of record.mounts) {
    if (point.Type === 'volume' && isFilled(point, record.hostConfig.Mounts))
      await parts.volumes.fill(point.Name!, rootfs, point.Destination);
  }
  const files = containerFiles(parts, filesOf);
  const own = [
    bindFile(files.resolvConf, '/etc/resolv.conf'),
    bindFile(files.hostname, '/etc/hostname'),
    bindFile(files.hosts, '/etc/hosts'),
  ];
  const chosen = [...record.mounts.map(specMount(record.hostConfig.Mounts)), ...tmpfsMounts(record.hostConfig.Tmpfs)];
  const covered = new Set(chosen.map(({ destination }) => destination));
  return [...own.filter(({ destination }) => !covered.has(destination)), ...chosen].sort(
    (a, b) => depth(a.destination) - depth(b.destination),
  );
}

const depth = (path: string): number => path.split('/').length;

const bindFile = (source: string, destination: string): SpecMount => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', 'rprivate'],
});

/** The `--mount` that a mount point comes from, if it does. */
const requestOf = (requests: readonly MountRequest[], { Type, Destination }: MountPoint): MountRequest | undefined =>
  requests.find((request) => request.Type === Type && request.Target.replace(/(.)\/+$/, '$1') === Destination);

/** Unless told otherwise, an empty volume is given what the image has in its place. */
const isFilled = (point: MountPoint, requests: readonly MountRequest[]): boolean =>
  !point.Mode.split(',').includes('nocopy') && requestOf(requests, point)?.VolumeOptions?.NoCopy !== true;

const specMount =
  (requests: readonly MountRequest[]) =>
  (point: MountPoint): SpecMount => {
    const access = point.RW ? 'rw' : 'ro';
    const request = requestOf(requests, point);
    if (point.Type !== 'tmpfs') {
      const bind = request?.BindOptions?.NonRecursive ? 'bind' : 'rbind';
      const propagation = point.Propagation === '' ? 'rprivate' : point.Propagation;
      return {
        destination: point.Destination,
        type: 'bind',
        source: point.Source,
        options: [bind, access, propagation],
      };
    }
    const asked = request?.TmpfsOptions;
    const size = asked?.SizeBytes ? [`size=${asked.SizeBytes}`] : [];
    const mode = asked?.Mode ? [`mode=${asked.Mode.toString(8)}`] : ['mode=1777'];
    return {
      destination: point.Destination,
      type: 'tmpfs',
      source: 'tmpfs',
      options: [...tmpfsDefaults, access, ...size, ...mode],
    };
  };

const tmpfsDefaults = ['noexec', 'nosuid', 'nodev', 'rprivate'];

/** `--tmpfs /run:size=64m,exec`: what is asked for replaces its opposite among the defaults. */
function tmpfsMounts(tmpfs: Readonly<Record<string, string>>): SpecMount[] {
  return Object.entries(tmpfs).map(([destination, text]) => {
    const asked = text === '' ? [] : text.split(',');
    const kept = tmpfsDefaults.filter((option) => !asked.includes(option.replace(/^no/, '')));
    return { destination, type: 'tmpfs', source: 'tmpfs', options: [...kept, ...asked] };
  });
}
