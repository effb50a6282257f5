/** A bind mount of a container that does not run. */
export type ViewMount = {
  /** On the host. */
  readonly source: string;
  /** What is meant inside of that folder, instead of all of it. */
  readonly subpath?: string;
  /** In the container; missing folders on the way are made, as a start would. */
  readonly destination: string;
  readonly writable: boolean;
};

/** How a container's files are seen. */
export type View = {
  /** Where its root file system is mounted on the host. */
  readonly rootfs: string;
  /** Its first process when it runs: then everything that is mounted there is seen, apart from /proc. */
  readonly pid?: number;
  /** What would be mounted, shallow paths first, when it does not run. */
  readonly mounts: readonly ViewMount[];
  readonly readOnlyRootfs: boolean;
};

/** What can be written to: the root file system, and what is mounted over it. */
export type Access = {
  readonly rootfs: boolean;
  readonly mounts: readonly { readonly destination: string; readonly writable: boolean }[];
};

/** Names and paths are text in UTF-8 here. */
export type CopyJob =
  | { readonly verb: 'stat'; readonly path: string }
  | { readonly verb: 'out'; readonly path: string }
  | {
      readonly verb: 'in';
      /** A folder. */
      readonly path: string;
      /** Refuse a file where a folder is, and the other way round. */
      readonly keepKinds: boolean;
      /** Of everything that is written, instead of what the archive says. */
      readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
      readonly access: Access;
    };

/** What the copying process is told: one JSON argument. */
export type CopyOrder = {
  readonly view: View;
  readonly job: CopyJob;
  /** Process id of who asks: when that ends, so does the work. */
  readonly parent: number;
};

/** The header X-Docker-Container-Path-Stat, as Docker's clients read it. */
export type PathStat = {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bits of Go's io/fs.FileMode. */
  readonly mode: number;
  /** RFC 3339 with nanoseconds. */
  readonly mtime: string;
  /** Where a link leads in the end; "" for everything else. */
  readonly linkTarget: string;
};

/** Lines of JSON on the process's standard output. `out` reports twice: what it found, and that all is written. */
export type Report =
  | { readonly ok: true; readonly stat?: PathStat }
  | {
      readonly ok: false;
      readonly kind: 'not-found' | 'invalid' | 'conflict' | 'internal';
      readonly message: string;
    };
