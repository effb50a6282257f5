import { AppError, Cidr, formatIp, parseIp } from '../../base/index.ts';
import type { Pool } from '../../store/records.ts';
import { BlockIndex } from './block-index.ts';
import { choosePool, holderName, itself } from './choose-pool.ts';
import { reservedFor } from './reserved.ts';
import type { AddressSpace, Holder, Holdings, PoolRequest } from './types.ts';
import { checkIpamConfig, type Families } from './validate.ts';

/** A network's addressing as asked for. */
export type AddressingRequest = Families & {
  readonly pools: readonly PoolRequest[];
  /** Families in which a pool has a gateway only if one was asked for. In the others its first address is one. */
  readonly withoutGateway?: readonly (4 | 6)[];
};

/**
 * The pools of a new network, as its record keeps them: what was asked for, checked, and the lowest free block for
 * each family that nothing was asked for. Texts and kinds of the errors are Docker's.
 */
export function planPools(request: AddressingRequest, space: AddressSpace): readonly Pool[] {
  const asked = request.pools.filter((pool) => !isEmpty(pool));
  checkIpamConfig(asked, request);
  const planned: Pool[] = [];
  const own: Holdings = new BlockIndex<Holder>();
  for (const family of familiesOf(request)) {
    const ofFamily = asked.filter(({ subnet = '' }) => subnet.includes(':') === (family === 6));
    for (const pool of ofFamily.length > 0 ? ofFamily : [{}]) {
      const made = planPool(pool, family, space, own, !request.withoutGateway?.includes(family));
      own.add(Cidr.parse(made.subnet), itself);
      planned.push(made);
    }
  }
  return planned;
}

/** Pools to be kept and not taken: as they were asked for, checked in themselves. */
export function configuredPools(families: Families, pools: readonly PoolRequest[]): readonly Pool[] {
  const asked = pools.filter((pool) => !isEmpty(pool));
  checkIpamConfig(asked, families);
  return asked.map(({ subnet = '', ...rest }) => ({ ...rest, subnet, automatic: false }));
}

const familiesOf = ({ ipv4, ipv6 }: Families): readonly (4 | 6)[] => [
  ...(ipv4 ? ([4] as const) : []),
  ...(ipv6 ? ([6] as const) : []),
];

const isEmpty = (pool: PoolRequest): boolean =>
  !pool.subnet && !pool.ipRange && !pool.gateway && Object.keys(pool.auxiliary ?? {}).length === 0;

function planPool(
  request: PoolRequest,
  family: 4 | 6,
  space: AddressSpace,
  own: Holdings,
  servesGateway: boolean,
): Pool {
  const asked = request.subnet ? Cidr.parse(request.subnet) : undefined;
  const sized = asked !== undefined && asked.first === 0n && asked.prefix > 0;
  const subnet = asked === undefined || sized ? automaticBlock(space, own, family, asked?.prefix) : asked;
  if (subnet === asked) {
    checkFree(subnet, own);
    if (!request.ipRange) checkFree(subnet, space.taken);
  }
  const gateway = request.gateway || servesGateway ? gatewayOf(request, subnet) : undefined;
  checkAuxiliary(request.auxiliary ?? {}, subnet, gateway);
  return {
    subnet: subnet.toString(),
    ...(request.ipRange ? { ipRange: request.ipRange } : {}),
    ...(gateway === undefined ? {} : { gateway }),
    ...(request.auxiliary === undefined ? {} : { auxiliary: request.auxiliary }),
    automatic: subnet !== asked,
  };
}

function automaticBlock(space: AddressSpace, own: Holdings, family: 4 | 6, prefix: number | undefined): Cidr {
  return choosePool({
    ...space,
    own,
    pools: family === 4 ? space.pools4 : space.pools6,
    ...(prefix === undefined ? {} : { prefix }),
  });
}

/** Not asked of a network with a range of its own: as in Docker, several may share a subnet then (macvlan, ipvlan). */
function checkFree(subnet: Cidr, taken: Holdings): void {
  const [other] = taken.overlapping(subnet);
  if (other === undefined) return;
  const [block, holder] = other;
  const text = 'invalid pool request: Pool overlaps with other one on this address space';
  throw new AppError('forbidden', `${text}: ${subnet} overlaps ${block} of ${holderName(holder)}`);
}

/** As asked, or the first usable address of what containers are served from. */
function gatewayOf(request: PoolRequest, subnet: Cidr): string {
  if (request.gateway) {
    const asked = parseIp(request.gateway);
    if (!subnet.contains(asked)) throw new AppError('invalid', 'default gateway ip must be part of the network');
    const why = reservedFor(subnet, asked.value);
    if (why === undefined) return formatIp(asked);
    const text = `failed to allocate gateway (${request.gateway}): Address already in use: it is ${why}`;
    throw new AppError('forbidden', text);
  }
  const block = request.ipRange ? Cidr.parse(request.ipRange) : subnet;
  const firstIsReserved = block.first === subnet.first && subnet.size > 2n && block.size > 1n;
  return formatIp(block.at(firstIsReserved ? 1n : 0n));
}

function checkAuxiliary(auxiliary: Readonly<Record<string, string>>, subnet: Cidr, gateway?: string): void {
  const seen = new Map(gateway === undefined ? [] : [[parseIp(gateway).value, 'the gateway']]);
  for (const [name, text] of Object.entries(auxiliary)) {
    const address = parseIp(text);
    if (!subnet.contains(address)) {
      throw new AppError('forbidden', `auxiliary address: (${name}:${text}) must belong to the master pool: ${subnet}`);
    }
    const holder = seen.get(address.value) ?? reservedFor(subnet, address.value);
    if (holder !== undefined) {
      const why = `Address already in use: it is ${holder}`;
      throw new AppError('forbidden', `failed to allocate secondary ip address (${name}:${text}): ${why}`);
    }
    seen.set(address.value, `the auxiliary address ${name}`);
  }
}
