import { AppError, KeyedQueue, shortId } from '../base/index.ts';
import type { NetworkRecord, Pool } from '../store/records.ts';
import type { Addressing } from './addressing.ts';
import { checkConfiguration, refuseConfigurationInUse, withConfiguration } from './config-only.ts';
import type { Core } from './core.ts';
import { type SettledCreate, settled } from './defaults.ts';
import type { Driver } from './driver.ts';
import { isRemoteIpam } from './external/ipams.ts';
import { makeElsewhere, unmakeElsewhere } from './external/networks.ts';
import { expectAddresses, poolsElsewhere, returnPools } from './external/pools.ts';
import { configuredPools } from './ipam/index.ts';
import { findNetwork } from './lookup.ts';
import { checkNetworkOptions } from './network-options.ts';
import { checkName, recordOf } from './new-network.ts';
import { mergePlans } from './plan/merge.ts';
import { isPredefined } from './predefined.ts';
import type { NetworkCreate } from './types.ts';

/** Makes and removes networks. */
export class Networks {
  readonly #core: Core;
  /** One queue for each name: a network that is just going still has its bridge. */
  readonly #queue = new KeyedQueue();
  /** One for each thing that networks share: the last of them takes it along, and must know that it is the last. */
  readonly #sharing = new KeyedQueue();
  readonly #addressing: Addressing;

  constructor(core: Core, addressing: Addressing) {
    this.#core = core;
    this.#addressing = addressing;
  }

  create(request: NetworkCreate): Promise<NetworkRecord> {
    return this.#queue.run(request.name, () => this.#create(request));
  }

  async #create(asked: NetworkCreate): Promise<NetworkRecord> {
    const { records, names, clashes, forwarding, firewall, options } = this.#core;
    await this.#removeAbandoned(asked.name);
    checkName(asked.name, records.networks());
    if (asked.configOnly === true) return this.#keepConfiguration(asked);
    const request = settled(withConfiguration(asked, records.networks()), options);
    const { driver, scope } = await this.#core.drivers.resolve(request.driver || 'bridge');
    if (driver.singleton) {
      throw new AppError('forbidden', `only one instance of "${driver.name}" network is allowed`);
    }
    const network = await this.#alone(driver.shared?.({ id: '', options: request.options }), () =>
      this.#make(request, driver, scope),
    );
    names.refresh([network.id]);
    clashes.made(network);
    if (network.ipv6) forwarding.ensure(6, firewall);
    return network;
  }

  #keepConfiguration(asked: NetworkCreate): NetworkRecord {
    checkConfiguration(asked);
    const request = settled(asked, {});
    const pools = configuredPools(request, request.ipam.pools);
    const ipam = { driver: request.ipam.driver || 'default', options: request.ipam.options, pools };
    const network = { ...recordOf(request, 'null'), ipam, configOnly: true as const };
    this.#core.records.putNetwork(network);
    return network;
  }

  async #make(request: SettledCreate, driver: Driver, scope: NetworkRecord['scope']): Promise<NetworkRecord> {
    const { records, reconciler, planner, leases, log } = this.#core;
    await using undo = new AsyncDisposableStack();
    const { network: bare, given, withoutGateway } = await this.#begun(request, driver);
    // Nobody may come between the choice of free pools and the record.
    const pools = given ?? this.#addressing.choosePools({ ...request, pools: request.ipam.pools, withoutGateway });
    const asked = { ...bare, scope, ipam: { ...bare.ipam, pools } };
    undo.defer(async () => {
      await returnPools(this.#core, asked);
      records.deleteNetwork(asked.id);
    });
    checkNetworkOptions(asked);
    expectAddresses(driver, asked);
    driver.check(asked, records.networks(), records.sharing(asked));
    const network = driver.complete?.(asked, leases.neighboursOf(asked)) ?? asked;
    for (const warning of driver.warnings(network)) log.warn(`network ${network.name}: ${warning}`);
    const before = planner.companions(network);
    const after = mergePlans([before, planner.network(network)]);
    records.putNetwork(driver.external === undefined ? network : { ...network, unfinished: true });
    leases.regard();
    try {
      await makeElsewhere(this.#core, network);
      if (driver.external !== undefined) records.putNetwork(network);
      await reconciler.change(before, after);
    } catch (error) {
      records.putNetwork({ ...network, unfinished: true });
      leases.forget(network.id);
      await reconciler.change(after, before).catch((again: unknown) => log.warn(`network ${network.name}: ${again}`));
      throw error;
    }
    undo.move();
    return network;
  }

  /** In the queue of its name, nobody is making or removing it any more. */
  async #removeAbandoned(name: string): Promise<void> {
    const found = this.#core.records.networks().find((one) => one.name === name && one.unfinished === true);
    if (found !== undefined) await this.#remove(found.id);
  }

  #alone<T>(shared: string | undefined, body: () => Promise<T>): Promise<T> {
    return shared === undefined ? body() : this.#sharing.run(shared, body);
  }

  remove(ref: string): Promise<NetworkRecord> {
    const { name } = findNetwork(this.#core.records.networks(), ref);
    return this.#queue.run(name, () => this.#remove(ref));
  }

  async #remove(ref: string): Promise<NetworkRecord> {
    const { records, reconciler, planner, leases, names, drivers } = this.#core;
    const network = findNetwork(records.networks(), ref);
    if (isPredefined(network.name)) {
      throw new AppError('forbidden', `${network.name} is a pre-defined network and cannot be removed`);
    }
    await this.#alone(drivers.get(network.driver).shared?.(network), async () => {
      this.#refuseInUse(network);
      refuseConfigurationInUse(network, records.networks());
      await this.#forgetElsewhere(network);
      const after = planner.companions(network);
      const before = mergePlans([after, planner.network(network)]);
      records.transaction(() => {
        for (const one of records.endpointsIn(network.id)) records.putEndpoint({ ...one, lostNetwork: network.name });
        records.deleteNetwork(network.id);
      });
      leases.forget(network.id);
      this.#core.clashes.gone(network.id);
      names.refresh([network.id]);
      await reconciler.change(before, after);
    });
    return network;
  }

  /** Nobody may join what its plugins are about to forget. */
  async #forgetElsewhere(network: NetworkRecord): Promise<void> {
    const { records, drivers } = this.#core;
    if (drivers.get(network.driver).external === undefined && !isRemoteIpam(network)) return;
    records.putNetwork({ ...network, unfinished: true });
    await unmakeElsewhere(this.#core, network);
  }

  #refuseInUse(network: NetworkRecord): void {
    const { records } = this.#core;
    const active = records.endpointsIn(network.id).filter(({ lease }) => lease !== undefined);
    if (active.length === 0) return;
    const who = active.map(({ id, containerId }) => {
      const name = records.sandboxOf(containerId)?.containerName ?? shortId(containerId);
      return `name:"${name}" id:"${shortId(id)}"`;
    });
    throw new AppError(
      'forbidden',
      `error while removing network: network ${network.name} has active endpoints (${who.join(', ')})`,
    );
  }

  /** What is known of a new network before it has pools of ours, with those that somebody else gave. */
  async #begun({ ipam, ...request }: SettledCreate, driver: Driver): Promise<Begun> {
    const { pools, options } = ipam;
    const network = {
      ...recordOf({ ...request, ipam }, driver.name),
      ipam: { driver: ipam.driver || 'default', options, pools: [] },
    };
    const withoutGateway = (await driver.external?.withoutGateway(network)) ?? driver.withoutGateway?.(network) ?? [];
    return { network, withoutGateway, given: await poolsElsewhere(this.#core, network, { pools, withoutGateway }) };
  }
}

type Begun = {
  readonly network: NetworkRecord;
  readonly withoutGateway: readonly (4 | 6)[];
  /** Undefined: they are ours to choose. */
  readonly given: readonly Pool[] | undefined;
};
