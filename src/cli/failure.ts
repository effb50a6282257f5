import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../base/index.ts';
import { ApiError, ConnectError, defaultHost } from '../client/index.ts';

/** What to show for anything thrown: docker's words for the engine's refusals, a way out where no engine is reached. */
export function describeFailure(error: unknown): string {
  if (error instanceof ApiError) return `Error response from daemon: ${error.message}`;
  if (error instanceof ConnectError) return connectFailure(error);
  return messageOf(error);
}

function connectFailure({ failure, socketPath, cause }: ConnectError): string {
  const host = `unix://${socketPath}`;
  const option = host === defaultHost ? '' : ` --host ${host}`;
  switch (failure) {
    case 'no-socket':
      return (
        `Cannot connect to the Portolan engine: there is no socket at ${host}.\n` +
        `Start the engine:  sudo portolan daemon${option}\n` +
        'Is it somewhere else? Name its socket with -H, or in PORTOLAN_HOST or DOCKER_HOST.'
      );
    case 'refused':
      return (
        `Cannot connect to the Portolan engine: nothing listens on ${host}. The engine has stopped and left its socket.\n` +
        `Start it again:  sudo portolan daemon${option}`
      );
    case 'permission':
      return `Permission denied while connecting to the Portolan engine at ${host}.\n` + `${remedy(socketPath)}`;
    case 'lost':
      return `The connection to the Portolan engine at ${host} broke: ${messageOf(cause)}.\nIs it still there?  portolan -H ${host} version`;
  }
}

/** Joining the socket's group helps when it has one that is not root's. */
function remedy(socketPath: string): string {
  const group = groupOf(socketPath);
  const once = `Run the command as root:  sudo portolan -H unix://${socketPath} …`;
  return group === undefined ? once : `${once}\nOr for good:  sudo usermod -aG ${group} "$USER"  and log in again`;
}

function groupOf(socketPath: string): string | undefined {
  try {
    const { gid } = statSync(socketPath);
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(gid));
    return gid === 0 ? undefined : line?.split(':')[0];
  } catch {
    // The folder itself may be closed to us: then there is nothing better to advise.
    return undefined;
  }
}
