import type {
  EndpointLease,
  EndpointRecord,
  EndpointRequest,
  ExposedPort,
  NetworkRecord,
  SandboxRecord,
} from '../store/records.ts';
import type { ExternalDriver } from './external/driver.ts';
import type { AddressPool } from './ipam/index.ts';
import type { Plan } from './plan/types.ts';

/** What the engine's flags say to every network of a driver. */
export type DriverSettings = {
  /** MTU of links whose network does not say, as it is now: the kernel's own default when absent. */
  readonly mtu?: number | undefined;
  /** With --allow-direct-routing: published ports are reached by the containers' own addresses, from everywhere. */
  readonly directRouting?: boolean;
  /** False with --ip-masq=false: no network hides its addresses. */
  readonly masquerade: boolean;
  /** Whether the rule set judges frames within a bridge, too: not with every kernel. Absent: no. */
  readonly judgesFrames?: boolean;
  /** Whether bridges show their frames to the packet filter, as they are now (br_netfilter). Absent: no. */
  readonly filtersFrames?: boolean;
};

/**
 * One container that may reach ports of another, by their addresses on a network that keeps its containers apart: of one
 * family.
 */
export type Link = { readonly from: string; readonly to: string; readonly ports: readonly ExposedPort[] };

/** An endpoint of a running container, with all that its plan depends on. */
export type JoinedEndpoint = {
  readonly network: NetworkRecord;
  readonly endpoint: EndpointRecord;
  readonly lease: EndpointLease;
  readonly sandbox: SandboxRecord;
  /** Links from and to this endpoint. Asked for only where they matter: it looks at all members. Absent: none. */
  links?(): readonly Link[];
};

/** Whether an endpoint holds its sandbox's default route of a family, and the ports published in it. */
export const leads = ({ endpoint, sandbox }: Pick<JoinedEndpoint, 'endpoint' | 'sandbox'>, family: 4 | 6): boolean =>
  endpoint.id === (family === 4 ? sandbox.gatewayEndpointId : sandbox.gateway6EndpointId);

/** Where a sandbox's default route leads through one of its endpoints; "" to the link itself, without a gateway. */
export type Gateway = { readonly ipv4?: string; readonly ipv6?: string };

/** A name that was asked for, or the prefix of the next free one: "eth" for eth0, eth1, … */
export type InterfaceName = { readonly prefix: string; readonly wanted: string | undefined };

/**
 * A network driver: pure functions from records to plans. It sees no kernel and keeps no state, so every driver gets
 * repair, collection and explanation from the reconciler.
 */
export interface Driver {
  /** As in the API: "bridge". */
  readonly name: string;
  /** Whether there is exactly one network of this driver, made by the engine. */
  readonly singleton: boolean;
  /** Whether its endpoints have addresses and links of their own: host and none have not. */
  readonly addressed: boolean;
  /** The part that calls who makes its networks; absent where we do. */
  readonly external?: ExternalDriver;
  /**
   * Checks a new network in itself and against the others; `sharing` are those of them that have addresses in common
   * with it (absent: ask all), so that nobody has to compare all. Throws Docker's errors.
   */
  check(network: NetworkRecord, others: readonly NetworkRecord[], sharing?: readonly NetworkRecord[]): void;
  /** What is odd but not refused, one sentence each. */
  warnings(network: NetworkRecord): readonly string[];
  /**
   * A new network's record, checked, with what the driver adds. `neighbours` are the pools of other networks on the same
   * addresses. Absent: nothing. Throws Docker's errors.
   */
  complete?(network: NetworkRecord, neighbours: readonly AddressPool[]): NetworkRecord;
  /** Families in which a pool has a gateway only if one was asked for. Absent: none. */
  withoutGateway?(network: Pick<NetworkRecord, 'id' | 'internal' | 'options'>): readonly (4 | 6)[];
  /** What of the host several networks share, as "parent eth0.10": it is planned for all of them together. */
  shared?(network: Pick<NetworkRecord, 'id' | 'options'>): string | undefined;
  /** The link of the host, not ours, that it stands on, as "eth0". */
  parent?(network: NetworkRecord): string | undefined;
  planNetwork(network: NetworkRecord): Plan;
  planEndpoint(joined: JoinedEndpoint): Plan;
  /** Undefined when containers get no way out through this network, or this endpoint of it. */
  gateway(network: NetworkRecord, endpoint?: Pick<EndpointRecord, 'lease'>): Gateway | undefined;
  /** Host address of ports that are published without one; undefined for all. */
  hostBinding(network: NetworkRecord): string | undefined;
  /** Whether published ports are ports of the host: not where the network is reached without translation. */
  translates(network: NetworkRecord, family: 4 | 6): boolean;
  /** False where we publish no ports: every container has an address of its own outside, or a plugin does it. */
  readonly publishes?: boolean;
  /** Refuses what an endpoint asks for. Throws Docker's errors. */
  checkEndpoint?(network: NetworkRecord, request: EndpointRequest): void;
  /** What of a lease its endpoints make use of. Absent: all. */
  lease?(lease: EndpointLease): EndpointLease;
  /** What an endpoint's interface is called inside. Throws Docker's errors. */
  interfaceName(network: NetworkRecord, request: EndpointRequest): InterfaceName;
}
