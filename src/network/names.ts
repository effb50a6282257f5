import { AppError, shortId } from '../base/index.ts';
import type { EndpointLease, EndpointRecord, NetworkRecord, SandboxRecord } from '../store/records.ts';
import type { HostsEntry, Resolver, SandboxView, Zone } from './dns/index.ts';
import { linkOf, linkTargets } from './link-targets.ts';
import { isDefaultBridge } from './predefined.ts';
import type { Records } from './records.ts';
import type { NetworkOptions } from './types.ts';

/** An endpoint of a sandbox that is up, with its network. */
export type Member = {
  readonly network: NetworkRecord;
  readonly endpoint: EndpointRecord;
  readonly lease: EndpointLease;
  readonly sandbox: SandboxRecord;
};

type NamesResolver = Pick<
  Resolver,
  'openSandbox' | 'repairSandbox' | 'closeSandbox' | 'setZone' | 'dropZone' | 'viewsChanged'
>;

type NamesOptions = Pick<NetworkOptions, 'dns' | 'dnsOptions' | 'hostGatewayIps'>;

/** Derives from the records who is called what: zones of the resolver, and a sandbox's own view of them. */
export class Names {
  readonly #records: Records;
  readonly #resolver: NamesResolver;
  readonly #options: NamesOptions;

  /** `options`: the engine's own, for sandboxes without theirs. */
  constructor(records: Records, resolver: NamesResolver, options: NamesOptions) {
    this.#records = records;
    this.#resolver = resolver;
    this.#options = options;
  }

  /** The sandbox's endpoints that are up, in order of attachment. */
  membersOf(sandbox: SandboxRecord): readonly Member[] {
    return this.#records.endpointsOf(sandbox.containerId).flatMap((endpoint) => {
      const network = this.#records.network(endpoint.networkId);
      const { lease } = endpoint;
      return network === undefined || lease === undefined ? [] : [{ network, endpoint, lease, sandbox }];
    });
  }

  /** Whether the sandbox asks 127.0.0.11: only user-defined networks resolve names. */
  hasResolver(sandbox: SandboxRecord): boolean {
    return this.membersOf(sandbox).some(({ network }) => !isDefaultBridge(network));
  }

  /** Starts answering in the sandbox, if a network of it resolves names; there already, nothing happens. */
  open(sandbox: SandboxRecord, netnsFd: number): void {
    if (this.hasResolver(sandbox)) this.#resolver.openSandbox(sandbox.id, netnsFd, this.#view(sandbox));
  }

  /** Answers whether the sandbox did not reach its resolver, which it does now. */
  repair(sandbox: SandboxRecord, netnsFd: number): boolean {
    this.open(sandbox, netnsFd);
    return this.#resolver.repairSandbox(sandbox.id, netnsFd);
  }

  /** Safe to repeat. */
  close(sandbox: SandboxRecord): void {
    this.#resolver.closeSandbox(sandbox.id);
  }

  /** After anything changed among a network's members. */
  refresh(networkIds: Iterable<string>): void {
    for (const id of new Set(networkIds)) {
      const network = this.#records.network(id);
      if (network === undefined) this.#resolver.dropZone(id);
      else if (!isDefaultBridge(network)) this.#resolver.setZone(id, () => this.#zone(network));
    }
    this.#resolver.viewsChanged();
  }

  /** The lines of the sandbox's hosts file that follow its endpoints and links. */
  hostsEntries(sandbox: SandboxRecord): readonly HostsEntry[] {
    const names = hostNames(sandbox);
    return this.membersOf(sandbox).flatMap(({ network, endpoint, lease }) => [
      ...addressesOf(lease).map((address) => ({ address, names })),
      ...(isDefaultBridge(network) ? endpoint.request.links.flatMap((link) => this.#linkEntry(endpoint, link)) : []),
    ]);
  }

  /** `--add-host`. Throws Docker's error when "host-gateway" stands for nothing. */
  extraHosts(extraHosts: readonly string[]): readonly HostsEntry[] {
    return extraHosts.flatMap((text) => {
      const at = text.search(/[:=]/);
      if (at < 1) throw new AppError('invalid', `bad format for add-host: "${text}"`);
      const names = [text.slice(0, at)];
      const address = text.slice(at + 1).replace(/^\[(.*)\]$/, '$1');
      const addresses = address === 'host-gateway' ? this.#hostGateways() : [address];
      return addresses.map((one) => ({ address: one, names }));
    });
  }

  /** Sandboxes whose hosts file names others: those with links on the default network. */
  linking(): readonly SandboxRecord[] {
    const network = this.#records.networks().find(isDefaultBridge);
    if (network === undefined) return [];
    return this.#records
      .endpointsIn(network.id)
      .filter(({ lease, request }) => lease !== undefined && request.links.length > 0)
      .flatMap(({ containerId }) => this.#records.sandboxOf(containerId) ?? []);
  }

  #view(sandbox: SandboxRecord): SandboxView {
    const { id } = sandbox;
    const servers = sandbox.naming.dns.length > 0 ? sandbox.naming.dns : this.#options.dns;
    const options = sandbox.naming.dnsOptions.length > 0 ? sandbox.naming.dnsOptions : this.#options.dnsOptions;
    const members = (): readonly Member[] => this.membersOf(this.#records.sandbox(id) ?? sandbox);
    return {
      networks: () => members().map(({ network }) => network.id),
      servers,
      internalOnly: () => members().every(({ network }) => network.internal),
      aliases: () =>
        new Map(members().flatMap(({ endpoint }) => endpoint.request.links.map((link) => this.#alias(endpoint, link)))),
      passesSingleLabels: () => !options.some((option) => option.startsWith('ndots:')),
    };
  }

  /** A link's alias, and a name that the other container has now. */
  #alias(endpoint: EndpointRecord, link: string): readonly [alias: string, name: string] {
    const { alias, target } = linkOf(link);
    const renamed = endpoint.linked?.[target] !== undefined;
    const found = renamed ? this.#linked(endpoint, link)?.containerId : target;
    return [alias.toLowerCase(), this.#records.sandboxOf(found ?? target)?.containerName ?? target];
  }

  #zone(network: NetworkRecord): Zone {
    const records = this.#records.endpointsIn(network.id).flatMap(({ containerId, lease, request }) => {
      const sandbox = this.#records.sandboxOf(containerId);
      if (lease === undefined || sandbox === undefined) return [];
      const names = [sandbox.containerName, ...request.aliases, shortId(containerId), sandbox.hostname];
      return [
        {
          names: [...new Set(names)].filter((name) => name !== ''),
          addresses: addressesOf(lease),
          services: sandbox.exposed ?? [],
        },
      ];
    });
    return { name: network.name, records };
  }

  #linkEntry(endpoint: EndpointRecord, link: string): readonly HostsEntry[] {
    const found = this.#linked(endpoint, link);
    const sandbox = found && this.#records.sandboxOf(found.containerId);
    if (found?.lease === undefined || sandbox === undefined) return [];
    const names = [...new Set([linkOf(link).alias, sandbox.hostname, sandbox.containerName])];
    return addressesOf(found.lease).map((address) => ({ address, names }));
  }

  #linked(endpoint: EndpointRecord, link: string): EndpointRecord | undefined {
    return linkTargets(this.#records, this.#records.endpointsIn(endpoint.networkId), endpoint, link)[0];
  }

  #hostGateways(): readonly string[] {
    const { hostGatewayIps = [] } = this.#options;
    if (hostGatewayIps.length > 0) return hostGatewayIps;
    const own =
      this.#records
        .networks()
        .find(isDefaultBridge)
        ?.ipam.pools.flatMap(({ gateway }) => gateway ?? []) ?? [];
    if (own.length > 0) return own;
    throw new AppError('invalid', 'unable to derive the IP value for host-gateway: there is no default network');
  }
}

/** The full name, then its first label, whether the domain was given apart or within the host name. */
function hostNames({ hostname, domainname }: SandboxRecord): readonly string[] {
  const full = domainname === '' ? hostname : `${hostname}.${domainname}`;
  const [short = ''] = full.split('.');
  return short === '' || short === full ? [full] : [full, short];
}

const addressesOf = (lease: EndpointLease): readonly string[] =>
  [lease.ipv4, lease.ipv6].flatMap((address) => address?.split('/')[0] ?? []);
