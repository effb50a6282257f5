import { brief, MissingMethod, type Patience, type Plugin, patient } from '../../plugins/index.ts';
import { accepted, addressOf, type Capabilities, capabilitiesOf, type GivenPool, poolOf, spaceOf } from './answers.ts';

/** A pool that records hold, and the addresses of it that somebody has, to be asked for again. */
export type HeldPool = {
  readonly request: PoolQuery;
  readonly poolId: string;
  /** Without prefix. */
  readonly gateway: string | undefined;
  readonly addresses: readonly string[];
};

export type PoolQuery = {
  readonly space: string;
  /** CIDR; "" for any. */
  readonly pool: string;
  /** CIDR inside the pool that addresses come from; "" for all of it. */
  readonly subPool: string;
  readonly options: Readonly<Record<string, string>>;
  readonly v6: boolean;
};

const addressType = { RequestAddressType: 'com.docker.network.gateway' };
const macOption = 'com.docker.network.endpoint.macaddress';

/** Addresses of a plugin. Before its first answer, and after it was started anew, it is told again what it gave. */
export class RemoteIpam {
  readonly #plugin: Plugin;
  readonly #held: () => readonly HeldPool[];
  #met: { readonly activation: number; readonly capabilities: Capabilities } | undefined;
  #meeting: Promise<Capabilities> | undefined;

  /** `held` reads the records, for a plugin that keeps nothing itself. */
  constructor(plugin: Plugin, held: () => readonly HeldPool[]) {
    this.#plugin = plugin;
    this.#held = held;
  }

  async capabilities(patience: Patience = patient): Promise<Capabilities> {
    await this.#plugin.expect('IpamDriver', patience);
    if (this.#met?.activation === this.#plugin.activations) return this.#met.capabilities;
    this.#meeting ??= this.#meet(patience).finally(() => {
      this.#meeting = undefined;
    });
    return this.#meeting;
  }

  /** Name of the space that pools of one machine are in. */
  async space(): Promise<string> {
    await this.capabilities();
    return spaceOf('IpamDriver.GetDefaultAddressSpaces', await this.#call('GetDefaultAddressSpaces', {}, patient));
  }

  async requestPool(query: PoolQuery): Promise<GivenPool> {
    await this.capabilities();
    return this.#requestPool(query, patient);
  }

  async releasePool(poolId: string): Promise<void> {
    await this.#call('ReleasePool', { PoolID: poolId }, brief);
  }

  /** `address` without prefix, undefined for any. Answers with prefix. */
  async requestGateway(poolId: string, address: string | undefined): Promise<string | undefined> {
    return this.#requestAddress(poolId, address, addressType, patient);
  }

  async requestAddress(poolId: string, address: string | undefined, mac: string): Promise<string | undefined> {
    const { wantsMac } = await this.capabilities();
    return this.#requestAddress(poolId, address, wantsMac ? { [macOption]: mac } : {}, patient);
  }

  /** `address` without prefix. */
  async releaseAddress(poolId: string, address: string): Promise<void> {
    await this.#call('ReleaseAddress', { PoolID: poolId, Address: address }, brief);
  }

  async #meet(patience: Patience): Promise<Capabilities> {
    const activation = this.#plugin.activations;
    const capabilities = await this.#askCapabilities(patience);
    if (capabilities.forgets) for (const pool of this.#held()) await this.#replay(pool, patience);
    this.#met = { activation, capabilities };
    return capabilities;
  }

  /** Plugins older than this method answer 404: they want nothing. */
  async #askCapabilities(patience: Patience): Promise<Capabilities> {
    try {
      const answer = await this.#call('GetCapabilities', {}, patience);
      return capabilitiesOf('IpamDriver.GetCapabilities', answer);
    } catch (error) {
      if (error instanceof MissingMethod) return { wantsMac: false, forgets: false };
      throw error;
    }
  }

  async #replay({ request, poolId, gateway, addresses }: HeldPool, patience: Patience): Promise<void> {
    await this.#requestPool(request, patience);
    if (gateway !== undefined) await this.#requestAddress(poolId, gateway, addressType, patience);
    for (const address of addresses) await this.#requestAddress(poolId, address, {}, patience);
  }

  async #requestPool({ space, pool, subPool, options, v6 }: PoolQuery, patience: Patience): Promise<GivenPool> {
    const body = { AddressSpace: space, Pool: pool, SubPool: subPool, Options: options, V6: v6 };
    return poolOf('IpamDriver.RequestPool', await this.#call('RequestPool', body, patience));
  }

  async #requestAddress(
    poolId: string,
    address: string | undefined,
    options: object,
    patience: Patience,
  ): Promise<string | undefined> {
    const body = { PoolID: poolId, Address: address ?? '', Options: options };
    return addressOf('IpamDriver.RequestAddress', await this.#call('RequestAddress', body, patience));
  }

  async #call(verb: string, body: object, patience: Patience): Promise<unknown> {
    const answer = await this.#plugin.call('IpamDriver', verb, body, patience);
    accepted(`IpamDriver.${verb}`, answer);
    return answer;
  }
}
