import { AppError } from '../../base/index.ts';
import type { NetworkRecord } from '../../store/records.ts';
import type { Driver } from '../driver.ts';
import { wantedInterface } from '../drivers/interface-name.ts';
import { suggestion } from '../drivers/unknown-options.ts';
import type { AddressPool } from '../ipam/index.ts';
import { checkChildNetwork, optionsOf } from './check.ts';
import { childConfig } from './config.ts';
import type { Family } from './family.ts';
import { withHostAddresses } from './host-access.ts';
import { childGateway, planChildEndpoint, planChildNetwork } from './plan.ts';

export type { ChildKind, Family } from './family.ts';

/** A driver whose endpoints are links on a parent of the host: each has a place of its own on the parent's segment. */
export const childDriver = (family: Family): Driver => ({
  name: family.name,
  singleton: false,
  addressed: true,
  check: (network, others) => checkChildNetwork(family, network, others),
  warnings: (network) =>
    Object.keys(network.options)
      .filter((key) => !optionsOf(family).includes(key))
      .map((key) => `option ${key} is not known here and has no effect${suggestion(key, optionsOf(family))}`),
  complete: (network, neighbours) => completed(family, network, neighbours),
  withoutGateway: () => [4, 6],
  shared: (network) => {
    const { parent } = childConfig(family, network);
    return parent.type === 'vlan' ? `parent ${parent.name}` : undefined;
  },
  parent: (network) => {
    const { parent } = childConfig(family, network);
    return parent.type === 'dummy' ? undefined : parent.type === 'vlan' ? parent.below : parent.name;
  },
  planNetwork: (network) => planChildNetwork(family, network),
  planEndpoint: (joined) => planChildEndpoint(family, joined),
  gateway: (network, endpoint) => childGateway(family, network, endpoint),
  hostBinding: () => undefined,
  translates: () => false,
  publishes: false,
  interfaceName: (_network, { driverOptions }) => ({ prefix: 'eth', wanted: wantedInterface(driverOptions) }),
  checkEndpoint: (_network, { mac }) => {
    if (family.ownMac || mac === undefined) return;
    const why = "each has its parent's";
    throw new AppError('invalid', `${family.name} interfaces do not support custom mac address assignment: ${why}`);
  },
  lease: (lease) => ({ ...lease, hostInterface: '', mac: family.ownMac ? lease.mac : '' }),
});

/** Without a parent nothing leads out: such a network is internal, whether it was asked to be or not. */
function completed(family: Family, network: NetworkRecord, neighbours: readonly AddressPool[]): NetworkRecord {
  const config = childConfig(family, network);
  const pools = config.shim === undefined ? network.ipam.pools : withHostAddresses(network, config, neighbours);
  return {
    ...network,
    internal: network.internal || config.parent.type === 'dummy',
    ipam: {
      ...network.ipam,
      pools: family.usesGateway(config.kind) ? pools : pools.map(({ gateway: _, ...pool }) => pool),
    },
  };
}
