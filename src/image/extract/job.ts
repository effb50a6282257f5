import type { Compression } from '../compression.ts';

/** One layer to unpack. */
export type Job = {
  /** The layer's archive; "" is standard input. */
  readonly blob: string;
  readonly compression: Compression;
  /** An empty folder: becomes the process's root. */
  readonly target: string;
  /** Names count from this folder (latin1), which is made, and mean what they say: no layer, whiteouts are files. */
  readonly under?: string;
  /** Owner of folders that are made on the way; root unless given. */
  readonly parents?: { readonly uid: number; readonly gid: number } | undefined;
};

/** What the unpacking process is told: one JSON argument. */
export type Order = {
  readonly jobs: readonly Job[];
  /** Process id of who asks: when that ends, so does the work. */
  readonly parent: number;
};

/** And what it answers, for one job after another: a line of JSON on standard output. It ends at the first failure. */
export type JobResult = Unpacked | Refused;

export type Unpacked = {
  readonly ok: true;
  /** Digest of the uncompressed archive; absent when the archive was not compressed. */
  readonly diffId?: string;
  /** Sum of the sizes of the unpacked files and symbolic links, in bytes. */
  readonly size: number;
};

type Refused = {
  readonly ok: false;
  /** The archive is at fault, not the machine. */
  readonly invalid: boolean;
  readonly message: string;
};
