import type { Healthcheck } from './container-config.ts';

/** `Config` of image inspect. */
export type ImageConfigBody = {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Volumes?: Readonly<Record<string, object>> | null;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly OnBuild?: readonly string[] | null;
  readonly StopSignal?: string;
  readonly Shell?: readonly string[];
  readonly Healthcheck?: Partial<Healthcheck>;
};

/** Answer of `GET /images/{name}/json`. */
export type ImageInspect = {
  /** "sha256:…". */
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  readonly Parent: string;
  readonly Comment: string;
  readonly Created: string;
  readonly DockerVersion: string;
  readonly Author: string;
  readonly Config: ImageConfigBody;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Os: string;
  /** Bytes. */
  readonly Size: number;
  readonly GraphDriver: { readonly Name: string; readonly Data: Readonly<Record<string, string>> | null };
  readonly RootFS: { readonly Type: string; readonly Layers: readonly string[] };
  readonly Metadata: { readonly LastTagTime: string };
};

/** One item of `GET /images/json`. */
export type ImageSummary = {
  readonly Id: string;
  readonly ParentId: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  /** Seconds since 1970. */
  readonly Created: number;
  /** Bytes. */
  readonly Size: number;
  /** -1: not counted. */
  readonly SharedSize: number;
  readonly Labels: Readonly<Record<string, string>> | null;
  /** -1: not counted. */
  readonly Containers: number;
};

/** One item of `GET /images/{name}/history`. */
export type ImageHistoryItem = {
  readonly Id: string;
  /** Seconds since 1970. */
  readonly Created: number;
  readonly CreatedBy: string;
  readonly Tags: readonly string[] | null;
  readonly Size: number;
  readonly Comment: string;
};

/** One line of a progress stream. An `error` is the last line. */
export type Progress = {
  readonly status?: string;
  readonly stream?: string;
  readonly id?: string;
  readonly progress?: string;
  readonly progressDetail?: object;
  readonly aux?: object;
  readonly error?: string;
  readonly errorDetail?: { readonly message: string; readonly code?: number };
};
