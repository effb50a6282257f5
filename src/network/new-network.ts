import { AppError, newId } from '../base/index.ts';
import type { NetworkRecord } from '../store/records.ts';
import type { SettledCreate } from './defaults.ts';
import { isPredefined } from './predefined.ts';

/** As its record begins: all but its addresses. */
export const recordOf = (request: SettledCreate, driver: string): Omit<NetworkRecord, 'ipam'> => ({
  id: newId(),
  name: request.name,
  driver,
  created: new Date().toISOString(),
  scope: 'local',
  ipv4: request.ipv4,
  ipv6: request.ipv6,
  internal: request.internal,
  attachable: request.attachable,
  options: request.options,
  labels: request.labels,
  ...(request.configFrom === undefined ? {} : { configFrom: request.configFrom }),
});

/** Refuses a name that is none, or somebody's. */
export function checkName(name: string, networks: readonly NetworkRecord[]): void {
  if (name.trim() === '') throw new AppError('invalid', 'invalid name: name is empty');
  if (isPredefined(name)) {
    throw new AppError('forbidden', `operation is not permitted on predefined ${name} network `);
  }
  if (networks.some((network) => network.name === name)) {
    throw new AppError('conflict', `network with name ${name} already exists`);
  }
}
