import type { EventMessage, SystemInfo, SystemVersion } from '../../contract/index.ts';
import type { EventQuery } from '../events/bus.ts';
import type { Parts } from '../parts.ts';
import { diskUsage } from './disk-usage.ts';
import { engineInfo } from './info.ts';
import { engineVersion } from './version.ts';

/** The engine as a whole: version, info, events, disk usage. */
export class SystemBackend {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  version(): Promise<SystemVersion> {
    return engineVersion(this.#parts);
  }

  info(): Promise<SystemInfo> {
    return engineInfo(this.#parts);
  }

  events(query: EventQuery, signal: AbortSignal): AsyncIterable<EventMessage> {
    return this.#parts.events.subscribe(query, signal);
  }

  diskUsage(): Promise<object> {
    return diskUsage(this.#parts);
  }
}
