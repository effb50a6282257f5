import type { Readable } from 'node:stream';
import type { RunConfig } from '../build/index.ts';
import type { Change } from './pack/order.ts';
import type { Distribution } from './registry/login.ts';
import type { Credentials } from './registry/options.ts';
import type { Found, Search } from './registry/search.ts';

export type ImageConfig = RunConfig;

/** The document whose digest is the image's id (OCI image-spec v1, Docker image spec v1.2). */
export type ImageDocument = {
  readonly created?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly os: string;
  readonly config?: ImageConfig;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] };
  readonly history?: readonly {
    readonly created?: string;
    readonly created_by?: string;
    readonly author?: string;
    readonly comment?: string;
    readonly empty_layer?: boolean;
  }[];
};

export type Image = {
  /** "sha256:…" of the document. */
  readonly id: string;
  readonly document: ImageDocument;
  /** "busybox:latest": familiar form, sorted. */
  readonly tags: readonly string[];
  /** "busybox@sha256:…". */
  readonly digests: readonly string[];
  /** Sum of the layers' unpacked file sizes, in bytes. */
  readonly size: number;
  /** The image it was made from here; undefined for what was loaded or imported. */
  readonly parent: string | undefined;
  /** When it got here, for `docker images` on equal creation times. */
  readonly loaded: string;
};

/** One line of a progress stream, as Docker's clients read it. */
export type Progress = {
  readonly status?: string;
  readonly stream?: string;
  readonly id?: string;
  readonly progressDetail?: object;
  /** The same as a bar of text, for who cannot draw. */
  readonly progress?: string;
  readonly aux?: object;
};

export type WorkTree = AsyncDisposable & {
  readonly root: string;
  /** What was written, as the archive of a layer. */
  layer(): Readable;
};

/** An image to be made of another and at most one more layer. */
export type NewImage = {
  /** The image below. */
  readonly parent?: string | undefined;
  /** Archive of the layer; one without entries counts as none. */
  readonly layer?: Readable | undefined;
  readonly config: ImageConfig;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  readonly createdBy: string;
  /** What a build finds it by again, together with its parent. */
  readonly cacheKey?: string | undefined;
};

/** A writable root file system: overlay of an image's layers. */
export interface RootFs {
  /** Mounts (safe to repeat) and returns the merged path. */
  mount(containerId: string, imageId: string): Promise<string>;
  unmount(containerId: string): Promise<void>;
  /** The upper directory goes too. Safe to repeat. */
  remove(containerId: string): Promise<void>;
  /**
   * An image's files alone, mounted at the merged path of a name of the caller's own (letters, digits, dots); what is
   * written to them is no image's. Unmounted and removed as a container's are.
   */
  view(name: string, imageId: string): Promise<string>;
  /** The merged path, mounted until it is let go of, for a container in any state. */
  read(containerId: string, imageId: string): Promise<{ readonly merged: string } & AsyncDisposable>;
  /** What the container changed of its image, in order of the paths. */
  changes(containerId: string, imageId: string): Promise<readonly Change[]>;
  /** What the container wrote, as the archive of a layer. */
  layer(containerId: string): Readable;
  /** An image's files (undefined: none) to read, and to change as a new layer. A killed engine's are swept at start. */
  workTree(imageId: string | undefined): Promise<WorkTree>;
  /** Bytes written by the container, for SizeRw. */
  size(containerId: string): Promise<number>;
  /** For GraphDriver.Data of inspect. */
  paths(
    containerId: string,
    imageId: string,
  ): { readonly lower: string; readonly upper: string; readonly work: string; readonly merged: string };
}

/** Image names and errors are Docker's: "busybox" is busybox:latest, "docker.io/library/" is dropped. */
export interface Images extends AsyncDisposable {
  readonly rootfs: RootFs;
  /** Clears what a cut-short extraction left, mounts nothing. */
  start(): Promise<void>;
  list(): readonly Image[];
  /** By name, id, id prefix, digest. Throws not-found `No such image: X:tag`. */
  get(ref: string): Image;
  /** Splits and normalises: throws invalid `invalid reference format`. */
  tag(ref: string, repo: string, tag: string): Promise<void>;
  /** `inUse` says who uses an image id; a running user forbids even with force. Returns Docker's list. */
  remove(
    ref: string,
    options: {
      readonly force: boolean;
      readonly prune: boolean;
      readonly inUse: (imageId: string) => { readonly container: string; readonly running: boolean } | undefined;
    },
  ): Promise<readonly ({ readonly Untagged: string } | { readonly Deleted: string })[]>;
  /** A root file system as one layer (tar, also gzip, zstd, bzip2, xz). Returns the new image's id. */
  import(
    tar: Readable,
    options: {
      readonly repo: string;
      readonly tag: string;
      readonly message: string;
      readonly changes: readonly string[];
    },
  ): Promise<string>;
  /** Adds an image on top of another; `docker commit` and builds. Returns its id. */
  extend(image: NewImage): Promise<string>;
  /** The same with the layer, and the moment, of the step that another image has next in its history. */
  extendAs(image: Omit<NewImage, 'layer'>, source: string): Promise<string>;
  /** The newest image that was made from this parent (undefined: nothing) under this key. */
  cached(parent: string | undefined, cacheKey: string): Image | undefined;
  /** Takes a folder below the data root away at once, and deletes it little by little. Safe to repeat. */
  discard(path: string): Promise<void>;
  /** docker-archive and OCI layout, plain or compressed. Yields Docker's progress lines. */
  load(tar: Readable): AsyncIterable<Progress>;
  /** docker-archive that is also an OCI layout, as Docker 25 and later write. */
  save(refs: readonly string[]): Readable;
  /**
   * Brings an image, or with an empty tag all tags of a repository, from a registry. Throws not-found, unauthorized, or
   * with the registry's words; stops when no longer read, and at once when `gone`.
   */
  pull(
    image: string,
    options: { readonly tag: string; readonly platform: string; readonly credentials: Credentials },
    gone?: AbortSignal,
  ): AsyncIterable<Progress>;
  /** Sends one tag, or with an empty one all tags of a repository. Throws not-found `An image does not exist locally…`. */
  push(
    image: string,
    options: { readonly tag: string; readonly credentials: Credentials },
    gone?: AbortSignal,
  ): AsyncIterable<Progress>;
  /** Throws unauthorized when the registry does not take them. */
  login(domain: string, credentials: Credentials): Promise<void>;
  /** What a registry's index finds for a term. Throws invalid for what is no term, or when there is no such index. */
  search(what: Search): Promise<readonly Found[]>;
  /** What a registry has under a name. */
  remote(ref: string, credentials: Credentials): Promise<Distribution>;
  history(ref: string): readonly {
    readonly Id: string;
    readonly Created: number;
    readonly CreatedBy: string;
    readonly Tags: readonly string[] | null;
    readonly Size: number;
    readonly Comment: string;
  }[];
  /** By image id: bytes of its layers that other images have, too. */
  sharedSizes(): ReadonlyMap<string, number>;
  /** Bytes on disk of all layers, each counted once. */
  layersSize(): number;
  /** busybox:latest from the machine's static busybox, when there is no such image. */
  ensureBusybox(binary: string): Promise<void>;
}
