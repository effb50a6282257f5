import type { EndpointRecord, NetworkRecord, SandboxRecord } from '../store/records.ts';
import type { JoinedEndpoint } from './driver.ts';
import { withEndpointOptions } from './endpoint-options.ts';
import { chooseGateways, type Gateways } from './gateway.ts';
import { linksOf } from './links.ts';
import { emptyNamespace, emptyPlan, mergePlans } from './plan/merge.ts';
import type { Plan } from './plan/types.ts';
import type { Records } from './records.ts';
import type { DriverRegistry } from './registry.ts';

/** Derives plans from records: what the kernel shall have, for one network, one container, or all. */
export class Planner {
  readonly #records: Records;
  readonly #drivers: DriverRegistry;

  constructor(records: Records, drivers: DriverRegistry) {
    this.#records = records;
    this.#drivers = drivers;
  }

  network(network: NetworkRecord): Plan {
    return this.#drivers.get(network.driver).planNetwork(network);
  }

  /** A container's sandbox and its endpoints, without the networks they stand on; empty while it has no sandbox. */
  container(containerId: string): Plan {
    const sandbox = this.#records.sandboxOf(containerId);
    return sandbox === undefined ? emptyPlan : this.#sandbox(sandbox);
  }

  /** Networks without who is on them: what an endpoint's plan may take for granted. */
  networks(ids: Iterable<string>): Plan {
    return mergePlans([...new Set(ids)].flatMap((id) => this.#networkById(id)));
  }

  /** The networks that share something of the host with this one, without itself. */
  companions(network: NetworkRecord): Plan {
    const sharedBy = (one: NetworkRecord): string | undefined => this.#drivers.get(one.driver).shared?.(one);
    const shared = sharedBy(network);
    if (shared === undefined) return emptyPlan;
    const others = this.#networks().filter((one) => one.id !== network.id && sharedBy(one) === shared);
    return mergePlans(others.map((one) => this.network(one)));
  }

  everything(): Plan {
    return mergePlans([
      ...this.#networks().map((network) => this.network(network)),
      ...this.#records
        .sandboxes()
        .flatMap((sandbox) => [sandboxPlan(sandbox), ...this.#joined(sandbox).map((one) => this.#endpoint(one))]),
    ]);
  }

  /** The endpoints among these that the default routes go through. */
  gatewaysAmong(endpoints: readonly EndpointRecord[]): Gateways {
    return chooseGateways(
      endpoints.flatMap((endpoint) => {
        const network = this.#records.network(endpoint.networkId);
        if (network === undefined) return [];
        return [{ endpoint, network, gateway: this.#drivers.get(network.driver).gateway(network, endpoint) }];
      }),
    );
  }

  /** Those that are to be: not what is still being made elsewhere, or just going. */
  #networks(): readonly NetworkRecord[] {
    return this.#records.networks().filter(({ unfinished }) => unfinished !== true);
  }

  #sandbox(sandbox: SandboxRecord): Plan {
    const endpoints = this.#joined(sandbox).map((one) => this.#endpoint(one));
    return mergePlans([sandboxPlan(sandbox), ...endpoints]);
  }

  #endpoint(joined: JoinedEndpoint): Plan {
    return withEndpointOptions(this.#drivers.get(joined.network.driver).planEndpoint(joined), joined);
  }

  #joined(sandbox: SandboxRecord): readonly JoinedEndpoint[] {
    return this.#records.endpointsOf(sandbox.containerId).flatMap((endpoint) => {
      const network = this.#records.network(endpoint.networkId);
      const { lease } = endpoint;
      if (network === undefined || lease === undefined) return [];
      return [{ network, endpoint, lease, sandbox, links: () => linksOf(this.#records, endpoint) }];
    });
  }

  #networkById(id: string): readonly Plan[] {
    const network = this.#records.network(id);
    return network === undefined ? [] : [this.network(network)];
  }
}

/** What every sandbox has, whatever its networks: the loopback. */
function sandboxPlan({ id }: SandboxRecord): Plan {
  const loopback = { name: 'lo', owner: `sandbox:${id}`, kind: { type: 'loopback' as const } };
  return { ...emptyPlan, sandboxes: new Map([[id, { ...emptyNamespace, links: [loopback] }]]) };
}
