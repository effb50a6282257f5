import { closeSync, readFileSync, writeFileSync } from 'node:fs';
import { hasCode } from '../../base/index.ts';
import { RouteConnection } from '../../netlink/connection.ts';
import { findLink } from '../../netlink/rt/link.ts';
import { sysError } from '../../syscall/libc.ts';
import { inNetns } from '../../syscall/netns.ts';

const ENODEV = 19; // <asm-generic/errno-base.h>

/** A network namespace to work in: a netlink connection, and its sysctls. */
export class Namespace implements Disposable {
  /** undefined: the process's own. */
  readonly fd: number | undefined;
  readonly route: RouteConnection;
  readonly #owned: boolean;

  /** With `owned`, the descriptor is closed with the object. */
  constructor(fd: number | undefined, owned = false) {
    this.fd = fd;
    this.#owned = owned;
    this.route = RouteConnection.open(fd);
  }

  /** Index of a link. Throws SysError ENODEV. */
  indexOf(name: string): number {
    const link = findLink(this.route, name);
    if (link === undefined) throw sysError('RTM_GETLINK', ENODEV, name);
    return link.index;
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
    this.#inside(() => {
      writeFileSync(`/proc/sys/${key}`, value);
    });
  }

  #inside<T>(body: () => T extends PromiseLike<unknown> ? never : T): T {
    return this.fd === undefined ? body() : inNetns(this.fd, body);
  }

  [Symbol.dispose](): void {
    this.route[Symbol.dispose]();
    if (this.#owned && this.fd !== undefined) closeSync(this.fd);
  }
}
