import { closeFd } from '../syscall/socket.ts';
import { closeOnExec } from '../syscall/socket-rights.ts';

/** LISTEN_FDS begin here: sd_listen_fds(3). */
const firstFd = 3;

/**
 * Takes the descriptors that a service manager kept over our restart, by name, out of `env`: sd_listen_fds_with_names(3).
 * What is not for this process, or has no name, is not looked at.
 */
export function keptSockets(env: NodeJS.ProcessEnv): Map<string, number> {
  const { LISTEN_PID, LISTEN_FDS = '', LISTEN_FDNAMES = '' } = env;
  for (const key of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete env[key];
  const kept = new Map<string, number>();
  if (LISTEN_PID !== `${process.pid}` || !/^\d{1,6}$/.test(LISTEN_FDS)) return kept;
  const names = LISTEN_FDNAMES.split(':');
  for (let i = 0; i < Number(LISTEN_FDS); i++) {
    const fd = firstFd + i;
    closeOnExec(fd);
    const name = names[i] ?? '';
    // Of two with one name an earlier engine did not take the first away: the later one is in use.
    const older = kept.get(name);
    if (older !== undefined) closeFd(older);
    kept.set(name, fd);
  }
  return kept;
}
