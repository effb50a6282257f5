import type { Cidr } from '../base/index.ts';
import type {
  EndpointRecord,
  EndpointRequest,
  ExposedPort,
  NetworkRecord,
  PortRequest,
  SandboxRecord,
} from '../store/records.ts';
import type { AcceptedMark } from './firewall/index.ts';

export type { ExposedPort, PortRequest } from '../store/records.ts';

/** A network as the API asks for it. Nothing here is checked yet. */
export type NetworkCreate = {
  readonly name: string;
  /** "" means bridge. */
  readonly driver: string;
  /** undefined: as an option says, else yes. */
  readonly ipv4: boolean | undefined;
  /** undefined: as an option says, else no. */
  readonly ipv6: boolean | undefined;
  /** Only kept, for others to be made from. */
  readonly configOnly?: boolean;
  /** The configuration network that says the rest. */
  readonly configFrom?: string;
  /** "" or absent: local. */
  readonly scope?: string;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ipam: {
    /** "" means default. */
    readonly driver: string;
    readonly options: Readonly<Record<string, string>>;
    readonly pools: readonly {
      readonly subnet?: string;
      readonly ipRange?: string;
      readonly gateway?: string;
      readonly auxiliary?: Readonly<Record<string, string>>;
    }[];
  };
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
};

/** What the engine tells the network about a container whose sandbox is to be built. */
export type SandboxRequest = {
  readonly containerId: string;
  readonly containerName: string;
  readonly hostname: string;
  readonly domainname: string;
  readonly ports: readonly PortRequest[];
  /** What the container says it serves, published or not: what links open. */
  readonly exposed?: readonly ExposedPort[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  /** "name:address"; address may be "host-gateway". */
  readonly extraHosts: readonly string[];
  /** Where hosts, resolv.conf and hostname are written for the bind mounts: the container's own folder. */
  readonly filesDir: string;
};

/** A sandbox that is up. */
export type SandboxUp = {
  readonly sandbox: SandboxRecord;
  /** Path to join: bind mount of the namespace. */
  readonly netnsPath: string;
};

/**
 * The Container Network Model, as the engine sees it. Every verb is safe to call while others run: work on one
 * container or network is queued behind the same queue. Texts and kinds of the errors are Docker's.
 */
export interface NetworkController {
  /** Loads records, makes the kernel agree with them (repair), brings resolvers and port reservations back. */
  start(): Promise<void>;
  /** Closes descriptors; the kernel's state stays: the network outlives the process. */
  stop(): Promise<void>;
  /** Compares all plans with the kernel and mends: what is missing is restored, what no record owns is removed. */
  repair(): Promise<RepairReport>;

  createNetwork(request: NetworkCreate): Promise<NetworkRecord>;
  /** By id, name or unique prefix. Throws Docker's 404/400/403. Answers when the kernel's objects are gone. */
  removeNetwork(ref: string): Promise<NetworkRecord>;
  network(ref: string): NetworkRecord;
  networks(): readonly NetworkRecord[];
  /** What is odd about a network but not refused, one sentence each. */
  warningsOf(network: NetworkRecord): readonly string[];
  /** Names of the drivers there are, in alphabetical order. */
  drivers(): readonly string[];
  /** Interface names and such that inspect shows: Options as Docker prints them. */
  endpointsOf(containerId: string): readonly EndpointRecord[];
  endpointsIn(networkId: string): readonly EndpointRecord[];
  /** Addresses in use and left, by block in the order of the record. */
  ipamStatus(networkId: string): readonly SubnetStatus[];
  /** Told of what happens to networks by itself, from now on. One listener, which outlives stop and start. */
  onEvent(listener: (event: NetworkEvent) => void): void;
  /** What is wrong at this moment, one sentence each: routes of the host's in a network's way. For info. */
  warnings(): readonly string[];

  /** Records an attachment; when the container's sandbox is up, also plugs it in, live. */
  connect(containerId: string, networkRef: string, request: EndpointRequest): Promise<EndpointRecord>;
  /** The reverse; `force` also when the container is unknown. */
  disconnect(containerId: string, networkRef: string): Promise<void>;

  /** Takes links that are `gone` away from a container's endpoint, live while its sandbox is up. */
  unlink(containerId: string, networkRef: string, gone: (link: string) => boolean): Promise<void>;

  /** Builds the sandbox and plugs in every recorded endpoint. On failure nothing is left behind. */
  sandboxUp(request: SandboxRequest): Promise<SandboxUp>;
  sandboxOf(containerId: string): SandboxUp | undefined;
  /** Withdraws ports, names and links, and drops the namespace. Safe to repeat. Records of endpoints stay, without lease. */
  sandboxDown(containerId: string): Promise<void>;
  /** Forgets the container: sandbox down, endpoint records deleted. */
  forget(containerId: string): Promise<void>;
  /** Names in DNS and hosts files follow, and the links of others. */
  rename(containerId: string, name: string, oldName: string): Promise<void>;
  /** Writes hosts, hostname and resolv.conf for a container in the host's network. */
  writeHostFiles(request: SandboxRequest): Promise<void>;
  /** After a start, for such a container that still runs: its resolv.conf follows the host's again. */
  resumeHostFiles(request: SandboxRequest): Promise<void>;
}

export type RepairReport = {
  /** One line each: "added link br-1a2b3c4d5e6f (network isolated_nw)". */
  readonly restored: readonly string[];
  readonly removed: readonly string[];
};

/** What the composition root passes in: dockerd's network flags. */
export type NetworkOptions = {
  readonly runDir: string;
  /**
   * Name of the default bridge; "none" for no default network. Absent: docker0, or portolan0 and so on where docker0 is
   * somebody else's.
   */
  readonly bridge?: string;
  readonly bip?: string;
  /** Where sockets of plugins are looked for before the folders that all engines look in. */
  readonly pluginDir?: string;
  readonly bip6?: string;
  /** Blocks within the default network that dynamic addresses come from. */
  readonly fixedCidr?: string;
  readonly fixedCidr6?: string;
  /** Where the default route of the default network's containers leads, if not to its bridge. */
  readonly defaultGateway?: string;
  readonly defaultGateway6?: string;
  /** Whether the default network has IPv6. */
  readonly ipv6?: boolean;
  readonly defaultAddressPools?: readonly { readonly base: Cidr; readonly size: number }[];
  readonly mtu?: number;
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  /** What "host-gateway" of `--add-host` stands for; absent or empty: the default bridge's own addresses. */
  readonly hostGatewayIps?: readonly string[];
  readonly ipForward: boolean;
  /** Where the engine turned forwarding on, it does not guard what is forwarded between others' interfaces. */
  readonly ipForwardNoDrop?: boolean;
  readonly ipMasquerade: boolean;
  /** Published ports are reached by the containers' own addresses, too. Absent: false. */
  readonly allowDirectRouting?: boolean;
  /** Packets with this mark reach every port of containers. Absent: none do. */
  readonly bridgeAcceptFwmark?: AcceptedMark;
  readonly icc: boolean;
  /** Default host address of published ports. */
  readonly ip?: string;
  /** By driver: options of new networks that do not say otherwise. */
  readonly defaultNetworkOptions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Name of our nftables table: two engines in one namespace need two. */
  readonly table: string;
  /** Names this host in its IPv6 addresses: stays the same over restarts, and is no other host's. Absent: the table. */
  readonly hostId?: string;
  /** Told once each: "turned on IPv4 forwarding…". Shown by info as warnings. */
  readonly notice: (message: string) => void;
};

/** What happens to a network by itself. */
export type NetworkEvent = {
  /** A route of the host's leads to addresses of the network, past it; and that is over. */
  readonly action: 'clash' | 'clash_end';
  readonly network: NetworkRecord;
  /** `subnet` and `route`: "172.16.0.0/12 dev tun0". */
  readonly attributes: Readonly<Record<string, string>>;
};

/** Addresses of one block of a network, as the API's IPAM status counts them. */
export type SubnetStatus = {
  /** CIDR. */
  readonly subnet: string;
  /** The gateway and what is never handed out included. */
  readonly inUse: bigint;
  /** That can still be handed out unasked. */
  readonly available: bigint;
};
