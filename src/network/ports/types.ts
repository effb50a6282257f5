/** Whom a host port belongs to, as a conflict names it. */
export type PortOwner = {
  /** Container id. */
  readonly id: string;
  /** Container name without slash. */
  readonly name: string;
};

/** Where the relay of a reserved port leads: the container's addresses, without prefix. */
export type RelayTarget = { readonly ipv4?: string; readonly ipv6?: string };

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** Ports of one host address. `hostIp` "" is every address of both families. */
export type PortSpan = {
  readonly protocol: Protocol;
  readonly hostIp: string;
  readonly hostPort: number;
  readonly count: number;
};
