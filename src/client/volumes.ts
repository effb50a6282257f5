import type { VolumeCreateBody, VolumeInspect } from '../contract/index.ts';
import { encodeFilters } from './filters.ts';
import type { Transport } from './transport.ts';
import type { Filters, PruneOptions, Requested } from './values.ts';

/** /volumes: by name. */
export class Volumes {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  create(body: Requested<VolumeCreateBody>): Promise<VolumeInspect> {
    return this.#transport.json('POST', '/volumes/create', { json: body });
  }

  async list(filters?: Filters): Promise<readonly VolumeInspect[]> {
    const { Volumes: found } = await this.#transport.json<{ readonly Volumes: readonly VolumeInspect[] | null }>(
      'GET',
      '/volumes',
      { query: { filters: encodeFilters(filters) } },
    );
    return found ?? [];
  }

  inspect(name: string): Promise<VolumeInspect> {
    return this.#transport.json('GET', `/volumes/${encodeURIComponent(name)}`);
  }

  async remove(name: string, force: boolean): Promise<void> {
    await this.#transport.run('DELETE', `/volumes/${encodeURIComponent(name)}`, { query: { force } });
  }

  prune(
    options: PruneOptions,
  ): Promise<{ readonly VolumesDeleted: readonly string[] | null; readonly SpaceReclaimed: number }> {
    return this.#transport.json('POST', '/volumes/prune', { query: { filters: encodeFilters(options.filters) } });
  }
}
