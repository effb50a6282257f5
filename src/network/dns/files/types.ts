/** A resolv.conf as values. */
export type ResolvConf = {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
  /** Lines that we know nothing of, such as `sortlist`: passed on. */
  readonly others?: readonly string[];
  /** Addresses of `nameserver` lines that are none. */
  readonly invalid?: readonly string[];
  /** Where it was read. */
  readonly path?: string;
};

/** What the user or the engine's flags put in the place of the host's lines. An empty list leaves the host's. */
export type ResolvConfOverrides = Pick<ResolvConf, 'nameservers' | 'search' | 'options'>;

/** One line of a hosts file. */
export type HostsEntry = { readonly address: string; readonly names: readonly string[] };
