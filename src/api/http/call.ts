import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError } from '../../base/index.ts';
import type { Query } from './query.ts';

/** A request, as the routes see it. */
export class Call {
  readonly query: Query;
  /** The API version that the client speaks: "1.45"; ours when it names none. */
  readonly version: string;
  /** Aborted when the client is gone before it was answered. */
  readonly signal: AbortSignal;
  readonly headers: IncomingHttpHeaders;
  readonly #open: () => Readable;
  #stream: Readable | undefined;
  readonly #params: Readonly<Record<string, string | undefined>>;
  readonly #json: () => Promise<unknown>;
  readonly #skipBody: () => Promise<void>;

  constructor(parts: {
    readonly params: Readonly<Record<string, string | undefined>>;
    readonly query: Query;
    readonly version: string;
    readonly signal: AbortSignal;
    readonly stream: () => Readable;
    readonly headers: IncomingHttpHeaders;
    readonly json: () => Promise<unknown>;
    readonly skipBody: () => Promise<void>;
  }) {
    this.query = parts.query;
    this.version = parts.version;
    this.signal = parts.signal;
    this.#open = parts.stream;
    this.headers = parts.headers;
    this.#params = parts.params;
    this.#json = parts.json;
    this.#skipBody = parts.skipBody;
  }

  /** The raw body, for archives. */
  get stream(): Readable {
    this.#stream ??= this.#open();
    return this.#stream;
  }

  /** A part of the path. Throws `invalid` when it is empty. */
  param(name: string): string {
    const value = this.#params[name];
    if (!value) throw new AppError('invalid', `missing ${name} in the request path`);
    return value;
  }

  /** Passes over a body that nobody reads, so that a connection which becomes a stream begins behind it. */
  skipBody(): Promise<void> {
    return this.#skipBody();
  }

  /** The body, decoded; undefined when there is none. Throws `invalid` with Docker's texts. */
  json(): Promise<unknown> {
    return this.#json();
  }

  /** The same where there must be one. */
  async neededJson(): Promise<unknown> {
    const document = await this.#json();
    if (document === undefined) throw new AppError('invalid', 'invalid JSON: got EOF while reading request body');
    return document;
  }
}
