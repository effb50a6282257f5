import type { EventMessage, SystemInfo, SystemVersion } from '../contract/index.ts';
import { encodeFilters } from './filters.ts';
import { jsonLines } from './lines.ts';
import type { Transport } from './transport.ts';
import type { Filters } from './values.ts';

/** What `GET /system/df` tells: what takes up room, in bytes. */
export type DiskUsage = {
  readonly LayersSize: number;
  readonly Images?:
    | readonly { readonly Size: number; readonly Containers: number; readonly SharedSize: number }[]
    | null;
  readonly Containers?: readonly { readonly SizeRw?: number; readonly State: string }[] | null;
  readonly Volumes?:
    | readonly { readonly UsageData?: { readonly Size: number; readonly RefCount: number } | null }[]
    | null;
};

/** The engine itself: who it is, what happens in it. */
export class System {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  version(): Promise<SystemVersion> {
    return this.#transport.json('GET', '/version');
  }

  info(): Promise<SystemInfo> {
    return this.#transport.json('GET', '/info');
  }

  diskUsage(): Promise<DiskUsage> {
    return this.#transport.json('GET', '/system/df');
  }

  /** `since` and `until` in seconds since 1970, with decimals. Resolves once the engine listens. */
  async events(
    options: {
      readonly since?: string | undefined;
      readonly until?: string | undefined;
      readonly filters?: Filters | undefined;
    },
    signal?: AbortSignal,
  ): Promise<AsyncIterable<EventMessage>> {
    const { since, until } = options;
    const query = { since, until, filters: encodeFilters(options.filters) };
    return jsonLines<EventMessage>(await this.#transport.open('GET', '/events', { query, signal }));
  }
}
