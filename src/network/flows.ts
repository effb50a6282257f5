import type { Log } from '../base/index.ts';
import { ConntrackConnection, deleteFlows, type Flow, type FlowPattern } from '../netlink/conntrack.ts';
import type { PublishedPort } from '../store/records.ts';
import type { RelayTarget } from './ports/index.ts';

const udp = 17; // IPPROTO_UDP, <linux/in.h>

/**
 * The kernel translates a connection as its first packet was, for as long as packets come: a client that never stops
 * would be led to a container that is gone. Whoever changes what a port leads to has such connections forgotten here.
 * Nobody waits for it.
 */
export class Flows implements Disposable {
  readonly #netns: number | undefined;
  readonly #log: Log;
  #connection: ConntrackConnection | undefined;
  #closed = false;

  /** `netns`: descriptor of the host's namespace; absent: the process's own. */
  constructor(netns: number | undefined, log: Log) {
    this.#netns = netns;
    this.#log = log;
  }

  /** Of a container's published ports that no longer lead to it. Afterwards the next packet is translated anew. */
  withdrawn(addresses: RelayTarget): void {
    for (const source of [addresses.ipv4, addresses.ipv6]) {
      if (source !== undefined) this.#forget({ family: familyOf(source), reply: { source } });
    }
  }

  /** Of UDP clients that were sending to these host ports before they led to the container. */
  published(ports: readonly PublishedPort[], addresses: RelayTarget): void {
    const spans = ports.filter(({ protocol }) => protocol === 'udp');
    if (spans.length === 0) return;
    for (const address of [addresses.ipv4, addresses.ipv6]) {
      if (address === undefined) continue;
      const stale = ({ original, reply }: Flow): boolean =>
        reply.source !== address && spans.some((span) => covers(span, original.destinationPort));
      this.#forget({ family: familyOf(address), original: { protocol: udp } }, stale);
    }
  }

  #forget(pattern: FlowPattern, only?: (flow: Flow) => boolean): void {
    if (this.#closed) return;
    this.#connection ??= ConntrackConnection.open(this.#netns);
    deleteFlows(this.#connection, pattern, only).catch((error: unknown) => {
      if (!this.#closed) this.#log.warn(`network: connections of before are still tracked: ${error}`);
    });
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#connection?.[Symbol.dispose]();
  }
}

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);

const covers = ({ hostPort, count }: PublishedPort, port: number | undefined): boolean =>
  port !== undefined && port >= hostPort && port < hostPort + count;
