import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../base/index.ts';
import type { SandboxRecord } from '../store/records.ts';
import {
  bridgeResolvConf,
  embeddedResolvConf,
  type HostResolvers,
  type HostsEntry,
  hostsFile,
  replaceHostsEntries,
  writeGenerated,
  writeInPlace,
} from './dns/index.ts';
import type { Names } from './names.ts';
import type { NetworkOptions, SandboxRequest } from './types.ts';

/** The files that are bind-mounted into a container: hosts, hostname and resolv.conf of its folder. */
export class HostFiles {
  readonly #names: Names;
  readonly #host: HostResolvers;
  readonly #options: Pick<NetworkOptions, 'dns' | 'dnsSearch' | 'dnsOptions'>;
  /** What stands in each sandbox's hosts file from us, and moves with its endpoints. */
  readonly #written = new Map<string, readonly HostsEntry[]>();

  constructor(names: Names, host: HostResolvers, options: Pick<NetworkOptions, 'dns' | 'dnsSearch' | 'dnsOptions'>) {
    this.#names = names;
    this.#host = host;
    this.#options = options;
  }

  /** For a sandbox that comes up. */
  async write(sandbox: SandboxRecord): Promise<void> {
    const { filesDir, extraHosts } = sandbox.naming;
    const own = this.#names.hostsEntries(sandbox);
    const entries = [...this.#names.extraHosts(extraHosts), ...own];
    const resolvConf = this.#resolvConf(sandbox);
    this.#written.set(sandbox.id, own);
    mkdirSync(filesDir, { recursive: true });
    // Nobody reads them yet, and 30 µs here are less than what the thread pool costs the main thread.
    writeFileSync(join(filesDir, 'hosts'), hostsFile({ ipv6: true, entries }));
    writeFileSync(join(filesDir, 'hostname'), `${sandbox.hostname}\n`);
    await writeGenerated(join(filesDir, 'resolv.conf'), resolvConf);
  }

  /** After the sandbox joined or left a network, or somebody it names did. Lines of others stay. */
  async update(sandbox: SandboxRecord): Promise<void> {
    const path = join(sandbox.naming.filesDir, 'hosts');
    const gone = this.#written.get(sandbox.id) ?? [];
    const added = this.#names.hostsEntries(sandbox);
    this.#written.set(sandbox.id, added);
    const text = await readFile(path, 'utf8');
    await writeInPlace(path, replaceHostsEntries(text, { gone, added }));
    await writeGenerated(join(sandbox.naming.filesDir, 'resolv.conf'), this.#resolvConf(sandbox));
  }

  /** After a start of the engine: the files are as they were written from these same records. */
  remember(sandbox: SandboxRecord): void {
    this.#written.set(sandbox.id, this.#names.hostsEntries(sandbox));
  }

  forget(sandbox: SandboxRecord): void {
    this.#written.delete(sandbox.id);
  }

  /** For a container without a sandbox: the host's own files, with what the user adds. */
  async writeShared(request: SandboxRequest, mode: 'host' | 'none'): Promise<void> {
    const entries = this.#names.extraHosts(request.extraHosts);
    const base = mode === 'host' ? await readOr('/etc/hosts', hostsFile({ ipv6: true, entries: [] })) : undefined;
    const hosts =
      base === undefined ? hostsFile({ ipv6: true, entries }) : replaceHostsEntries(base, { gone: [], added: entries });
    await mkdir(request.filesDir, { recursive: true });
    const overridden = request.dns.length + request.dnsSearch.length + request.dnsOptions.length > 0;
    const generated = bridgeResolvConf(this.#host.current().reachable, overridesOf(request), true);
    const resolvConf = overridden || mode === 'none' ? generated : await readOr('/etc/resolv.conf', generated);
    await Promise.all([
      writeInPlace(join(request.filesDir, 'hosts'), hosts),
      writeInPlace(join(request.filesDir, 'hostname'), `${request.hostname}\n`),
      writeGenerated(join(request.filesDir, 'resolv.conf'), resolvConf),
    ]);
  }

  #resolvConf(sandbox: SandboxRecord): string {
    const { naming } = sandbox;
    const overrides = overridesOf({
      dns: naming.dns.length > 0 ? naming.dns : this.#options.dns,
      dnsSearch: naming.dnsSearch.length > 0 ? naming.dnsSearch : this.#options.dnsSearch,
      dnsOptions: naming.dnsOptions.length > 0 ? naming.dnsOptions : this.#options.dnsOptions,
    });
    const { host, reachable } = this.#host.current();
    if (this.#names.hasResolver(sandbox)) return embeddedResolvConf(host, overrides);
    const ipv6 = this.#names.membersOf(sandbox).some(({ lease }) => lease.ipv6 !== undefined);
    return bridgeResolvConf(reachable, overrides, ipv6);
  }
}

const overridesOf = (from: {
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
}): Parameters<typeof bridgeResolvConf>[1] => ({
  nameservers: from.dns,
  search: from.dnsSearch,
  options: from.dnsOptions,
});

async function readOr(path: string, fallback: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return fallback;
    throw error;
  }
}
