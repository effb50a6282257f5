/**
 * The durable records: the one truth that everything in the kernel is derived from. Plain JSON values; every field that
 * can be derived is left out. Times are ISO 8601 in UTC, ids 64 hex digits.
 */

/** One address block of a network. */
export type Pool = {
  /** CIDR without host bits: "172.18.0.0/16". */
  readonly subnet: string;
  /** Dynamic addresses come only from here; inside `subnet`. */
  readonly ipRange?: string;
  /** The bridge's own address, without prefix. Absent: the network has no gateway in this family. */
  readonly gateway?: string;
  /** Reserved by name, never handed out. */
  readonly auxiliary?: Readonly<Record<string, string>>;
  /** True when the pool was chosen by us, false when the user asked for it. */
  readonly automatic: boolean;
  /** Of a pool that an IPAM plugin gave: what the plugin calls it, and its space of addresses. */
  readonly remote?: { readonly id: string; readonly space: string };
};

export type NetworkRecord = {
  readonly id: string;
  readonly name: string;
  /** "bridge", "host", "null" (the driver of network `none`), … */
  readonly driver: string;
  readonly created: string;
  /** "global" only where a plugin says so: its network is the same one on every machine. */
  readonly scope: 'local' | 'global';
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ipam: {
    readonly driver: string;
    readonly options: Readonly<Record<string, string>>;
    readonly pools: readonly Pool[];
  };
  /** As the user gave them; the driver parses them into its own type. */
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Only kept for others to be made from. Its driver is "null", its pools are as they were asked for. */
  readonly configOnly?: true;
  /** Name of the configuration network that it was made from. */
  readonly configFrom?: string;
  /** A plugin was asked to make it, and has not answered yet. */
  readonly unfinished?: true;
  /** What its plugins have still to be told. */
  readonly owed?: readonly OwedRelease[];
};

/** An endpoint that is gone here, of which plugins may still know. */
export type OwedRelease = {
  readonly endpointId: string;
  /** Addresses with prefix that an IPAM plugin has to take back. */
  readonly addresses: readonly string[];
  /** Whether the plugin of the network has been told of it. */
  readonly joined: boolean;
};

/** What the user asked of one attachment of a container to a network. */
export type EndpointRequest = {
  readonly aliases: readonly string[];
  /** "target:alias". */
  readonly links: readonly string[];
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly linkLocal: readonly string[];
  readonly mac?: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly gatewayPriority: number;
};

/** One attachment of a container to a network. Exists from create or connect until disconnect or remove. */
export type EndpointRecord = {
  readonly id: string;
  readonly networkId: string;
  readonly containerId: string;
  /** Order of attachment within the container: decides eth0, eth1, … */
  readonly order: number;
  readonly request: EndpointRequest;
  /** By a name in its links: who had that name, and was renamed since. */
  readonly linked?: Readonly<Record<string, string>>;
  /** Its network's name, when that was removed while the container was down. */
  readonly lostNetwork?: string;
  /** A running container is being connected, and a plugin was asked and has not answered yet. */
  readonly provisional?: true;
  /** Present while the sandbox is up: what the endpoint really has. */
  readonly lease?: EndpointLease;
};

export type EndpointLease = {
  /** Host end of the veth pair: "veth1a2b3c4". */
  readonly hostInterface: string;
  /** Inside the sandbox: "eth0". */
  readonly interface: string;
  readonly mac: string;
  /** Address with prefix: "172.17.0.2/16". */
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** What the plugin answered that drives the endpoint's network; absent until it has. */
  readonly plugin?: PluginJoin;
};

/** How an endpoint of a plugin's network joins its sandbox. */
export type PluginJoin = {
  /** An interface of the host's namespace, which moves into the sandbox. Absent: the plugin made none. */
  readonly source?: string;
  readonly gateway4?: string;
  readonly gateway6?: string;
  /** Without `via`: to what is on the link itself. */
  readonly routes: readonly { readonly destination: string; readonly via?: string }[];
};

/**
 * What an endpoint had when its sandbox went down: offered again to the same container, or to the next of its name, and
 * to anybody else last. One for each container and network, and a bounded number for each network.
 */
export type FormerLease = {
  /** "<network id>/<container id>". */
  readonly id: string;
  readonly networkId: string;
  readonly containerId: string;
  readonly containerName: string;
  /** Addresses with prefix, as in the lease. */
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** Absent when the user had chosen it. */
  readonly mac?: string;
  /** Counts up within the network: the lowest has been free for longest. */
  readonly released: number;
};

/** One `-p` as parsed from the API: a range on the container's side, and a host port, range or nothing ("any free"). */
export type PortRequest = {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly containerPort: number;
  readonly hostIp: string;
  /** 0 and 0: any free port of the ephemeral range. Different: the first free port of the range. */
  readonly hostPortFirst: number;
  readonly hostPortLast: number;
};

/** A published port, or a range of equal length on both sides, as resolved. Host ports are always known here. */
export type PublishedPort = {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly containerPort: number;
  /** As many as on the container's side. */
  readonly count: number;
  /** "" means every address of the host, both families. */
  readonly hostIp: string;
  /** 0: no port of the host leads there, its network is reached without translation. */
  readonly hostPort: number;
};

/** A port that a container says it serves, published or not. */
export type ExposedPort = { readonly protocol: 'tcp' | 'udp' | 'sctp'; readonly port: number };

/** A container's network namespace, and what it publishes. Exists while the container (or who shares with it) may run. */
export type SandboxRecord = {
  /** 64 hex digits; the namespace is bind-mounted under the run directory by its first 12. */
  readonly id: string;
  readonly containerId: string;
  /** As shown to other containers: hosts file, resolver. Without slash. */
  readonly containerName: string;
  readonly hostname: string;
  readonly domainname: string;
  /** What is to be published whenever a network leads out. Absent in records of before this was kept. */
  readonly portRequests?: readonly PortRequest[];
  /** What is published now: none while no network leads out. */
  readonly ports: readonly PublishedPort[];
  /** Opened to who links to the container where containers are kept apart. Absent in records of before this was kept. */
  readonly exposed?: readonly ExposedPort[];
  /** The endpoint that holds the IPv4 default route and the ports published in IPv4. */
  readonly gatewayEndpointId?: string;
  /** The same for IPv6: it may be another. */
  readonly gateway6EndpointId?: string;
  readonly naming: SandboxNaming;
};

/** What a sandbox's hosts and resolv.conf files are made from, as the user gave it. */
export type SandboxNaming = {
  /** Folder of the files. */
  readonly filesDir: string;
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  /** "name:address"; address may be "host-gateway". */
  readonly extraHosts: readonly string[];
};
