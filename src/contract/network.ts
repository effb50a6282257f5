/** Answer of `GET /networks/{id}` and one item of `GET /networks`. */
export type NetworkInspect = {
  readonly Name: string;
  readonly Id: string;
  readonly Created: string;
  readonly Scope: string;
  readonly Driver: string;
  readonly EnableIPv4: boolean;
  readonly EnableIPv6: boolean;
  readonly IPAM: {
    readonly Driver: string;
    readonly Options: Readonly<Record<string, string>> | null;
    /** null for host and none. */
    readonly Config:
      | readonly {
          readonly Subnet?: string;
          readonly IPRange?: string;
          readonly Gateway?: string;
          readonly AuxiliaryAddresses?: Readonly<Record<string, string>>;
        }[]
      | null;
  };
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: boolean;
  readonly ConfigFrom: { readonly Network: string };
  readonly ConfigOnly: boolean;
  /** By container id; empty in lists. */
  readonly Containers: Readonly<Record<string, NetworkContainer>>;
  /** How many addresses each subnet has given out and has left (API 1.52); not in lists, nor without subnets. */
  readonly Status?: { readonly IPAM: { readonly Subnets: Readonly<Record<string, SubnetStatus>> } };
  readonly Options: Readonly<Record<string, string>>;
  readonly Labels: Readonly<Record<string, string>>;
};

/** Up to 2^64 - 1: see `exactNumber`. */
export type SubnetStatus = { readonly IPsInUse: number; readonly DynamicIPsAvailable: number };

/** Addresses with prefix: "172.18.0.2/16"; "" when there is none. */
export type NetworkContainer = {
  readonly Name: string;
  readonly EndpointID: string;
  readonly MacAddress: string;
  readonly IPv4Address: string;
  readonly IPv6Address: string;
};

/** One attachment, as container inspect and ps show it. Addresses are "" while the container is stopped. */
export type EndpointSettings = {
  readonly IPAMConfig: {
    readonly IPv4Address?: string;
    readonly IPv6Address?: string;
    readonly LinkLocalIPs?: readonly string[];
  } | null;
  readonly Links: readonly string[] | null;
  readonly Aliases: readonly string[] | null;
  readonly MacAddress: string;
  readonly DriverOpts: Readonly<Record<string, string>> | null;
  readonly GwPriority: number;
  readonly NetworkID: string;
  readonly EndpointID: string;
  readonly Gateway: string;
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
  readonly IPv6Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly GlobalIPv6PrefixLen: number;
  readonly DNSNames: readonly string[] | null;
};
