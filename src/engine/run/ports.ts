import {
  type ContainerConfig,
  type HostConfig,
  normalizePortSet,
  parsePortKey,
  portRequests,
} from '../../contract/index.ts';
import type { ExposedPort, PortRequest } from '../../network/index.ts';

/** Every `-p` of a container, and with `-P` every exposed port that has none. */
export function wantedPorts(container: {
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
}): PortRequest[] {
  const { config, hostConfig } = container;
  const bindings = Object.entries(hostConfig.PortBindings).map(([key, list]) => [
    key,
    list.length === 0 ? [any] : list,
  ]);
  const requests = portRequests(Object.fromEntries(bindings));
  if (!hostConfig.PublishAllPorts) return requests;
  const exposed = Object.keys(config.ExposedPorts).filter((key) => hostConfig.PortBindings[key] === undefined);
  return [...requests, ...exposed.map(anyHostPort)];
}

/** All that it says it serves. */
export function exposedPorts({
  config,
  hostConfig,
}: {
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
}): ExposedPort[] {
  const keys = Object.keys(
    normalizePortSet([...Object.keys(config.ExposedPorts), ...Object.keys(hostConfig.PortBindings)]),
  );
  return keys.map(parsePortKey).map(({ protocol, first }) => ({ protocol, port: first }));
}

/** An empty list of bindings means one with nothing asked, as Docker back-fills it. */
const any = { HostIp: '', HostPort: '' };

function anyHostPort(key: string): PortRequest {
  const { first, protocol } = parsePortKey(key);
  return { protocol, containerPort: first, hostIp: '', hostPortFirst: 0, hostPortLast: 0 };
}
