import { AppError } from '../base/index.ts';
import type { NetworkCreate, NetworkOptions } from './types.ts';

/** A request in which every question is answered. */
export type SettledCreate = NetworkCreate & { readonly ipv4: boolean; readonly ipv6: boolean };

const familyOptions = { ipv4: 'com.docker.network.enable_ipv4', ipv6: 'com.docker.network.enable_ipv6' } as const;

/**
 * The request with `--default-network-opt` below its own options, which a network made from a configuration does not
 * get, and with its families: as the request says, which then drops the option; else as an option says; else IPv4.
 * Throws Docker's `invalid` for an option that is no truth value.
 */
export function settled(
  request: NetworkCreate,
  { defaultNetworkOptions = {} }: Pick<NetworkOptions, 'defaultNetworkOptions'>,
): SettledCreate {
  const defaults = request.configFrom === undefined ? (defaultNetworkOptions[request.driver || 'bridge'] ?? {}) : {};
  const options: Record<string, string> = { ...defaults, ...request.options };
  const ipv4 = family(request.ipv4, options, familyOptions.ipv4) ?? true;
  const ipv6 = family(request.ipv6, options, familyOptions.ipv6) ?? false;
  return { ...request, ipv4, ipv6, options };
}

function family(asked: boolean | undefined, options: Record<string, string>, key: string): boolean | undefined {
  const option = options[key];
  if (asked !== undefined) {
    delete options[key];
    return asked;
  }
  if (option === undefined) return undefined;
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(option)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(option)) return false;
  throw new AppError('invalid', `driver-opt "${key}" is not a valid bool`);
}
