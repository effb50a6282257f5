/** Where the engine listens unless told otherwise. */
export const defaultHost = 'unix:///run/portolan/portolan.sock';

/** A unix socket that an engine listens on. */
export type Address = {
  readonly socketPath: string;
  /** As shown in messages: "unix:///run/portolan/portolan.sock". */
  readonly text: string;
};

/** Reads "unix:///path" or a bare absolute path. Throws for any other transport. */
export function parseAddress(text: string): Address {
  const path = text.startsWith('unix://') ? text.slice('unix://'.length) : text;
  if (!path.startsWith('/')) {
    throw new Error(`unable to use the host "${text}": want unix:///path/to/socket`);
  }
  return { socketPath: path, text: `unix://${path}` };
}
