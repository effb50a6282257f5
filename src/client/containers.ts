import type { Duplex, Readable } from 'node:stream';
import type { ContainerInspect, ContainerStats, ContainerSummary, TopBody, UpdateBody } from '../contract/index.ts';
import { encodeFilters } from './filters.ts';
import { jsonLines } from './lines.ts';
import type { Transport } from './transport.ts';
import type { CreateRequest, Filters, PruneOptions, Requested } from './values.ts';

export type Condition = 'not-running' | 'next-exit' | 'removed';
export type ExitReport = { readonly StatusCode: number; readonly Error?: { readonly Message: string } | null };
export type StopOptions = { readonly timeoutSeconds?: number | undefined; readonly signal?: string | undefined };
export type AttachOptions = {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly logs?: boolean;
  /** "" means the engine's own: ctrl-p,ctrl-q. */
  readonly detachKeys?: string | undefined;
};
export type LogOptions = {
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** A number of lines, or "all". */
  readonly tail: string;
  /** Seconds since 1970, with up to nine decimals. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
};

/** /containers: a reference is an id, a unique id prefix or a name. */
export class Containers {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  create(
    body: CreateRequest,
    options: { readonly name?: string | undefined; readonly platform?: string | undefined } = {},
  ): Promise<{ readonly Id: string; readonly Warnings: readonly string[] | null }> {
    return this.#transport.json('POST', '/containers/create', { query: options, json: body });
  }

  list(options: {
    readonly all?: boolean;
    readonly limit?: number;
    readonly size?: boolean;
    readonly filters?: Filters;
  }): Promise<readonly ContainerSummary[]> {
    const { all, limit, size } = options;
    return this.#transport.json('GET', '/containers/json', {
      query: { all, limit, size, filters: encodeFilters(options.filters) },
    });
  }

  /** 0 changed, 1 added, 2 deleted. */
  changes(ref: string): Promise<readonly { readonly Path: string; readonly Kind: number }[]> {
    return this.#transport.json('GET', at(ref, 'changes'));
  }

  export(ref: string): Promise<Readable> {
    return this.#transport.open('GET', at(ref, 'export'));
  }

  commit(
    ref: string,
    options: {
      readonly repo: string;
      readonly author: string;
      readonly comment: string;
      readonly changes: readonly string[];
      /** "1" or "0". */
      readonly pause: string;
    },
  ): Promise<{ readonly Id: string }> {
    return this.#transport.json('POST', '/commit', { query: { container: ref, ...options } });
  }

  inspect(ref: string, size = false): Promise<ContainerInspect> {
    return this.#transport.json('GET', at(ref, 'json'), { query: { size } });
  }

  async start(ref: string, detachKeys?: string): Promise<void> {
    await this.#transport.run('POST', at(ref, 'start'), { query: { detachKeys } });
  }

  async stop(ref: string, options: StopOptions): Promise<void> {
    await this.#transport.run('POST', at(ref, 'stop'), {
      query: { t: options.timeoutSeconds, signal: options.signal },
    });
  }

  async restart(ref: string, options: StopOptions): Promise<void> {
    const query = { t: options.timeoutSeconds, signal: options.signal };
    await this.#transport.run('POST', at(ref, 'restart'), { query });
  }

  async kill(ref: string, signal?: string): Promise<void> {
    await this.#transport.run('POST', at(ref, 'kill'), { query: { signal } });
  }

  async pause(ref: string): Promise<void> {
    await this.#transport.run('POST', at(ref, 'pause'));
  }

  async unpause(ref: string): Promise<void> {
    await this.#transport.run('POST', at(ref, 'unpause'));
  }

  async rename(ref: string, name: string): Promise<void> {
    await this.#transport.run('POST', at(ref, 'rename'), { query: { name } });
  }

  async remove(
    ref: string,
    options: { readonly force: boolean; readonly v: boolean; readonly link: boolean },
  ): Promise<void> {
    await this.#transport.run('DELETE', `/containers/${encodeURIComponent(ref)}`, { query: options });
  }

  update(ref: string, body: Requested<UpdateBody>): Promise<{ readonly Warnings: readonly string[] | null }> {
    return this.#transport.json('POST', at(ref, 'update'), { json: body });
  }

  /** Resolves once the engine waits; `exit` is the event itself. */
  async wait(
    ref: string,
    condition?: Condition,
    signal?: AbortSignal,
  ): Promise<{ readonly exit: Promise<ExitReport> }> {
    const answer = await this.#transport.open('POST', at(ref, 'wait'), { query: { condition }, signal });
    const exit = jsonLines<ExitReport>(answer)
      .next()
      .then(({ value }) => {
        if (value === undefined) throw new Error(`the engine ended the wait for ${ref} without an answer`);
        return value as ExitReport;
      });
    // Whoever gives up waiting does not look at it any more.
    exit.catch(() => {});
    return { exit };
  }

  attach(ref: string, options: AttachOptions): Promise<Duplex> {
    return this.#transport.hijack(at(ref, 'attach'), { query: { stream: true, ...options } });
  }

  async logs(ref: string, options: LogOptions, signal?: AbortSignal): Promise<AsyncIterable<Buffer>> {
    return this.#transport.open('GET', at(ref, 'logs'), { query: { stdout: true, stderr: true, ...options }, signal });
  }

  async resize(ref: string, height: number, width: number): Promise<void> {
    await this.#transport.run('POST', at(ref, 'resize'), { query: { h: height, w: width } });
  }

  top(ref: string, psArgs: string): Promise<TopBody> {
    return this.#transport.json('GET', at(ref, 'top'), { query: { ps_args: psArgs } });
  }

  async *stats(ref: string, stream: boolean, signal?: AbortSignal): AsyncGenerator<ContainerStats> {
    const query = { stream: stream ? 1 : 0 };
    yield* jsonLines<ContainerStats>(await this.#transport.open('GET', at(ref, 'stats'), { query, signal }));
  }

  prune(
    options: PruneOptions,
  ): Promise<{ readonly ContainersDeleted: readonly string[] | null; readonly SpaceReclaimed: number }> {
    return this.#transport.json('POST', '/containers/prune', { query: { filters: encodeFilters(options.filters) } });
  }
}

const at = (ref: string, verb: string): string => `/containers/${encodeURIComponent(ref)}/${verb}`;
