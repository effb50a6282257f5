import { AppError, Cidr, formatIp, parseIp } from '../../base/index.ts';
import type { Pool } from '../../store/records.ts';
import { choosePool } from './choose-pool.ts';
import type { AddressSpace, PoolRequest } from './types.ts';
import { checkIpamConfig, type Families } from './validate.ts';

/** A network's addressing as asked for. */
export type AddressingRequest = Families & { readonly pools: readonly PoolRequest[] };

/**
 * The pools of a new network, as its record keeps them: what was asked for, checked, and for each family that has none
 * the lowest free block. Texts and kinds of the errors are Docker's.
 */
export function planPools(request: AddressingRequest, space: AddressSpace): readonly Pool[] {
  const asked = request.pools.filter((pool) => !isEmpty(pool));
  checkIpamConfig(
    asked.filter((pool) => pool.subnet !== undefined && pool.subnet !== ''),
    request,
  );
  const pools: Pool[] = [];
  for (const family of [4, 6] as const) {
    if (!(family === 4 ? request.ipv4 : request.ipv6)) continue;
    const own = asked.filter((pool) => familyOf(pool) === family);
    const requests = own.length > 0 ? own : [{}];
    for (const pool of requests) pools.push(planPool(pool, family, withPlanned(space, pools)));
  }
  return pools;
}

function planPool(request: PoolRequest, family: 4 | 6, space: AddressSpace): Pool {
  const asked = request.subnet === undefined || request.subnet === '' ? undefined : Cidr.parse(request.subnet);
  const automatic = asked === undefined || (asked.ip.value === 0n && asked.prefix > 0);
  const subnet = automatic ? automaticBlock(space, family, asked?.prefix) : checkFree(asked, request, space);
  const ipRange = request.ipRange || undefined;
  const gateway = request.gateway || defaultGateway(subnet, ipRange);
  checkAuxiliary(request.auxiliary ?? {}, subnet, gateway);
  if (gateway !== undefined && !subnet.contains(parseIp(gateway))) {
    throw new AppError('invalid', 'default gateway ip must be part of the network');
  }
  return {
    subnet: subnet.toString(),
    ...(ipRange === undefined ? {} : { ipRange }),
    ...(gateway === undefined ? {} : { gateway }),
    ...(request.auxiliary === undefined ? {} : { auxiliary: request.auxiliary }),
    automatic,
  };
}

function automaticBlock(space: AddressSpace, family: 4 | 6, prefix: number | undefined): Cidr {
  return choosePool({
    taken: space.taken,
    reserved: space.reserved,
    pools: family === 4 ? space.pools4 : space.pools6,
    ...(prefix === undefined ? {} : { prefix }),
  });
}

/** As in Docker, a network with a range of its own may share the subnet: macvlan networks live on that. */
function checkFree(subnet: Cidr, request: PoolRequest, space: AddressSpace): Cidr {
  if (request.ipRange) return subnet;
  const other = space.taken.find((holding) => holding.subnet.overlaps(subnet));
  if (other === undefined) return subnet;
  throw new AppError(
    'forbidden',
    `invalid pool request: Pool overlaps with other one on this address space: ${subnet} with ${other.subnet} of ${other.holder}`,
  );
}

/** The first usable address of the range that containers are served from. */
function defaultGateway(subnet: Cidr, ipRange: string | undefined): string | undefined {
  const block = ipRange === undefined ? subnet : Cidr.parse(ipRange);
  if (block.size === 1n) return ipRange === undefined ? formatIp(block.at(0n)) : formatIp(block.at(0n));
  const reservesFirst = block.first === subnet.first && subnet.size > 2n;
  return formatIp(block.at(reservesFirst ? 1n : 0n));
}

function checkAuxiliary(auxiliary: Readonly<Record<string, string>>, subnet: Cidr, gateway: string | undefined): void {
  const seen = new Set(gateway === undefined ? [] : [parseIp(gateway).value]);
  for (const [name, text] of Object.entries(auxiliary)) {
    const address = parseIp(text);
    if (!subnet.contains(address)) {
      throw new AppError('forbidden', `auxiliary address: (${name}:${text}) must belong to the master pool: ${subnet}`);
    }
    if (seen.has(address.value)) {
      throw new AppError(
        'forbidden',
        `failed to allocate secondary ip address (${name}:${text}): Address already in use`,
      );
    }
    seen.add(address.value);
  }
}

const withPlanned = (space: AddressSpace, planned: readonly Pool[]): AddressSpace => ({
  ...space,
  taken: [...space.taken, ...planned.map((pool) => ({ subnet: Cidr.parse(pool.subnet), holder: 'this same network' }))],
});

/** A pool without a subnet belongs to the family of what else it names, and to IPv4 when it names nothing. */
function familyOf(pool: PoolRequest): 4 | 6 {
  return (pool.subnet || pool.ipRange || pool.gateway || '').includes(':') ? 6 : 4;
}

const isEmpty = (pool: PoolRequest): boolean =>
  !pool.subnet && !pool.ipRange && !pool.gateway && Object.keys(pool.auxiliary ?? {}).length === 0;
