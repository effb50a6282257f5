import { readFileSync, statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parseResolvConf } from './resolv-conf.ts';
import type { ResolvConf } from './types.ts';
import { PathWatch } from './watch-path.ts';

const stub = '127.0.0.53';
const none: ResolvConf = { nameservers: [], search: [], options: [] };

export type HostResolvConf = {
  /** What the host itself uses; loopback servers included, since the resolver asks from the host. */
  readonly host: ResolvConf;
  /** The same for those who cannot reach the host's loopback: systemd-resolved's real servers in place of its stub. */
  readonly reachable: ResolvConf;
};

/** The host's resolv.conf. Told of a change by the kernel; besides, looked at once a second at most when it is used. */
export class HostResolvers {
  readonly #path: string;
  readonly #behindStub: string;
  #checkedMs = Number.NEGATIVE_INFINITY;
  #changed = '';
  #value: HostResolvConf = { host: none, reachable: none };

  constructor(path = '/etc/resolv.conf', behindStub = '/run/systemd/resolve/resolv.conf') {
    this.#path = path;
    this.#behindStub = behindStub;
  }

  current(): HostResolvConf {
    const now = Date.now();
    if (Math.abs(now - this.#checkedMs) < 1000) return this.#value;
    this.#checkedMs = now;
    const changed = [this.#path, this.#behindStub].map(stamp).join(' ');
    if (changed !== this.#changed) {
      this.#changed = changed;
      this.#value = this.#read();
    }
    return this.#value;
  }

  /** For the resolver. */
  readonly servers = (): readonly string[] => this.current().host.nameservers;

  /** Calls `changed` after each change of the content, until disposed. */
  follow(changed: () => void): Disposable {
    let last = this.current();
    return new PathWatch([this.#path, this.#behindStub], () => {
      this.#checkedMs = Number.NEGATIVE_INFINITY;
      const now = this.current();
      if (isDeepStrictEqual(now, last)) return;
      last = now;
      changed();
    });
  }

  #read(): HostResolvConf {
    const host = read(this.#path);
    const onlyStub = host.nameservers.length === 1 && host.nameservers[0] === stub;
    return { host, reachable: onlyStub ? read(this.#behindStub) : host };
  }
}

/** A host without the file has no servers: that is an answer, not a failure. */
function read(path: string): ResolvConf {
  return stamp(path) === absent ? none : parseResolvConf(readFileSync(path, 'utf8'), path);
}

const absent = '-';
function stamp(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? absent : `${stat.ino}:${stat.mtimeMs}:${stat.size}`;
}
