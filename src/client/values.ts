import type { ContainerConfig, EndpointConfig, HostConfig } from '../contract/index.ts';

/** Conditions of a list: the values of one key are alternatives, except labels, which must all hold. */
export type Filters = Readonly<Record<string, readonly string[]>>;

export type PruneOptions = { readonly filters?: Filters | undefined };

/** A request body: everything may be left out, at every depth, since the engine fills in what is missing. */
export type Requested<T> = T extends readonly (infer Item)[]
  ? readonly Requested<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Requested<T[Key]> | null | undefined }
    : T;

/** Body of `POST /containers/create`, as it goes over the wire. Networks by name, in the order to join them. */
export type CreateRequest = Requested<ContainerConfig> & {
  readonly HostConfig?: Requested<HostConfig>;
  readonly NetworkingConfig?: { readonly EndpointsConfig: Readonly<Record<string, Requested<EndpointConfig>>> };
};
