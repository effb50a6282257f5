import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Transport } from './transport.ts';

/** What stands at a path of a container: the fields of X-Docker-Container-Path-Stat that matter for a copy. */
export type ContainerPath = {
  /** Bits of Go's io/fs.FileMode. */
  readonly mode: number;
  /** Where a link leads in the end; "" for everything else. */
  readonly linkTarget: string;
};

/** /containers/{id}/archive: a container's files as tar archives. Paths are the container's own. */
export class Archives {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Throws ApiError 404 when nothing is there, or no such container. */
  async stat(ref: string, path: string): Promise<ContainerPath> {
    const answer = await this.#transport.open('HEAD', at(ref), { query: { path } });
    answer.resume();
    return statOf(answer);
  }

  /** The archive's first member is named as the path ends: `/etc/hosts` gives `hosts`, `/etc/.` gives `./`. */
  async read(ref: string, path: string): Promise<{ readonly stat: ContainerPath; readonly archive: Readable }> {
    const answer = await this.#transport.open('GET', at(ref), { query: { path } });
    return { stat: statOf(answer), archive: answer };
  }

  /** Unpacks into a folder that is there; a folder never replaces a file, nor a file a folder. */
  async write(ref: string, path: string, archive: Readable, options: { readonly copyOwner: boolean }): Promise<void> {
    const query = { path, noOverwriteDirNonDir: 'true', copyUIDGID: options.copyOwner };
    await this.#transport.run('PUT', at(ref), { query, body: archive });
  }
}

const at = (ref: string): string => `/containers/${encodeURIComponent(ref)}/archive`;

function statOf({ headers }: IncomingMessage): ContainerPath {
  const header = headers['x-docker-container-path-stat'];
  if (typeof header !== 'string') throw new Error('the engine did not say what stands at the path');
  return JSON.parse(Buffer.from(header, 'base64').toString()) as ContainerPath;
}
