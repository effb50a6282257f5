import type { Readable, Writable } from 'node:stream';
import type {
  BuildOptions,
  ContainerConfig,
  ContainerCreateBody,
  ContainerInspect,
  ContainerStats,
  ContainerSummary,
  EventMessage,
  ExecCreateBody,
  ExecInspect,
  Filters,
  ImageHistoryItem,
  ImageInspect,
  ImageSummary,
  NetworkConnectBody,
  NetworkCreateBody,
  NetworkInspect,
  Progress,
  RegistryCredentials,
  SystemInfo,
  SystemVersion,
  TopBody,
  UpdateBody,
} from '../contract/index.ts';

/**
 * What the routes need from below, declared here by the consumer; the engine satisfies it by shape, joined in the
 * composition root. Names are ids, unique id prefixes or names. Failures are AppErrors with Docker's texts.
 */

/** A live stream to or from a container: see `runtime/types.ts` Attachment, which satisfies it. */
export interface StreamSession {
  readonly tty: boolean;
  readonly output: AsyncIterable<{ readonly stream: 'stdout' | 'stderr'; readonly data: Buffer }>;
  readonly stdin: Writable | undefined;
  detach(): void;
}

export type AttachOptions = {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Replay what was logged so far. */
  readonly logs: boolean;
  /** Follow what comes. */
  readonly stream: boolean;
  /** "" means ctrl-p,ctrl-q. */
  readonly detachKeys: string;
};
export type LogOptions = {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly follow: boolean;
  readonly tail: number | undefined;
  /** Nanoseconds since 1970, as `until`. */
  readonly since: bigint | undefined;
  readonly until: bigint | undefined;
};
export type LogChunk = {
  readonly stream: 'stdout' | 'stderr';
  readonly at: Date;
  /** The same moment in RFC 3339 with nanoseconds, where the runtime knows them. */
  readonly time?: string;
  readonly data: Buffer;
};

export interface ContainerBackend {
  create(
    name: string,
    body: ContainerCreateBody,
    platform: string,
  ): Promise<{ readonly Id: string; readonly Warnings: readonly string[] }>;
  list(options: {
    readonly all: boolean;
    readonly limit: number;
    readonly size: boolean;
    readonly filters: Filters;
  }): Promise<readonly ContainerSummary[]>;
  inspect(ref: string, options: { readonly size: boolean }): Promise<ContainerInspect>;
  start(ref: string, detachKeys: string): Promise<void>;
  /** Throws not-modified when it does not run. `timeout` in seconds; -1 waits for ever; undefined: the container's. */
  stop(
    ref: string,
    options: { readonly timeout: number | undefined; readonly signal: string | undefined },
  ): Promise<void>;
  restart(
    ref: string,
    options: { readonly timeout: number | undefined; readonly signal: string | undefined },
  ): Promise<void>;
  kill(ref: string, signal: string): Promise<void>;
  pause(ref: string): Promise<void>;
  unpause(ref: string): Promise<void>;
  rename(ref: string, name: string): Promise<void>;
  remove(
    ref: string,
    options: { readonly force: boolean; readonly volumes: boolean; readonly link: boolean },
  ): Promise<void>;
  /** Checks and arms at once (throws not-found), so that the head can be answered; the promise is the event. */
  wait(
    ref: string,
    condition: 'not-running' | 'next-exit' | 'removed',
  ): {
    readonly done: Promise<{ readonly StatusCode: number; readonly Error: { readonly Message: string } | null }>;
    cancel(): void;
  };
  attach(ref: string, options: AttachOptions): Promise<StreamSession>;
  logs(
    ref: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<{
    readonly tty: boolean;
    /** Labels and variables for `details`: "a=1,b=2". */
    readonly details: string;
    readonly lines: AsyncIterable<LogChunk>;
  }>;
  resize(ref: string, height: number, width: number): Promise<void>;
  top(ref: string, psArgs: string): Promise<TopBody>;
  stats(
    ref: string,
    options: { readonly stream: boolean; readonly oneShot: boolean },
    signal: AbortSignal,
  ): AsyncIterable<ContainerStats>;
  update(ref: string, body: UpdateBody): Promise<{ readonly Warnings: readonly string[] | null }>;
  prune(
    filters: Filters,
  ): Promise<{ readonly ContainersDeleted: readonly string[] | null; readonly SpaceReclaimed: number }>;
  /** What it changed of its image, in order of the paths: 0 changed, 1 added, 2 deleted. */
  changes(ref: string): Promise<readonly { readonly Path: string; readonly Kind: 0 | 1 | 2 }[]>;
  /** Its root file system as an archive. */
  export(ref: string): Promise<Readable>;
  commit(
    ref: string,
    options: {
      readonly repo: string;
      readonly tag: string;
      readonly author: string;
      readonly comment: string;
      readonly changes: readonly string[];
      readonly config: ContainerConfig;
      readonly pause: boolean;
    },
  ): Promise<{ readonly Id: string }>;
}

/** `docker cp`. The stat is the header X-Docker-Container-Path-Stat. */
export interface ArchiveBackend {
  stat(place: ArchivePlace): Promise<object>;
  read(place: ArchivePlace): Promise<{ readonly stat: object; readonly archive: Readable }>;
  write(
    place: ArchivePlace,
    body: Readable,
    /** `copyOwner`: what is written belongs to the container's user. */
    options: { readonly keepKinds: boolean; readonly copyOwner: boolean },
  ): Promise<void>;
}

export type ArchivePlace = {
  /** The container, as the client names it. */
  readonly ref: string;
  readonly path: string;
  readonly signal: AbortSignal;
};

export interface ExecBackend {
  create(container: string, body: ExecCreateBody): Promise<{ readonly Id: string }>;
  /** Detached: resolves without session once it runs. Else a session to pump. */
  start(
    id: string,
    options: {
      readonly detach: boolean;
      readonly tty: boolean;
      readonly consoleSize: readonly [number, number] | undefined;
    },
  ): Promise<StreamSession | undefined>;
  inspect(id: string): ExecInspect;
  resize(id: string, height: number, width: number): Promise<void>;
}

type ImportOptions = {
  readonly repo: string;
  readonly tag: string;
  readonly message: string;
  readonly changes: readonly string[];
};

export interface ImageBackend {
  list(options: {
    readonly all: boolean;
    readonly filters: Filters;
    readonly digests: boolean;
    readonly sharedSize: boolean;
  }): Promise<readonly ImageSummary[]>;
  inspect(ref: string): Promise<ImageInspect>;
  history(ref: string): Promise<readonly ImageHistoryItem[]>;
  tag(ref: string, repo: string, tag: string): Promise<void>;
  remove(ref: string, options: { readonly force: boolean; readonly prune: boolean }): Promise<readonly object[]>;
  import(body: Readable, options: ImportOptions): AsyncIterable<Progress>;
  /** The same of what is at an address. */
  importFrom(source: string, options: ImportOptions, gone: AbortSignal): AsyncIterable<Progress>;
  load(body: Readable, options: { readonly quiet: boolean }): AsyncIterable<Progress>;
  save(refs: readonly string[]): Promise<Readable>;
  /** With an empty tag all of the repository's. A failure before the first line is a refusal. Stops when `gone`. */
  pull(
    image: string,
    options: { readonly tag: string; readonly platform: string; readonly credentials: RegistryCredentials },
    gone: AbortSignal,
  ): AsyncIterable<Progress>;
  push(
    image: string,
    options: { readonly tag: string; readonly credentials: RegistryCredentials },
    gone: AbortSignal,
  ): AsyncIterable<Progress>;
  /** Throws unauthorized. */
  login(server: string, credentials: RegistryCredentials): Promise<void>;
  distribution(ref: string, credentials: RegistryCredentials): Promise<object>;
  /** What an index finds; `limit` 0 means 25. */
  search(
    what: { readonly term: string; readonly limit: number; readonly credentials: RegistryCredentials },
    filters: Filters,
  ): Promise<readonly object[]>;
  prune(
    filters: Filters,
  ): Promise<{ readonly ImagesDeleted: readonly object[] | null; readonly SpaceReclaimed: number }>;
}

export interface BuildBackend {
  /** What can be refused is refused before the first line; a later failure is thrown, or a last line with a code. */
  build(context: Readable, options: BuildOptions, signal: AbortSignal): AsyncIterable<Progress>;
}

export interface NetworkBackend {
  create(body: NetworkCreateBody): Promise<{ readonly Id: string; readonly Warning: string }>;
  /** With `members` who is attached, too, as before API 1.28. */
  list(filters: Filters, options: { readonly members: boolean }): Promise<readonly NetworkInspect[]>;
  inspect(ref: string, options: { readonly verbose: boolean; readonly scope: string }): Promise<NetworkInspect>;
  remove(ref: string): Promise<void>;
  connect(ref: string, body: NetworkConnectBody): Promise<void>;
  disconnect(ref: string, container: string, force: boolean): Promise<void>;
  prune(filters: Filters): Promise<{ readonly NetworksDeleted: readonly string[] | null }>;
  /** Ours, beyond Docker: POST /portolan/network/repair. */
  repair(): Promise<{ readonly restored: readonly string[]; readonly removed: readonly string[] }>;
}

export interface SystemBackend {
  version(): Promise<SystemVersion>;
  info(): Promise<SystemInfo>;
  /** Past ones from the ring first, then live ones until `until` or the signal. Armed before it returns. */
  events(
    options: { readonly since: number | undefined; readonly until: number | undefined; readonly filters: Filters },
    signal: AbortSignal,
  ): AsyncIterable<EventMessage>;
  diskUsage(): Promise<object>;
}

export interface VolumeBackend {
  list(filters: Filters): Promise<{ readonly Volumes: readonly object[]; readonly Warnings: null }>;
  inspect(name: string): Promise<object>;
  create(body: {
    readonly Name: string;
    readonly Driver: string;
    readonly DriverOpts: Readonly<Record<string, string>>;
    readonly Labels: Readonly<Record<string, string>>;
  }): Promise<object>;
  remove(name: string, force: boolean): Promise<void>;
  prune(
    filters: Filters,
  ): Promise<{ readonly VolumesDeleted: readonly string[] | null; readonly SpaceReclaimed: number }>;
}

export type Backend = {
  readonly containers: ContainerBackend;
  readonly archives: ArchiveBackend;
  readonly execs: ExecBackend;
  readonly images: ImageBackend;
  readonly builds: BuildBackend;
  readonly networks: NetworkBackend;
  readonly volumes: VolumeBackend;
  readonly system: SystemBackend;
};
