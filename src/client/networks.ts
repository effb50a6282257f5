import { parseExact } from '../base/index.ts';
import type { NetworkConnectBody, NetworkCreateBody, NetworkInspect } from '../contract/index.ts';
import { encodeFilters } from './filters.ts';
import type { Transport } from './transport.ts';
import type { Filters, PruneOptions, Requested } from './values.ts';

/** /networks, and what Portolan adds to it. */
export class Networks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  create(body: Requested<NetworkCreateBody>): Promise<{ readonly Id: string; readonly Warning: string }> {
    return this.#transport.json('POST', '/networks/create', { json: body });
  }

  list(filters?: Filters): Promise<readonly NetworkInspect[]> {
    return this.#transport.json('GET', '/networks', { query: { filters: encodeFilters(filters) } });
  }

  inspect(
    ref: string,
    options: { readonly verbose?: boolean; readonly scope?: string | undefined } = {},
  ): Promise<NetworkInspect> {
    // Counts of addresses go beyond what a double holds.
    return this.#transport.json('GET', `/networks/${encodeURIComponent(ref)}`, { query: options }, parseExact);
  }

  async remove(ref: string): Promise<void> {
    await this.#transport.run('DELETE', `/networks/${encodeURIComponent(ref)}`);
  }

  async connect(ref: string, body: Requested<NetworkConnectBody>): Promise<void> {
    await this.#transport.run('POST', `/networks/${encodeURIComponent(ref)}/connect`, { json: body });
  }

  async disconnect(ref: string, container: string, force: boolean): Promise<void> {
    const json = { Container: container, Force: force };
    await this.#transport.run('POST', `/networks/${encodeURIComponent(ref)}/disconnect`, { json });
  }

  prune(options: PruneOptions): Promise<{ readonly NetworksDeleted: readonly string[] | null }> {
    return this.#transport.json('POST', '/networks/prune', { query: { filters: encodeFilters(options.filters) } });
  }

  /** Makes the kernel agree with the records again. Both lists name kernel objects. */
  repair(): Promise<{ readonly restored: readonly string[]; readonly removed: readonly string[] }> {
    return this.#transport.json('POST', '/portolan/network/repair');
  }
}
