/** How registries are reached: what the daemon's flags say. */
export type RegistryOptions = {
  /** Host, host:port or CIDR: TLS without proof of identity, or none at all, is good enough there. */
  readonly insecure: readonly string[];
  /** Base addresses that are asked before Docker Hub. */
  readonly mirrors: readonly string[];
  /** Holds HOST[:PORT]/{*.crt, *.cert with *.key}: authorities to trust, and who we are. */
  readonly certificates: string;
};

/** What a client sends as X-Registry-Auth: base64url of JSON. */
export type Credentials = {
  readonly username?: string;
  readonly password?: string;
  /** A refresh token instead of both. */
  readonly identityToken?: string;
  /** A bearer token to use as it is. */
  readonly registryToken?: string;
};
