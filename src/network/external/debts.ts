import { KeyedQueue, messageOf, shortId } from '../../base/index.ts';
import type { EndpointRecord, NetworkRecord, OwedRelease } from '../../store/records.ts';
import type { Core } from '../core.ts';
import { Unreachable } from '../plugins/index.ts';
import { releaseAddresses } from './addresses.ts';
import { isRemoteIpam } from './ipams.ts';

type Parts = Pick<Core, 'records' | 'drivers' | 'ipams' | 'log'>;

/**
 * What plugins have still to be told of endpoints that are gone here. It is written down together with their going, so
 * that neither a plugin that is away nor a crash of ours leaves them there for ever.
 */
export class Debts {
  readonly #core: Parts;
  /** One for each network: a debt is paid once. */
  readonly #queue = new KeyedQueue();
  /** Endpoints whose Leave was answered. */
  readonly #left = new Set<string>();

  constructor(core: Parts) {
    this.#core = core;
  }

  /** Notes what plugins know of a leased endpoint that goes. Writes, within a transaction. */
  owe({ id, networkId, lease }: EndpointRecord): void {
    const network = this.#core.records.network(networkId);
    if (network === undefined || lease === undefined) return;
    const joined = this.#isExternal(network);
    const addresses = isRemoteIpam(network) ? [lease.ipv4, lease.ipv6].filter((one) => one !== undefined) : [];
    if (!joined && addresses.length === 0) return;
    const owed = [...(network.owed ?? []), { endpointId: id, addresses, joined }];
    this.#core.records.putNetwork({ ...network, owed });
  }

  /** Before an endpoint's interface goes back: it leads out no longer, and leaves its sandbox. Never throws. */
  async leave({ id, networkId }: Pick<EndpointRecord, 'id' | 'networkId'>, leadsOut: boolean): Promise<void> {
    const { drivers, records } = this.#core;
    const network = records.network(networkId);
    if (network === undefined) return;
    const { external } = drivers.get(network.driver);
    if (external === undefined) return;
    try {
      if (leadsOut) await this.#tell(network, id, () => external.conceal(networkId, id));
      await this.#tell(network, id, () => external.leave(networkId, id));
      this.#left.add(id);
    } catch (error) {
      this.#core.log.warn(`network ${network.name}: endpoint ${shortId(id)} is left later: ${messageOf(error)}`);
    }
  }

  /** Tells the plugins of a network what is owed; what they do not hear stays owed. Never throws. */
  settle(networkId: string): Promise<void> {
    if ((this.#core.records.network(networkId)?.owed ?? []).length === 0) return Promise.resolve();
    return this.#queue.run(networkId, async () => {
      for (const debt of this.#core.records.network(networkId)?.owed ?? []) {
        const network = this.#core.records.network(networkId);
        if (network === undefined) return;
        try {
          await this.#pay(network, debt);
        } catch (error) {
          const what = `network ${network.name}: endpoint ${shortId(debt.endpointId)} stays owed`;
          this.#core.log.warn(`${what}: ${messageOf(error)}`);
          return;
        }
        this.#paid(networkId, debt);
      }
    });
  }

  /** All that is owed, as after a start. Never throws. */
  async settleAll(): Promise<void> {
    const { records } = this.#core;
    const owing = records.networks().filter(({ owed = [] }) => owed.length > 0);
    await Promise.all(owing.map(({ id }) => this.settle(id)));
  }

  async #pay(network: NetworkRecord, { endpointId, addresses, joined }: OwedRelease): Promise<void> {
    const external = joined ? this.#core.drivers.get(network.driver).external : undefined;
    if (external !== undefined) {
      if (!this.#left.has(endpointId)) {
        await this.#tell(network, endpointId, () => external.leave(network.id, endpointId));
      }
      await this.#tell(network, endpointId, () => external.deleteEndpoint(network.id, endpointId));
    }
    await this.#tell(network, endpointId, () => releaseAddresses(this.#core, network, addresses));
  }

  /** Throws where nobody hears; a plugin that refuses has heard. */
  async #tell(network: NetworkRecord, endpointId: string, call: () => Promise<void>): Promise<void> {
    try {
      await call();
    } catch (error) {
      if (error instanceof Unreachable) throw error;
      this.#core.log.warn(`network ${network.name}: endpoint ${shortId(endpointId)}: ${messageOf(error)}`);
    }
  }

  #paid(networkId: string, debt: OwedRelease): void {
    this.#left.delete(debt.endpointId);
    const network = this.#core.records.network(networkId);
    if (network === undefined) return;
    const { owed = [], ...rest } = network;
    const left = owed.filter(({ endpointId }) => endpointId !== debt.endpointId);
    this.#core.records.putNetwork(left.length === 0 ? rest : { ...rest, owed: left });
  }

  #isExternal({ driver }: NetworkRecord): boolean {
    return this.#core.drivers.get(driver).external !== undefined;
  }
}
