import { AppError } from '../base/index.ts';
import type { NetworkRecord } from '../store/records.ts';
import type { NetworkCreate } from './types.ts';

/**
 * A configuration network (`--config-only`) has nothing in the kernel: it keeps what networks that name it
 * (`--config-from`) are made with. They copy it once; a change of their own is refused.
 */
export function checkConfiguration({ internal, attachable, scope = '', configFrom }: NetworkCreate): void {
  if (internal || attachable || !['', 'local'].includes(scope)) {
    throw new AppError(
      'forbidden',
      'configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.',
    );
  }
  if (configFrom !== undefined) {
    throw new AppError('forbidden', 'a configuration network cannot depend on another configuration network');
  }
}

/** The request with what the configuration network says. Throws Docker's errors. */
export function withConfiguration(request: NetworkCreate, networks: readonly NetworkRecord[]): NetworkCreate {
  const { configFrom, ipam, labels, options } = request;
  if (configFrom === undefined) return request;
  const own = ipam.pools.length > 0 || Object.keys({ ...ipam.options, ...labels }).length > 0;
  if (own || request.ipv6 === true || !['', 'default'].includes(ipam.driver)) {
    throw refusal('user-specified configurations');
  }
  if (Object.keys(options).length > 0) throw refusal('network driver options');
  const source = findConfiguration(configFrom, networks);
  return {
    ...request,
    configFrom: source.name,
    ipv4: request.ipv4 ?? source.ipv4,
    ipv6: source.ipv6,
    ipam: {
      ...source.ipam,
      pools: source.ipam.pools.map(({ automatic, ...pool }) => pool),
    },
    options: source.options,
    labels: source.labels,
  };
}

const refusal = (what: string): AppError =>
  new AppError('forbidden', `${what} are not supported if the network depends on a configuration network`);

/** By name, or by id as the API's other references. */
function findConfiguration(ref: string, networks: readonly NetworkRecord[]): NetworkRecord {
  const found = networks.find(({ name }) => name === ref) ?? networks.find(({ id }) => id === ref);
  if (found?.configOnly === true) return found;
  if (found === undefined) throw new AppError('not-found', `configuration network "${ref}" does not exist`);
  throw new AppError('forbidden', `network "${ref}" is not a configuration network`);
}

/** Throws while another network was made from it. */
export function refuseConfigurationInUse(
  { name, configOnly }: NetworkRecord,
  networks: readonly NetworkRecord[],
): void {
  if (configOnly !== true) return;
  const users = networks.filter(({ configFrom }) => configFrom === name).map((network) => network.name);
  if (users.length === 0) return;
  throw new AppError('forbidden', `configuration network "${name}" is in use (by network ${users.join(', ')})`);
}
