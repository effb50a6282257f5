import type { HostConfig } from './host-config.ts';

/** What a client asks of a build. */
export type BuildOptions = {
  /** Address of the context; "": it is the request's body. */
  readonly remote: string;
  /** "repo[:tag]". */
  readonly tags: readonly string[];
  /** In the context. */
  readonly dockerfile: string;
  readonly target: string;
  readonly quiet: boolean;
  readonly noCache: boolean;
  /** Ask for newer base images. */
  readonly pull: boolean;
  readonly remove: boolean;
  /** Also the container of a step that failed. */
  readonly forceRemove: boolean;
  /** null: named, but not set. */
  readonly args: Readonly<Record<string, string | null>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Images whose history may stand in for steps. */
  readonly cacheFrom: readonly string[];
  /** "os[/arch[/variant]]", or "". */
  readonly platform: string;
  /** Network, limits and hosts of the containers that steps run in. */
  readonly hostConfig: HostConfig;
};
