import { AppError } from '../../base/index.ts';
import { type BoundSocket, holderOf, processOf } from './socket-table.ts';
import type { PortOwner, Protocol } from './types.ts';

/** Why a host port could not be had. */
export type Refusal =
  | { readonly by: 'us'; readonly hostIp: string; readonly port: number; readonly owner: PortOwner }
  | {
      readonly by: 'process';
      readonly protocol: Protocol;
      readonly hostIp: string;
      readonly port: number;
    }
  | {
      readonly by: 'kernel';
      readonly protocol: Protocol;
      readonly hostIp: string;
      readonly port: number;
      readonly code: string;
    }
  | { readonly by: 'range' };

/** Finds the sockets in the way, in the namespace that the ports are of. */
export type SocketLookup = (protocol: Protocol) => Promise<readonly BoundSocket[]>;

/** Docker's sentence, then who holds the port. Docker answers all of them with status 500. */
export async function errorOf(refusal: Refusal, lookup: SocketLookup): Promise<AppError> {
  return new AppError('internal', await textOf(refusal, lookup));
}

export async function textOf(refusal: Refusal, lookup: SocketLookup): Promise<string> {
  if (refusal.by === 'range') return 'all ports are allocated';
  const place = printed(refusal.hostIp, refusal.port);
  if (refusal.by === 'us') {
    return `Bind for ${place} failed: port is already allocated (by container ${refusal.owner.name}; publish another host port, or stop that container)`;
  }
  const failed = `failed to bind host port ${place}/${refusal.protocol}`;
  if (refusal.by === 'kernel') return `${failed}: ${reasons[refusal.code] ?? refusal.code}`;
  const socket = holderOf({ ...refusal, hostPort: refusal.port, count: 1 }, await lookup(refusal.protocol));
  const holder = socket === undefined ? undefined : await processOf(socket.inode);
  return `${failed}: address already in use${holder === undefined ? '' : ` (by ${holder})`}`;
}

/** As strerror(3), and so Go, words them. */
const reasons: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
};

function printed(hostIp: string, port: number): string {
  if (hostIp === '') return `0.0.0.0:${port}`;
  return hostIp.includes(':') ? `[${hostIp}]:${port}` : `${hostIp}:${port}`;
}
