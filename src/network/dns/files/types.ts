/** A resolv.conf as values. */
export type ResolvConf = {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
};

/** What the user or the engine's flags put in the place of the host's lines. An empty list leaves the host's. */
export type ResolvConfOverrides = ResolvConf;

/** One line of a hosts file. */
export type HostsEntry = { readonly address: string; readonly names: readonly string[] };
