import type { Duplex } from 'node:stream';
import type { ExecCreateBody, ExecInspect } from '../contract/index.ts';
import type { Transport } from './transport.ts';
import type { Requested } from './values.ts';

/** A further process in a running container. */
export class Execs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  create(container: string, body: Requested<ExecCreateBody>): Promise<{ readonly Id: string }> {
    return this.#transport.json('POST', `/containers/${encodeURIComponent(container)}/exec`, { json: body });
  }

  async startDetached(id: string, tty: boolean): Promise<void> {
    await this.#transport.run('POST', `/exec/${id}/start`, { json: { Detach: true, Tty: tty } });
  }

  /** Starts it and hands back its stream: framed, unless it has a terminal. `size` is rows, columns. */
  start(id: string, tty: boolean, size?: readonly [number, number]): Promise<Duplex> {
    const json = { Detach: false, Tty: tty, ...(size === undefined ? {} : { ConsoleSize: size }) };
    return this.#transport.hijack(`/exec/${id}/start`, { json });
  }

  inspect(id: string): Promise<ExecInspect> {
    return this.#transport.json('GET', `/exec/${id}/json`);
  }

  async resize(id: string, height: number, width: number): Promise<void> {
    await this.#transport.run('POST', `/exec/${id}/resize`, { query: { h: height, w: width } });
  }
}
