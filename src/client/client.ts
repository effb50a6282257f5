import type { Address } from './address.ts';
import { Archives } from './archives.ts';
import { Containers } from './containers.ts';
import { Execs } from './execs.ts';
import { Images } from './images.ts';
import { Networks } from './networks.ts';
import { System } from './system.ts';
import { Transport } from './transport.ts';
import { Volumes } from './volumes.ts';

/** The engine's whole interface over its socket, by area. Calls throw ApiError or ConnectError. */
export class Client implements Disposable {
  readonly address: Address;
  readonly archives: Archives;
  readonly containers: Containers;
  readonly execs: Execs;
  readonly images: Images;
  readonly networks: Networks;
  readonly system: System;
  readonly volumes: Volumes;
  readonly #transport: Transport;

  constructor(address: Address) {
    this.address = address;
    this.#transport = new Transport(address);
    this.archives = new Archives(this.#transport);
    this.containers = new Containers(this.#transport);
    this.execs = new Execs(this.#transport);
    this.images = new Images(this.#transport);
    this.networks = new Networks(this.#transport);
    this.system = new System(this.#transport);
    this.volumes = new Volumes(this.#transport);
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }
}
