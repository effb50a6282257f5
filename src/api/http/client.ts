import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../../base/index.ts';

/** Who gets the answer. */
export type Client = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Present when the client asked to leave HTTP behind (`Upgrade: tcp`): the bare socket, after the request's body. */
  readonly upgrade: Duplex | undefined;
  readonly version: string;
  readonly log: Log;
};

/** What a route answers with: writes itself to the client, and settles when it is out. */
export type Reply = (client: Client) => Promise<void> | void;

/** A failure after the head is out can only be shown by a broken connection. */
export function breakOff(client: Client): void {
  client.response.destroy();
  client.upgrade?.destroy();
}
