import type { EndpointLease, EndpointRecord, NetworkRecord, PluginJoin, SandboxRecord } from '../../store/records.ts';

/** Addresses with prefix, and a MAC: what an endpoint has, or what a plugin fills in. */
export type InterfaceSettings = Partial<Pick<EndpointLease, 'ipv4' | 'ipv6' | 'mac'>>;

/** What a plugin answers to a join: also what the interface is called inside, and a number after it. */
export type Joined = { readonly join: PluginJoin; readonly prefix: string };

/**
 * The part of a driver that calls somebody else, who makes networks and endpoints beside us. What is answered goes into
 * the records, and plans come from them alone. The second verb of each pair is safe to repeat, and to call for what its
 * callee never heard of.
 */
export interface ExternalDriver {
  /** Whether the network is this machine's alone. Throws `not-found` when there is no such driver. */
  scope(): Promise<NetworkRecord['scope']>;
  /** Families in which a new network's pools need no gateway, unless one was asked for. Called after `scope`. */
  withoutGateway(network: Omit<NetworkRecord, 'ipam'>): Promise<readonly (4 | 6)[]>;
  createNetwork(network: NetworkRecord): Promise<void>;
  deleteNetwork(network: NetworkRecord): Promise<void>;
  /** Answers what the endpoint did not have yet. */
  createEndpoint(endpoint: EndpointRecord, sandbox: SandboxRecord, has: InterfaceSettings): Promise<InterfaceSettings>;
  deleteEndpoint(networkId: string, endpointId: string): Promise<void>;
  /** `key` is the path of the sandbox's namespace. */
  join(endpoint: EndpointRecord, sandbox: SandboxRecord, key: string): Promise<Joined>;
  leave(networkId: string, endpointId: string): Promise<void>;
  /** The endpoint leads its sandbox out from now on, and serves its ports; or no longer. */
  expose(endpoint: EndpointRecord, sandbox: SandboxRecord): Promise<void>;
  conceal(networkId: string, endpointId: string): Promise<void>;
}
