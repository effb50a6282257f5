import { isIp } from '../base/index.ts';
import type { EndpointRecord } from '../store/records.ts';

type Listener = (networkId: string, address: string, claimed: boolean) => void;

/**
 * The addresses that endpoints ask for, by network: kept for them also while they are down. Two endpoints may ask for
 * the same one, as long as only one of them is up.
 */
export class Claims {
  /** By network and address: the ids of who asks for it. */
  readonly #networks = new Map<string, Map<string, Set<string>>>();
  #listener: Listener = () => {};

  /** Told when an address is asked for first, and when nobody asks for it any more. One listener. */
  onChange(listener: Listener): void {
    this.#listener = listener;
  }

  of(networkId: string): Iterable<string> {
    return this.#networks.get(networkId)?.keys() ?? [];
  }

  add(endpoint: EndpointRecord): void {
    const { id, networkId } = endpoint;
    for (const address of asked(endpoint)) {
      const network = this.#networks.get(networkId) ?? new Map<string, Set<string>>();
      this.#networks.set(networkId, network);
      const who = network.get(address);
      if (who !== undefined) who.add(id);
      else {
        network.set(address, new Set([id]));
        this.#listener(networkId, address, true);
      }
    }
  }

  /** Safe to repeat. */
  remove(endpoint: EndpointRecord): void {
    const { id, networkId } = endpoint;
    const network = this.#networks.get(networkId);
    for (const address of asked(endpoint)) {
      const who = network?.get(address);
      if (network === undefined || who?.delete(id) !== true || who.size > 0) continue;
      network.delete(address);
      if (network.size === 0) this.#networks.delete(networkId);
      this.#listener(networkId, address, false);
    }
  }
}

const asked = ({ request }: EndpointRecord): readonly string[] =>
  [request.ipv4, request.ipv6].filter((address) => address !== undefined && isIp(address)) as string[];
