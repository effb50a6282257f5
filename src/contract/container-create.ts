import * as v from 'valibot';
import { AppError } from '../base/index.ts';
import { type ContainerConfig, containerConfigEntries } from './container-config.ts';
import type { EndpointConfig } from './endpoint-config.ts';
import { networkingConfig } from './endpoint-config.ts';
import { flag, group, parseBody, texts, unsigned, whole } from './fields.ts';
import { type HostConfig, hostConfigEntries } from './host-config.ts';
import { type PortRequest, portRequests } from './ports.ts';

/** What only Windows' containers have: of the right type, and of no use here. */
const windows = { CpuCount: whole, CpuPercent: whole, IOMaximumIOps: unsigned, IOMaximumBandwidth: unsigned };

const createBody = v.object({
  ...containerConfigEntries,
  ArgsEscaped: flag,
  /** Of images only. */
  OnBuild: texts,
  HostConfig: group({ ...hostConfigEntries, ...windows }),
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
  const { HostConfig: host, NetworkingConfig, ArgsEscaped, OnBuild, ...Config } = parseBody(createBody, body);
  const { CpuCount, CpuPercent, IOMaximumIOps, IOMaximumBandwidth, ...HostConfig } = host;
  if (IOMaximumBandwidth > 0) refuseQos('maximum bandwidth');
  if (IOMaximumIOps > 0) refuseQos('maximum IOPs');
  return {
    Config,
    HostConfig,
    Endpoints: NetworkingConfig.EndpointsConfig,
    Ports: portRequests(HostConfig.PortBindings),
  };
}

function refuseQos(what: string): never {
  throw new AppError('invalid', `invalid option: QoS ${what} configuration is not supported on linux`);
}
