import type { SpecInput } from '../types.ts';
import type { OciMount } from './oci.ts';

/** What every container has, in Docker's order; what the user mounts at the same place replaces it. */
export function mountsOf(input: SpecInput, initPath: string | undefined): readonly OciMount[] {
  const chosen = new Set(input.mounts.map(({ destination }) => destination));
  const base = baseMounts(input).filter(({ destination }) => !chosen.has(destination));
  const init: OciMount[] =
    input.init && initPath !== undefined
      ? [{ destination: initDestination, type: 'bind', source: initPath, options: ['bind', 'ro'] }]
      : [];
  return [...base, ...input.mounts, ...init];
}

/** Where `--init` puts its program, as in Docker. */
export const initDestination = '/sbin/docker-init';

function baseMounts(input: SpecInput): OciMount[] {
  const access = input.privileged ? 'rw' : 'ro';
  const mount = (destination: string, type: string, options: readonly string[], source = type): OciMount => ({
    destination,
    type,
    source,
    options,
  });
  return [
    mount('/proc', 'proc', ['nosuid', 'noexec', 'nodev']),
    mount('/dev', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('/dev/pts', 'devpts', ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5']),
    mount('/sys', 'sysfs', ['nosuid', 'noexec', 'nodev', access]),
    mount('/sys/fs/cgroup', 'cgroup', [access, 'nosuid', 'noexec', 'nodev']),
    mount('/dev/mqueue', 'mqueue', ['nosuid', 'noexec', 'nodev']),
    ...shm(input),
  ];
}

function shm({ ipc, shmBytes }: SpecInput): OciMount[] {
  if (ipc === 'none') return [];
  if (ipc === 'host') return [bindOf('/dev/shm')];
  if (typeof ipc === 'object') return [bindOf('/dev/shm', ipc.shm)];
  const options = ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${shmBytes}`];
  return [{ destination: '/dev/shm', type: 'tmpfs', source: 'shm', options }];
}

const bindOf = (destination: string, source = destination): OciMount => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', 'rprivate'],
});
