import type { MediaType } from './compression.ts';

/** What the image store keeps. Ids are "sha256:<64 hex digits>". */

export type ImageRecord = {
  /** Digest of `config`. */
  readonly id: string;
  /** The image document, byte for byte as it came: its digest is the id. */
  readonly config: string;
  /** When it got here; ISO 8601. */
  readonly loaded: string;
  /** The image it was made from by a build or a commit. */
  readonly parent?: string;
  /** Of an image that a build made: names the step that made it. */
  readonly cacheKey?: string;
};

export type LayerRecord = {
  /** The diff id: digest of the uncompressed archive. Names the unpacked folder. */
  readonly id: string;
  /** Digest of the archive in the content store, which may be compressed. */
  readonly blob: string;
  readonly blobSize: number;
  readonly mediaType: MediaType;
  /** Of a plain archive that was pushed: what it was compressed to, so that a registry can be asked whether it has it. */
  readonly packed?: { readonly digest: string; readonly size: number };
  /** Sum of the unpacked files' sizes, in bytes. */
  readonly size: number;
  /** Base name of the short link to the unpacked folder: keeps the mount options below one page. */
  readonly link: string;
};

export type TagRecord = {
  /** Familiar form: "busybox:latest", "host:5000/a/b:v1", "busybox@sha256:…". */
  readonly id: string;
  readonly imageId: string;
};

/** The part of a table of records that this folder needs; `Table` of the database satisfies it. */
export interface Records<T extends { readonly id: string }> {
  all(): readonly T[];
  get(id: string): T | undefined;
  put(record: T): void;
  delete(id: string): void;
}

export type ImageStore = {
  readonly images: Records<ImageRecord>;
  readonly layers: Records<LayerRecord>;
  readonly tags: Records<TagRecord>;
};
