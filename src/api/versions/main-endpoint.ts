import { AppError } from '../../base/index.ts';
import { type ContainerCreateBody, type EndpointConfig, emptyEndpoint } from '../../contract/index.ts';

/** A body as clients of the newest version would have sent it, and what its client is to be told about that. */
export type Migrated = { readonly body: ContainerCreateBody; readonly warnings: readonly string[] };

/** From this version on create takes several networks, each with settings of its own. */
export const perNetworkSince = '1.44';

/** The name under which the main network's settings stand, or are to stand. Throws when it cannot be told. */
export function mainEndpoint(body: ContainerCreateBody, old: boolean): string {
  const names = Object.keys(body.Endpoints);
  const main = body.HostConfig.NetworkMode;
  if (names.length === 0 || names.includes(main)) return main;
  // Old clients name one network at most, by whatever reference.
  if (old) return names[0]!;
  const text = 'HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks';
  throw new AppError('invalid', text);
}

/** The body with this changed of one network's settings. */
export function withEndpoint(
  body: ContainerCreateBody,
  name: string,
  change: Partial<EndpointConfig>,
): ContainerCreateBody {
  const endpoint = { ...(body.Endpoints[name] ?? emptyEndpoint), ...change };
  return { ...body, Endpoints: { ...body.Endpoints, [name]: endpoint } };
}
