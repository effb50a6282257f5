import { AppError } from '../../base/index.ts';
import { type ContainerCreateBody, compareVersions, type EndpointConfig, emptyEndpoint } from '../../contract/index.ts';

/** A body as clients of the newest version would have sent it, and what its client is to be told about that. */
export type Migrated = { readonly body: ContainerCreateBody; readonly warnings: readonly string[] };

/** From this version on create takes several networks, each with a MAC address of its own. */
const perNetworkSince = '1.44';

/** What older clients say of the container as a whole becomes the main network's. Throws `invalid` with Docker's texts. */
export function migrateCreate(body: ContainerCreateBody, version: string): Migrated {
  const old = compareVersions(version, perNetworkSince) < 0;
  const networks = Object.keys(body.Endpoints);
  if (old && networks.length > 1) {
    throw new AppError(
      'invalid',
      `Container cannot be created with multiple network endpoints: ${networks.join(', ')}`,
    );
  }
  return old ? withOldMac(body) : withMac(body);
}

/** The name under which the main network's settings stand, or are to stand. Throws when it cannot be told. */
function mainEndpoint(body: ContainerCreateBody, old: boolean): string {
  const names = Object.keys(body.Endpoints);
  const main = body.HostConfig.NetworkMode;
  if (names.length === 0 || names.includes(main)) return main;
  // Old clients name one network at most, by whatever reference.
  if (old) return names[0]!;
  const text = 'HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks';
  throw new AppError('invalid', text);
}

function withEndpoint(body: ContainerCreateBody, name: string, change: Partial<EndpointConfig>): ContainerCreateBody {
  const endpoint = { ...(body.Endpoints[name] ?? emptyEndpoint), ...change };
  return { ...body, Endpoints: { ...body.Endpoints, [name]: endpoint } };
}

/** There were no addresses of single networks: what is sent there is left out. */
function withOldMac(body: ContainerCreateBody): Migrated {
  const { MacAddress } = body.Config;
  if (MacAddress === '') {
    const bare = Object.entries(body.Endpoints).map(([name, one]) => [name, { ...one, MacAddress: '' }]);
    return { body: { ...body, Endpoints: Object.fromEntries(bare) }, warnings: [] };
  }
  const mode = body.HostConfig.NetworkMode;
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) {
    throw new AppError('invalid', 'conflicting options: mac-address and the network mode');
  }
  return { body: withEndpoint(body, mainEndpoint(body, true), { MacAddress }), warnings: [] };
}

function withMac(body: ContainerCreateBody): Migrated {
  const { MacAddress } = body.Config;
  if (MacAddress === '') return { body, warnings: [] };
  const name = prefixed('unable to migrate container-wide MAC address to a specific network', () =>
    mainEndpoint(body, false),
  );
  const own = body.Endpoints[name]?.MacAddress ?? '';
  if (own !== '' && own !== MacAddress) {
    const text =
      'the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty';
    throw new AppError('invalid', text);
  }
  const moved = withEndpoint(body, name, { MacAddress });
  return {
    body: { ...moved, Config: { ...moved.Config, MacAddress: '' } },
    warnings: [
      'The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.',
    ],
  };
}

function prefixed<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof AppError) throw new AppError(error.kind, `${what}: ${error.message}`, { cause: error });
    throw error;
  }
}
