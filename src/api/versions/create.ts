import { AppError, prefixed } from '../../base/index.ts';
import type { ContainerCreateBody } from '../../contract/index.ts';
import { before } from './before.ts';
import { withSysctls } from './interface-sysctls.ts';
import { type Migrated, mainEndpoint, perNetworkSince, withEndpoint } from './main-endpoint.ts';
import { migrateMount } from './mounts.ts';

/** What older clients say of the container as a whole becomes the main network's. Throws `invalid` with Docker's texts. */
export function migrateCreate(body: ContainerCreateBody, version: string): Migrated {
  const old = before(version, perNetworkSince);
  const networks = Object.keys(body.Endpoints);
  if (old && networks.length > 1) {
    throw new AppError(
      'invalid',
      `Container cannot be created with multiple network endpoints: ${networks.join(', ')}`,
    );
  }
  const known = withoutNewer(body, version);
  const mac = old ? withOldMac(known) : withMac(known);
  const sysctls = withSysctls(mac.body, version);
  return { body: sysctls.body, warnings: [...driverWarnings(body, version), ...mac.warnings, ...sysctls.warnings] };
}

/** Without what a version did not know, and with what it took for granted. */
function withoutNewer(body: ContainerCreateBody, version: string): ContainerCreateBody {
  const { Config, HostConfig: host, Endpoints } = body;
  const older = (since: `1.${number}`): boolean => before(version, since);
  const HostConfig = {
    ...host,
    Mounts: host.Mounts.map((mount) => migrateMount(mount, version)),
    // Removing a container was the client's part.
    AutoRemove: host.AutoRemove && !older('1.25'),
    IpcMode: host.IpcMode || (older('1.40') ? 'shareable' : ''),
    ConsoleSize: older('1.42') ? ([0, 0] as const) : host.ConsoleSize,
    Annotations: older('1.43') ? {} : host.Annotations,
  };
  const { Healthcheck } = Config;
  const plain = older('1.44') && Healthcheck !== null ? { ...Healthcheck, StartInterval: 0 } : Healthcheck;
  return {
    ...body,
    Config: { ...Config, Healthcheck: plain },
    HostConfig,
    Endpoints: older('1.48') ? withEqualPriority(Endpoints) : Endpoints,
  };
}

const withEqualPriority = (endpoints: ContainerCreateBody['Endpoints']): ContainerCreateBody['Endpoints'] =>
  Object.fromEntries(Object.entries(endpoints).map(([name, one]) => [name, { ...one, GwPriority: 0 }]));

/** Older clients said this themselves. */
function driverWarnings({ HostConfig }: ContainerCreateBody, version: string): readonly string[] {
  const undecided = HostConfig.Mounts.some(
    ({ Type, VolumeOptions }) => Type === 'volume' && !VolumeOptions?.DriverConfig?.Name,
  );
  if (HostConfig.VolumeDriver === '' || !undecided || before(version, '1.48')) return [];
  return [
    "WARNING: the container-wide volume-driver configuration is ignored for volumes specified via 'mount'. Use '--mount type=volume,volume-driver=...' instead",
  ];
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
