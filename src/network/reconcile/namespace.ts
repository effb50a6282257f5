import { closeSync, readFileSync, writeFileSync } from 'node:fs';
import { AppError, hasCode, messageOf } from '../../base/index.ts';
import { RouteConnection } from '../../netlink/connection.ts';
import { decodeLink, type Link } from '../../netlink/rt/link.ts';
import { getLinkMessage } from '../../netlink/rt/link-message.ts';
import { inNetns } from '../../syscall/netns.ts';

/** A network namespace to work in: a netlink connection, and its sysctls. */
export class Namespace implements Disposable {
  /** undefined: the process's own. */
  readonly fd: number | undefined;
  readonly route: RouteConnection;
  readonly #owned: boolean;
  #deletions: RouteConnection | undefined;

  /** With `owned`, the descriptor is closed with the object. */
  constructor(fd: number | undefined, owned = false) {
    this.fd = fd;
    this.#owned = owned;
    this.route = RouteConnection.open(fd);
  }

  /** For deleting links, which waits: others must not stand in line behind it. */
  get deletions(): RouteConnection {
    this.#deletions ??= RouteConnection.open(this.fd);
    return this.#deletions;
  }

  /** Index of a link. Throws SysError ENODEV. */
  async indexOf(name: string): Promise<number> {
    const [answer] = await this.route.requestAsync(getLinkMessage(name));
    return decodeLink(answer!).index;
  }

  /** undefined when there is none. */
  async find(name: string): Promise<Link | undefined> {
    try {
      const [answer] = await this.route.requestAsync(getLinkMessage(name));
      return decodeLink(answer!);
    } catch (error) {
      if (hasCode(error, 'ENODEV')) return undefined;
      throw error;
    }
  }

  /** `key` with slashes, under /proc/sys. undefined when there is no such value, as for a link that is gone. */
  readSysctl(key: string): string | undefined {
    try {
      return this.#inside(() => readFileSync(`/proc/sys/${key}`, 'utf8').trim());
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  writeSysctl(key: string, value: string): void {
    try {
      this.#inside(() => {
        writeFileSync(`/proc/sys/${key}`, value);
      });
    } catch (error) {
      const reason = hasCode(error, 'ENOENT') ? 'this kernel has no such value' : messageOf(error);
      const text = `cannot set sysctl ${key.replaceAll('/', '.')} to ${value}: ${reason}`;
      throw new AppError('internal', text, { cause: error });
    }
  }

  #inside<T>(body: () => T extends PromiseLike<unknown> ? never : T): T {
    return this.fd === undefined ? body() : inNetns(this.fd, body);
  }

  [Symbol.dispose](): void {
    this.route[Symbol.dispose]();
    this.#deletions?.[Symbol.dispose]();
    if (this.#owned && this.fd !== undefined) closeSync(this.fd);
  }
}
