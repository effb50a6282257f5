import { AppError } from '../../base/index.ts';
import { type ContainerCreateBody, compareVersions } from '../../contract/index.ts';
import { withSysctls } from './interface-sysctls.ts';
import { type Migrated, mainEndpoint, perNetworkSince, prefixed, withEndpoint } from './main-endpoint.ts';

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
  const mac = old ? withOldMac(body) : withMac(body);
  const sysctls = withSysctls(mac.body, version);
  return { body: sysctls.body, warnings: [...mac.warnings, ...sysctls.warnings] };
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
