import type { Log } from '../../base/index.ts';
import type { Poller } from '../../syscall/poller.ts';

/** A port on which somebody serves: answered to SRV questions. */
export type Service = { readonly protocol: 'tcp' | 'udp' | 'sctp'; readonly port: number };

/** One endpoint's entry in its network's zone. */
export type ZoneRecord = {
  /** Container name, aliases, short id, hostname, in any case. The first one is what a reverse lookup answers. */
  readonly names: readonly string[];
  /** Without prefix: "172.18.0.2", "fd00::2". */
  readonly addresses: readonly string[];
  readonly services?: readonly Service[];
};

/** What a network's members may look up. */
export type Zone = {
  /** The network's name: "web" also resolves as "web.front" on the network "front". */
  readonly name: string;
  readonly records: readonly ZoneRecord[];
};

/**
 * What the resolver has to know of the one who asks. The functions are called for questions that are new since a zone
 * changed, and `internalOnly` for each one that others have to answer.
 */
export type SandboxView = {
  /** Ids of the networks it is on, in the order in which they are searched. */
  readonly networks: () => readonly string[];
  /** `--dns`: asked from inside the sandbox. Absent or empty: the host's servers, asked from the host. */
  readonly servers?: readonly string[];
  /** True while it is on internal networks only: then no query leaves through the host. */
  readonly internalOnly: () => boolean;
  /** Names that only this sandbox knows (links): alias → name on one of its networks. */
  readonly aliases?: () => ReadonlyMap<string, string>;
  /** Whether a name of one label that nobody here has is asked of others. Not where the user chose `ndots`. */
  readonly passesSingleLabels?: () => boolean;
};

export type ResolverOptions = {
  readonly log: Log;
  readonly poller: Poller;
  /** Servers of the host's resolv.conf, at most three are asked; read anew for each forwarded query, so keep it cheap. */
  readonly hostResolvers: () => readonly string[];
  /** Absent: what is asked while no engine runs is lost. */
  readonly store?: SocketStore | undefined;
};

/** Somebody who outlives the engine, and keeps its sockets for the next one with what waits in them. */
export type SocketStore = {
  /** The socket kept under this name, the caller's from now on; it is still kept. */
  readonly take: (name: string) => number | undefined;
  readonly keep: (name: string, fd: number) => void;
  /** Safe to repeat. */
  readonly drop: (name: string) => void;
};
