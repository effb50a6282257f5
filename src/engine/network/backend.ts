import { AppError } from '../../base/index.ts';
import {
  checkFilters,
  type Filters,
  type NetworkConnectBody,
  type NetworkCreateBody,
  type NetworkInspect,
  notManager,
} from '../../contract/index.ts';
import { mixtureTexts, type NetworkCreate, type RepairReport } from '../../network/index.ts';
import type { EndpointRequest, NetworkRecord } from '../../store/index.ts';
import type { ContainerRecord } from '../container/record.ts';
import { endpointRequest } from '../create/create.ts';
import type { Parts } from '../parts.ts';
import { networkMode } from '../run/network.ts';
import { unlessTaken } from '../system/unless-taken.ts';
import { matchesPrune } from '../view/filter.ts';
import { matchesNetwork } from './filter.ts';
import { predefined } from './predefined.ts';
import { networkView } from './view.ts';

/**
 * A container's own address, which only clients before API 1.44 give it, is that of its main network, however often it
 * is connected to that: compose 1.29 disconnects what it has just created, and connects it with names.
 */
function withOwnMac(request: EndpointRequest, { config, hostConfig }: ContainerRecord, network: NetworkRecord) {
  const isMain = [network.id, network.name].includes(hostConfig.NetworkMode);
  return isMain && request.mac === undefined && config.MacAddress !== ''
    ? { ...request, mac: config.MacAddress }
    : request;
}

/** The networks as the API asks for them. */
export class NetworksBackend {
  readonly #parts: Parts;
  #pruning = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async create(body: NetworkCreateBody): Promise<{ readonly Id: string; readonly Warning: string }> {
    checkSupported(body);
    const network = await this.#parts.network.createNetwork(networkCreate(body));
    this.#tell('create', network);
    return { Id: network.id, Warning: this.#parts.network.warningsOf(network).join('\n') };
  }

  async list(filters: Filters, options: { readonly members: boolean }): Promise<readonly NetworkInspect[]> {
    const wanted = matchesNetwork(this.#parts, filters);
    return this.#parts.network
      .networks()
      .filter(wanted)
      .map((network) => networkView(this.#parts, network, options));
  }

  async inspect(ref: string, options: { readonly scope: string }): Promise<NetworkInspect> {
    if (!['', 'local'].includes(options.scope)) throw new AppError('not-found', `network ${ref} not found`);
    return networkView(this.#parts, this.#parts.network.network(ref), { members: true });
  }

  async remove(ref: string): Promise<void> {
    this.#tell('destroy', await this.#parts.network.removeNetwork(ref));
  }

  async connect(ref: string, { Container: container, EndpointConfig }: NetworkConnectBody): Promise<void> {
    const { id, record, running } = this.#parts.containers.find(container);
    const network = this.#parts.network.network(ref);
    const isUp = running || this.#parts.network.sandboxOf(id) !== undefined;
    this.#refuseMarked(id);
    const mode = networkMode(record.hostConfig.NetworkMode);
    if (mode.kind === 'container') throw new AppError('invalid', mixtureTexts.shared);
    // Also one that is on no network: it has a stack of its own.
    if (network.driver === 'host' && record.hostConfig.NetworkMode !== 'host') {
      throw new AppError('invalid', mixtureTexts.host);
    }
    if (network.driver === 'null' && isUp && record.hostConfig.NetworkMode !== 'none') {
      throw new AppError('invalid', mixtureTexts.none);
    }
    const request = withOwnMac(endpointRequest(EndpointConfig), record, network);
    await this.#parts.network.connect(id, network.id, request);
    if (isUp) this.#tell('connect', network, id);
  }

  async disconnect(ref: string, container: string, force: boolean): Promise<void> {
    const id = this.#memberId(ref, container, force);
    const network = this.#parts.network.network(ref);
    this.#refuseMarked(id);
    await this.#parts.network.disconnect(id, network.id);
    this.#tell('disconnect', network, id);
  }

  #refuseMarked(id: string): void {
    const status = this.#parts.containers.byId(id)?.state.status;
    if (status !== 'removing' && status !== 'dead') return;
    const text = `Container ${id} is marked for removal and cannot be connected or disconnected to the network`;
    throw new AppError('conflict', text);
  }

  /** With `force` also a container that is no longer known, by the id its endpoint remembers. */
  #memberId(ref: string, container: string, force: boolean): string {
    try {
      return this.#parts.containers.find(container).id;
    } catch (error) {
      if (!force || !(error instanceof AppError && error.kind === 'not-found')) throw error;
      const ghost = this.#parts.network
        .endpointsIn(this.#parts.network.network(ref).id)
        .find(({ containerId }) => containerId.startsWith(container));
      if (ghost === undefined) throw new AppError('not-found', `endpoint ${container} not found`);
      return ghost.containerId;
    }
  }

  /** Removes what the user made and nobody uses. */
  async prune(filters: Filters): Promise<{ readonly NetworksDeleted: readonly string[] | null }> {
    checkFilters(filters, ['label', 'label!', 'until']);
    const wanted = matchesPrune(filters);
    if (this.#pruning) throw new AppError('conflict', 'a prune operation is already running');
    this.#pruning = true;
    try {
      return await this.#prune(wanted);
    } finally {
      this.#pruning = false;
    }
  }

  async #prune(
    wanted: ReturnType<typeof matchesPrune>,
  ): Promise<{ readonly NetworksDeleted: readonly string[] | null }> {
    const unused = this.#parts.network
      .networks()
      .filter(({ name, labels, created, configOnly }) => {
        return !predefined.has(name) && configOnly !== true && wanted(labels, created);
      })
      .filter(({ id }) => this.#parts.network.endpointsIn(id).length === 0);
    const gone: string[] = [];
    for (const { id, name } of unused) if (await unlessTaken(this.remove(id))) gone.push(name);
    this.#parts.events.emit('network', 'prune', '', { reclaimed: '0' });
    return { NetworksDeleted: gone.length === 0 ? null : gone };
  }

  repair(): Promise<RepairReport> {
    return this.#parts.network.repair();
  }

  #tell(action: string, { id, name, driver }: NetworkRecord, container?: string): void {
    const member = container === undefined ? {} : { container };
    this.#parts.events.emit('network', action, id, { name, type: driver, ...member });
  }
}

/** What needs a swarm, or is not built yet, is refused before anything is made. */
function checkSupported(body: NetworkCreateBody): void {
  if (body.Ingress) throw new AppError('forbidden', 'Ingress network can only be global scope network');
  if (body.Scope === 'swarm') {
    throw new AppError('forbidden', 'cannot create a swarm scoped network when swarm is not active');
  }
  if (body.Driver === 'overlay') {
    throw new AppError('forbidden', notManager);
  }
}

function networkCreate(body: NetworkCreateBody): NetworkCreate {
  const configFrom = body.ConfigFrom?.Network ?? '';
  return {
    name: body.Name,
    driver: body.Driver,
    ipv4: body.EnableIPv4 ?? undefined,
    ipv6: body.EnableIPv6 ?? undefined,
    configOnly: body.ConfigOnly,
    scope: body.Scope,
    ...(configFrom === '' ? {} : { configFrom }),
    internal: body.Internal,
    attachable: body.Attachable,
    ipam: {
      driver: body.IPAM.Driver,
      options: body.IPAM.Options,
      pools: body.IPAM.Config.map((pool) => ({
        ...(pool.Subnet === '' ? {} : { subnet: pool.Subnet }),
        ...(pool.IPRange === '' ? {} : { ipRange: pool.IPRange }),
        ...(pool.Gateway === '' ? {} : { gateway: pool.Gateway }),
        ...(Object.keys(pool.AuxiliaryAddresses).length === 0 ? {} : { auxiliary: pool.AuxiliaryAddresses }),
      })),
    },
    options: body.Options,
    labels: body.Labels,
  };
}
