import type { Call } from './call.ts';
import type { Reply } from './client.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** One row of the API. Paths have no version prefix; a name that may hold slashes is written `:name`, too. */
export type Route = {
  readonly method: Method;
  readonly path: string;
  /** The first API version that has it. */
  readonly since?: `1.${number}`;
  /** Whether the client may turn the connection into a stream both ways. */
  readonly upgrade?: true;
  handle(call: Call): Reply | Promise<Reply>;
};
