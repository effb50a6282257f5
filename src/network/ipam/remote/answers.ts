import * as v from 'valibot';
import { AppError, Cidr, formatIp, parseIp } from '../../../base/index.ts';
import { parseAnswer } from '../../plugins/index.ts';

/** Answers of an IPAM plugin, read into types. Each throws `internal` that says what is wrong, in Docker's words. */

const text = v.nullish(v.string(), '');
const refusal = v.object({ Error: text });

/** Throws what the plugin says is wrong. */
export function accepted(method: string, content: unknown): void {
  const { Error: why } = parseAnswer(refusal, method, content);
  if (why !== '') throw new AppError('internal', `remote: ${why}`);
}

export type Capabilities = {
  /** Wants an endpoint's hardware address with each request for an address. */
  readonly wantsMac: boolean;
  /** Keeps nothing on disk: what it gave has to be asked for again after it was started anew. */
  readonly forgets: boolean;
};

const flag = v.nullish(v.boolean(), false);
const capabilities = v.object({ RequiresMACAddress: flag, RequiresRequestReplay: flag });

export function capabilitiesOf(method: string, content: unknown): Capabilities {
  const { RequiresMACAddress: wantsMac, RequiresRequestReplay: forgets } = parseAnswer(capabilities, method, content);
  return { wantsMac, forgets };
}

const spaces = v.object({ LocalDefaultAddressSpace: text });

export const spaceOf = (method: string, content: unknown): string =>
  parseAnswer(spaces, method, content).LocalDefaultAddressSpace;

const pool = v.object({ PoolID: text, Pool: text, Data: v.nullish(v.record(v.string(), v.string()), {}) });

/** `gateway` without prefix, when the plugin chose it along with the pool. */
export type GivenPool = { readonly id: string; readonly subnet: Cidr; readonly gateway: string | undefined };

export function poolOf(method: string, content: unknown): GivenPool {
  const { PoolID: id, Pool, Data } = parseAnswer(pool, method, content);
  const subnet = cidr(method, Pool).network;
  const gateway = Data['com.docker.network.gateway'];
  return { id, subnet, gateway: gateway ? formatIp(cidr(method, gateway).ip) : undefined };
}

const address = v.object({ Address: text });

/** With prefix; undefined from a driver that has no addresses to give. */
export function addressOf(method: string, content: unknown): string | undefined {
  const { Address } = parseAnswer(address, method, content);
  return Address === '' ? undefined : cidr(method, Address).toString();
}

function cidr(method: string, given: string): Cidr {
  try {
    return Cidr.parse(given.includes('/') ? given : `${formatIp(parseIp(given))}/${given.includes(':') ? 128 : 32}`);
  } catch (cause) {
    throw new AppError('internal', `${method}: invalid CIDR address: ${given}`, { cause });
  }
}
