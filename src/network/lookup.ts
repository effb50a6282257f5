import { AppError } from '../base/index.ts';
import type { EndpointRecord, NetworkRecord } from '../store/records.ts';

/** A network by full id, name, or unique prefix of its id, in this order. Texts are Docker's. */
export function findNetwork(networks: readonly NetworkRecord[], ref: string): NetworkRecord {
  const exact = networks.find(({ id }) => id === ref) ?? networks.find(({ name }) => name === ref);
  if (exact !== undefined) return exact;
  const matches = ref === '' ? [] : networks.filter(({ id }) => id.startsWith(ref));
  if (matches.length > 1) {
    throw new AppError('invalid', `network ${ref} is ambiguous (${matches.length} matches found based on ID prefix)`);
  }
  if (matches[0] !== undefined) return matches[0];
  throw networkNotFound(ref);
}

export const networkNotFound = (ref: string): AppError => new AppError('not-found', `network ${ref} not found`);

/** Of a container that starts, and was down when its network was removed. */
export function lostNetwork({ networkId, lostNetwork: name }: EndpointRecord): AppError {
  const { message } = networkNotFound(networkId);
  if (name === undefined) return new AppError('not-found', message);
  const text = `${message}: it was ${name}, and was removed while the container was down; connect the container to a network of that name, or make it anew`;
  return new AppError('not-found', text);
}
