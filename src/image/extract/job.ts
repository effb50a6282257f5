import type { Compression } from '../compression.ts';

/** What the extracting process is told: one JSON argument. */
export type Job = {
  /** The layer's archive. */
  readonly blob: string;
  readonly compression: Compression;
  /** An empty folder: becomes the process's root. */
  readonly target: string;
  /** Process id of who asks: when that ends, so does the job. */
  readonly parent: number;
};

/** And what it answers: one line of JSON on standard output. */
export type JobResult =
  | {
      readonly ok: true;
      /** Digest of the uncompressed archive; absent when the archive was not compressed. */
      readonly diffId?: string;
      /** Sum of the unpacked files' sizes, in bytes. */
      readonly size: number;
    }
  | {
      readonly ok: false /** The archive is at fault, not the machine. */;
      readonly invalid: boolean;
      readonly message: string;
    };
