import { AppError, Cidr, formatIp, parseIp } from '../../../base/index.ts';
import type { Pool } from '../../../store/records.ts';
import { hasAddresses } from '../address-pool.ts';
import type { PoolRequest } from '../types.ts';
import { checkIpamConfig, type Families } from '../validate.ts';
import type { GivenPool } from './answers.ts';
import type { RemoteIpam } from './remote-ipam.ts';
import { type TakenPool, TakenPools } from './taken-pools.ts';

/** A network's addressing as asked of a plugin. */
export type RemotePoolsRequest = Families & {
  readonly pools: readonly PoolRequest[];
  readonly options: Readonly<Record<string, string>>;
  /** What the plugin must not give unasked, as it knows nothing of it: subnets of other networks, and who has them. */
  readonly excluded: (subnet: Cidr) => string | undefined;
  /** Families in which a gateway is taken only if one was asked for. */
  readonly withoutGateway: readonly (4 | 6)[];
  /** Is told at each step all that the plugin has given until then: to be written down, and given back after a crash. */
  readonly note: (pools: readonly Pool[]) => void;
  /** Is told what could not be given back. */
  readonly refused: (error: unknown) => void;
};

/** How many pools that overlap something are kept aside, before the plugin is taken to have no other. */
const attempts = 16;

/**
 * Pools of a plugin for each family, each with its gateway and auxiliary addresses taken. What was taken before
 * something is refused is given back. Texts are Docker's.
 */
export async function requestPools(ipam: RemoteIpam, request: RemotePoolsRequest): Promise<readonly Pool[]> {
  const asked = request.pools.filter(({ subnet, ipRange, gateway }) => subnet || ipRange || gateway);
  checkIpamConfig(asked, request);
  const space = await ipam.space();
  const taken = new TakenPools(request.note);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => releasePools(ipam, taken.all, request.refused));
  const pools: Pool[] = [];
  for (const family of [4, 6] as const) {
    if (!(family === 4 ? request.ipv4 : request.ipv6)) continue;
    const own = asked.filter(({ subnet = '' }) => subnet.includes(':') === (family === 6));
    for (const wanted of own.length > 0 ? own : [{}]) {
      const given = await choose(ipam, request, wanted, { space, v6: family === 6 }, taken);
      const gateway = wanted.gateway || !request.withoutGateway.includes(family);
      pools.push(await furnish(ipam, wanted, given, gateway ? 'gateway' : 'none', taken));
    }
  }
  undo.move();
  return pools;
}

/** A pool that was not asked for by its subnet is one that nobody here has: others are kept aside until one fits. */
async function choose(
  ipam: RemoteIpam,
  { options, excluded, refused }: RemotePoolsRequest,
  wanted: PoolRequest,
  where: { readonly space: string; readonly v6: boolean },
  taken: TakenPools,
): Promise<TakenPool> {
  const query = { ...where, pool: wanted.subnet ?? '', subPool: wanted.ipRange ?? '', options };
  const aside: TakenPool[] = [];
  await using _ = {
    [Symbol.asyncDispose]: async () => {
      await releasePools(ipam, aside, refused);
      for (const pool of aside) taken.drop(pool);
    },
  };
  for (let asked = 1; ; asked++) {
    const pool = poolOf(await ipam.requestPool(query), wanted, where.space);
    taken.add(pool);
    const found = wanted.subnet || !hasAddresses(pool) ? undefined : excluded(Cidr.parse(pool.subnet));
    if (found === undefined) return pool;
    aside.push(pool);
    if (asked < attempts) continue;
    const text = 'failed to get an address pool that does not overlap others';
    throw new AppError('internal', `${text}: ${asked} were offered, the last ${pool.subnet}, which ${found} has`);
  }
}

const poolOf = ({ id, subnet, gateway }: GivenPool, wanted: PoolRequest, space: string): TakenPool => ({
  subnet: subnet.toString(),
  ...(wanted.ipRange ? { ipRange: wanted.ipRange } : {}),
  ...(gateway === undefined ? {} : { gateway }),
  automatic: !wanted.subnet,
  remote: { id, space },
});

/** The pool with its gateway, as asked for, offered along with it, or any, and with its auxiliary addresses. */
async function furnish(
  ipam: RemoteIpam,
  wanted: PoolRequest,
  given: TakenPool,
  needs: 'gateway' | 'none',
  taken: TakenPools,
): Promise<Pool> {
  const { id } = given.remote;
  let pool = given;
  const now = (more: Partial<Pool>): void => {
    const next = { ...pool, ...more };
    taken.replace(pool, next);
    pool = next;
  };
  if (wanted.gateway || (pool.gateway === undefined && needs === 'gateway')) {
    const gateway = await requestGateway(ipam, id, wanted.gateway);
    if (gateway !== undefined) now({ gateway });
  }
  const subnet = Cidr.parse(pool.subnet);
  for (const [name, address] of Object.entries(wanted.auxiliary ?? {})) {
    if (!subnet.contains(parseIp(address))) {
      const text = `auxiliary address: (${name}:${address}) must belong to the master pool: ${subnet}`;
      throw new AppError('forbidden', text);
    }
    await requestAuxiliary(ipam, id, name, address);
    now({ auxiliary: { ...pool.auxiliary, [name]: address } });
  }
  return pool;
}

async function requestGateway(ipam: RemoteIpam, id: string, wanted: string | undefined): Promise<string | undefined> {
  try {
    const given = await ipam.requestGateway(id, wanted || undefined);
    return given === undefined ? undefined : formatIp(Cidr.parse(given).ip);
  } catch (error) {
    throw reworded(error, `failed to allocate gateway (${wanted ?? ''})`);
  }
}

async function requestAuxiliary(ipam: RemoteIpam, id: string, name: string, address: string): Promise<void> {
  try {
    await ipam.requestAddress(id, formatIp(parseIp(address)), '');
  } catch (error) {
    throw reworded(error, `failed to allocate secondary ip address (${name}:${address})`);
  }
}

const reworded = (error: unknown, lead: string): unknown =>
  error instanceof AppError ? new AppError(error.kind, `${lead}: ${error.message}`, { cause: error }) : error;

/** Gives back all that `requestPools` took; what is refused is told, and the rest goes on. */
export async function releasePools(
  ipam: RemoteIpam,
  pools: readonly Pool[],
  refused: (error: unknown) => void,
): Promise<void> {
  const attempt = (release: Promise<void>): Promise<void> => release.catch(refused);
  for (const { remote, gateway, auxiliary = {} } of pools) {
    if (remote === undefined) continue;
    const addresses = [...(gateway === undefined ? [] : [gateway]), ...Object.values(auxiliary)];
    for (const address of addresses) await attempt(ipam.releaseAddress(remote.id, formatIp(parseIp(address))));
    await attempt(ipam.releasePool(remote.id));
  }
}
