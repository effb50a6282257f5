import { Cidr } from '../../base/index.ts';
import type { NetworkRecord, Pool } from '../../store/records.ts';
import { type HeldPool, RemoteIpam } from '../ipam/remote/index.ts';
import type { Plugins } from '../plugins/index.ts';
import type { Records } from '../records.ts';

/** The built-in kinds of addressing: our pools, and none at all. */
const builtIn: readonly string[] = ['', 'default', 'null'];

export const isRemoteIpam = ({ ipam }: Pick<NetworkRecord, 'ipam'>): boolean => !builtIn.includes(ipam.driver);

/** The IPAM plugins of one engine, by name. */
export class Ipams {
  readonly #plugins: Plugins;
  readonly #records: Records;
  readonly #ipams = new Map<string, RemoteIpam>();

  constructor(plugins: Plugins, records: Records) {
    this.#plugins = plugins;
    this.#records = records;
  }

  /** Whether or not there is such a plugin: calls tell. */
  named(name: string): RemoteIpam {
    let ipam = this.#ipams.get(name);
    if (ipam === undefined) {
      ipam = new RemoteIpam(this.#plugins.named(name), () => this.#held(name));
      this.#ipams.set(name, ipam);
    }
    return ipam;
  }

  /** Whether the network's addresses are those of a plugin that was told the hardware address of each endpoint. */
  async knowsMacs(network: NetworkRecord): Promise<boolean> {
    return isRemoteIpam(network) && (await this.named(network.ipam.driver).capabilities()).wantsMac;
  }

  #held(name: string): readonly HeldPool[] {
    return this.#records
      .networks()
      .filter(({ ipam }) => ipam.driver === name)
      .flatMap((network) => network.ipam.pools.flatMap((pool) => this.#heldPool(network, pool)));
  }

  #heldPool({ id, ipam }: NetworkRecord, pool: Pool): readonly HeldPool[] {
    const { remote, subnet, ipRange = '', gateway, auxiliary = {} } = pool;
    if (remote === undefined) return [];
    const block = Cidr.parse(subnet);
    const leased = this.#records
      .endpointsIn(id)
      .flatMap(({ lease }) => [lease?.ipv4, lease?.ipv6])
      .filter((address) => address !== undefined)
      .map((address) => address.split('/')[0]!)
      .filter(
        (address) =>
          address.includes(':') === (block.family === 6) && block.contains(Cidr.parse(`${address}/${block.prefix}`).ip),
      );
    const request = {
      space: remote.space,
      pool: subnet,
      subPool: ipRange,
      options: ipam.options,
      v6: block.family === 6,
    };
    return [{ request, poolId: remote.id, gateway, addresses: [...Object.values(auxiliary), ...leased] }];
  }
}
