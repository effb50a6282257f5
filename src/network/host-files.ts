import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, KeyedQueue, type Log, messageOf } from '../base/index.ts';
import type { SandboxRecord } from '../store/records.ts';
import {
  bridgeResolvConf,
  embeddedResolvConf,
  type HostResolvers,
  hostsFile,
  type ResolvConfOverrides,
  replaceHostsEntries,
  writeGenerated,
  writeInPlace,
} from './dns/index.ts';
import { OwnLines } from './host-files-own.ts';
import type { Names } from './names.ts';
import type { NetworkOptions, SandboxRequest } from './types.ts';

type Options = Pick<NetworkOptions, 'dns' | 'dnsSearch' | 'dnsOptions'>;
type SharedFiles = Pick<SandboxRequest, 'filesDir' | 'dns' | 'dnsSearch' | 'dnsOptions'>;

/** The files that are bind-mounted into a container: hosts, hostname and resolv.conf of its folder. */
export class HostFiles {
  readonly #names: Names;
  readonly #host: HostResolvers;
  readonly #options: Options;
  readonly #own = new OwnLines();
  /** By container: those that have the host's own resolv.conf. */
  readonly #shared = new Map<string, SharedFiles>();
  /** By folder: a file's content and what is remembered of it change together. */
  readonly #queue = new KeyedQueue();

  constructor(names: Names, host: HostResolvers, options: Options) {
    this.#names = names;
    this.#host = host;
    this.#options = options;
  }

  /** For a sandbox that comes up. `ipv6`: whether its loopback has ::1. */
  write(sandbox: SandboxRecord, { ipv6 }: { readonly ipv6: boolean }): Promise<void> {
    const { filesDir, extraHosts } = sandbox.naming;
    const own = this.#names.hostsEntries(sandbox);
    const entries = [...this.#names.extraHosts(extraHosts), ...own];
    const resolvConf = this.#resolvConf(sandbox);
    return this.#queue.run(filesDir, async () => {
      mkdirSync(filesDir, { recursive: true });
      this.#own.begin(filesDir, own);
      // Nobody reads them yet, and 30 µs here are less than what the thread pool costs the main thread.
      writeFileSync(join(filesDir, 'hosts'), hostsFile({ ipv6, entries }));
      writeFileSync(join(filesDir, 'hostname'), `${sandbox.hostname}\n`);
      await writeGenerated(join(filesDir, 'resolv.conf'), resolvConf);
    });
  }

  /** After the sandbox joined or left a network, or somebody it names did. Lines of others stay. */
  update(sandbox: SandboxRecord): Promise<void> {
    const { filesDir } = sandbox.naming;
    return this.#queue.run(filesDir, async () => {
      const path = join(filesDir, 'hosts');
      const added = this.#names.hostsEntries(sandbox);
      const gone = await this.#own.change(filesDir, added);
      const text = await readFile(path, 'utf8');
      const after = replaceHostsEntries(text, { gone, added });
      if (after !== text) await writeInPlace(path, after);
      await writeGenerated(join(filesDir, 'resolv.conf'), this.#resolvConf(sandbox));
    });
  }

  /**
   * From now on the files follow the host's resolv.conf: those of sandboxes that are up, and of containers in the host's
   * network. Begins with what has changed while no engine was there.
   */
  follow(sandboxes: () => readonly SandboxRecord[], log: Log): Disposable {
    const failed = (error: unknown): void => log.warn(`network: files of containers: ${messageOf(error)}`);
    this.#updateAll(sandboxes()).catch(failed);
    return this.#host.follow(() => {
      log.info(`network: the host's resolv.conf has changed`);
      this.#updateAll(sandboxes())
        .then(() => this.#updateShared())
        .catch(failed);
    });
  }

  /** A container that is removed meanwhile takes its folder along. */
  async #updateAll(sandboxes: readonly SandboxRecord[]): Promise<void> {
    for (const sandbox of sandboxes) await this.update(sandbox).catch(unlessGone);
  }

  async #updateShared(): Promise<void> {
    for (const shared of this.#shared.values()) await this.#updateOne(shared);
  }

  #updateOne(shared: SharedFiles): Promise<void> {
    const write = async (): Promise<void> => {
      await writeGenerated(join(shared.filesDir, 'resolv.conf'), await this.#hostsOwn(shared));
    };
    return this.#queue.run(shared.filesDir, write).catch(unlessGone);
  }

  /** The container is down. */
  forget(containerId: string): void {
    this.#shared.delete(containerId);
  }

  /** For a container in the host's network: the host's own files, with what the user adds. */
  async writeShared(request: SandboxRequest): Promise<void> {
    const { filesDir, containerId } = request;
    const base = await readOr('/etc/hosts', hostsFile({ ipv6: true, entries: [] }));
    const hosts = replaceHostsEntries(base, { gone: [], added: this.#names.extraHosts(request.extraHosts) });
    const resolvConf = followsHost(request) ? await this.#hostsOwn(request) : this.#copied(request, true);
    if (followsHost(request)) this.#shared.set(containerId, request);
    await this.#queue.run(filesDir, async () => {
      await mkdir(filesDir, { recursive: true });
      await Promise.all([
        writeInPlace(join(filesDir, 'hosts'), hosts),
        writeInPlace(join(filesDir, 'hostname'), `${request.hostname}\n`),
        writeGenerated(join(filesDir, 'resolv.conf'), resolvConf),
      ]);
    });
  }

  /** After a start of the engine, for a container that runs: its resolv.conf follows as before. */
  async resumeShared(request: SandboxRequest): Promise<void> {
    if (!followsHost(request)) return;
    this.#shared.set(request.containerId, request);
    await this.#updateOne(request);
  }

  /** As it is, loopback servers included: the container reaches what the host reaches. */
  async #hostsOwn(shared: SharedFiles): Promise<string> {
    const { path } = this.#host.current().host;
    return path === undefined ? this.#copied(shared, true) : readOr(path, this.#copied(shared, true));
  }

  #copied(shared: SharedFiles, ipv6: boolean): string {
    return bridgeResolvConf(this.#host.current().reachable, this.#overrides(shared), ipv6);
  }

  #resolvConf(sandbox: SandboxRecord): string {
    const { naming } = sandbox;
    if (this.#names.hasResolver(sandbox)) {
      return embeddedResolvConf(this.#host.current().host, this.#overrides(naming));
    }
    const ipv6 = this.#names.membersOf(sandbox).some(({ lease }) => lease.ipv6 !== undefined);
    return this.#copied(naming, ipv6);
  }

  /** What takes the place of the host's lines: the container's own settings, else the engine's. */
  #overrides({ dns, dnsSearch, dnsOptions }: Omit<SharedFiles, 'filesDir'>): ResolvConfOverrides {
    const pick = (own: readonly string[], engine: readonly string[]): readonly string[] =>
      own.length > 0 ? own : engine;
    return {
      nameservers: pick(dns, this.#options.dns),
      search: pick(dnsSearch, this.#options.dnsSearch),
      options: pick(dnsOptions, this.#options.dnsOptions),
    };
  }
}

/** Who chose servers, domains or options of its own has no part in the host's. */
const followsHost = ({ dns, dnsSearch, dnsOptions }: SharedFiles): boolean =>
  dns.length + dnsSearch.length + dnsOptions.length === 0;

function unlessGone(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}

async function readOr(path: string, fallback: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return fallback;
    throw error;
  }
}
