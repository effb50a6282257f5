/** What the packing process is told: one JSON argument. Paths and names are bytes held as latin1 text. */
export type PackOrder = {
  /** Becomes the process's root: no link leads out of it. */
  readonly root: string;
  readonly job: ArchiveJob | ChangesJob | FindJob;
  /** Process id of who asks: when that ends, so does the work. */
  readonly parent: number;
};

export type ArchiveJob = {
  /** `layer`: an overlay's upper folder, its whiteouts as layers write them. `tree`: files as they are. */
  readonly form: 'layer' | 'tree';
  readonly picks: readonly Pick[];
  /** Instead of the files' own. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  /** Permission bits of every file and folder, instead of their own. */
  readonly mode?: number | undefined;
  /** Times are 0 and folders' sizes do not count: the archive depends on names, kinds, modes and content only. */
  readonly timeless?: boolean;
};

export type Pick = {
  /** From the root; links are followed, unless it is the link `itself` that is meant. A folder stands for what is in it. */
  readonly path: string;
  /** Name in the archive, or of the folder that the content goes to; "" is the archive's top. */
  readonly name: string;
  /** Names below the folder that are left out, as paths from it. */
  readonly except?: readonly string[];
  readonly itself?: boolean;
};

/** Compares an upper folder with what lies below it. All folders are below the root, the topmost first. */
export type ChangesJob = {
  readonly form: 'changes';
  readonly upper: string;
  readonly lowers: readonly string[];
};

/** One line of the answer to a `ChangesJob`, in JSON. 0 changed, 1 added, 2 deleted. */
export type Change = { readonly Path: string; readonly Kind: 0 | 1 | 2 };

/** Paths that fit a pattern of Go's filepath.Match; each a line of JSON, in UTF-8. */
export type FindJob = { readonly form: 'find'; readonly pattern: string };
