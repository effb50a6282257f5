import { AppError } from '../base/index.ts';
import type { Driver } from './driver.ts';

/** The drivers of one engine, by name. */
export class DriverRegistry {
  readonly #drivers: ReadonlyMap<string, Driver>;

  constructor(drivers: readonly Driver[]) {
    this.#drivers = new Map(drivers.map((driver) => [driver.name, driver]));
  }

  /** In alphabetical order. */
  names(): readonly string[] {
    return [...this.#drivers.keys()].sort();
  }

  /** Throws Docker's `not-found` for a driver that nobody brought. */
  get(name: string): Driver {
    const driver = this.#drivers.get(name);
    if (driver !== undefined) return driver;
    const known = [...this.#drivers.keys()].join(', ');
    throw new AppError(
      'not-found',
      `could not resolve driver ${name} in registry: plugin "${name}" not found (drivers here: ${known})`,
    );
  }
}
