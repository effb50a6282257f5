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
    input.ipc === 'host' ? bindOf('/dev/mqueue') : mount('/dev/mqueue', 'mqueue', ['nosuid', 'noexec', 'nodev']),
    shm(input),
  ];
}

function shm(input: SpecInput): OciMount {
  if (input.ipc === 'host') return bindOf('/dev/shm');
  if (typeof input.ipc === 'object') {
    // The other container's: reached through its init process, whose namespace path is /proc/PID/ns/ipc.
    return bindOf('/dev/shm', input.ipc.path.replace(/\/ns\/ipc$/, '/root/dev/shm'));
  }
  return {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${input.shmBytes}`],
  };
}

const bindOf = (destination: string, source = destination): OciMount => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', 'rprivate'],
});
