import * as v from 'valibot';
import { type ContainerConfig, containerConfigEntries } from './container-config.ts';
import type { EndpointConfig } from './endpoint-config.ts';
import { networkingConfig } from './endpoint-config.ts';
import { group, parseBody } from './fields.ts';
import { type HostConfig, hostConfigEntries } from './host-config.ts';
import { type PortRequest, portRequests } from './ports.ts';

const createBody = v.object({
  ...containerConfigEntries,
  HostConfig: group(hostConfigEntries),
  NetworkingConfig: networkingConfig,
});

/** The wire form, for clients: every key may be left out. */
export type ContainerCreateInput = v.InferInput<typeof createBody>;

/** A container as asked for, parsed, defaults filled in. */
export type ContainerCreateBody = {
  readonly Config: ContainerConfig;
  readonly HostConfig: HostConfig;
  /** By network name or id, in the order given. */
  readonly Endpoints: Readonly<Record<string, EndpointConfig>>;
  /** HostConfig.PortBindings as a list. */
  readonly Ports: readonly PortRequest[];
};

/** Body of `POST /containers/create`. Throws `invalid`. */
export function parseContainerCreate(body: unknown): ContainerCreateBody {
  const { HostConfig, NetworkingConfig, ...Config } = parseBody(createBody, body);
  return {
    Config,
    HostConfig,
    Endpoints: NetworkingConfig.EndpointsConfig,
    Ports: portRequests(HostConfig.PortBindings),
  };
}
