import { AppError } from '../base/index.ts';
import type { NetworkRecord } from '../store/records.ts';
import type { Driver } from './driver.ts';

/** The drivers of one engine, by name. */
export class DriverRegistry {
  readonly #drivers: ReadonlyMap<string, Driver>;
  readonly #remote: (name: string) => Driver;
  readonly #known = new Map<string, Driver>();

  /** `remote` makes the driver of a plugin, whether or not there is one: its calls tell. */
  constructor(drivers: readonly Driver[], remote: (name: string) => Driver) {
    this.#drivers = new Map(drivers.map((driver) => [driver.name, driver]));
    this.#remote = remote;
  }

  /** In alphabetical order. */
  names(): readonly string[] {
    return [...this.#drivers.keys()].sort();
  }

  /** Of a network that is there: one of ours, or a plugin's, which is not asked. */
  get(name: string): Driver {
    let driver = this.#drivers.get(name) ?? this.#known.get(name);
    if (driver === undefined) {
      driver = this.#remote(name);
      this.#known.set(name, driver);
    }
    return driver;
  }

  /** Of a new network, and where its networks are. Throws Docker's `not-found` for a driver that nobody brought. */
  async resolve(name: string): Promise<{ readonly driver: Driver; readonly scope: NetworkRecord['scope'] }> {
    const driver = this.#drivers.get(name);
    if (driver !== undefined) return { driver, scope: 'local' };
    const remote = this.#known.get(name) ?? this.#remote(name);
    try {
      const scope = (await remote.external?.scope()) ?? 'local';
      this.#known.set(name, remote);
      return { driver: remote, scope };
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'not-found') throw error;
      const known = [...this.#drivers.keys()].join(', ');
      const text = `could not resolve driver ${name} in registry: ${error.message} (drivers here: ${known})`;
      throw new AppError('not-found', text, { cause: error });
    }
  }
}
