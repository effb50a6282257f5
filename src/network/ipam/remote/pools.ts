import { AppError, Cidr, formatIp, parseIp } from '../../../base/index.ts';
import type { Pool } from '../../../store/records.ts';
import type { PoolRequest } from '../types.ts';
import { checkIpamConfig, type Families } from '../validate.ts';
import type { GivenPool } from './answers.ts';
import type { RemoteIpam } from './remote-ipam.ts';

/** A network's addressing as asked of a plugin. */
export type RemotePoolsRequest = Families & {
  readonly pools: readonly PoolRequest[];
  readonly options: Readonly<Record<string, string>>;
  /** What the plugin must not give unasked, as it knows nothing of it: subnets of other networks, and who has them. */
  readonly excluded: (subnet: Cidr) => string | undefined;
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
  await using undo = new AsyncDisposableStack();
  const pools: Pool[] = [];
  for (const family of [4, 6] as const) {
    if (!(family === 4 ? request.ipv4 : request.ipv6)) continue;
    const own = asked.filter(({ subnet = '' }) => subnet.includes(':') === (family === 6));
    for (const wanted of own.length > 0 ? own : [{}]) {
      const given = await choose(ipam, request, wanted, { space, v6: family === 6 }, undo);
      pools.push(await furnish(ipam, wanted, given, space, undo));
    }
  }
  undo.move();
  return pools;
}

/** A pool that was not asked for by its subnet is one that nobody here has: others are kept aside until one fits. */
async function choose(
  ipam: RemoteIpam,
  { options, excluded }: RemotePoolsRequest,
  wanted: PoolRequest,
  where: { readonly space: string; readonly v6: boolean },
  undo: AsyncDisposableStack,
): Promise<GivenPool> {
  const query = { ...where, pool: wanted.subnet ?? '', subPool: wanted.ipRange ?? '', options };
  await using aside = new AsyncDisposableStack();
  for (let asked = 1; ; asked++) {
    const given = await ipam.requestPool(query);
    const found = wanted.subnet ? undefined : excluded(given.subnet);
    if (found === undefined) {
      undo.defer(() => ipam.releasePool(given.id));
      return given;
    }
    aside.defer(() => ipam.releasePool(given.id));
    if (asked < attempts) continue;
    const text = 'failed to get an address pool that does not overlap others';
    throw new AppError('internal', `${text}: ${asked} were offered, the last ${given.subnet}, which ${found} has`);
  }
}

async function furnish(
  ipam: RemoteIpam,
  wanted: PoolRequest,
  { id, subnet, gateway: offered }: GivenPool,
  space: string,
  undo: AsyncDisposableStack,
): Promise<Pool> {
  const taken = (address: string): void => undo.defer(() => ipam.releaseAddress(id, address));
  let gateway = offered;
  if (wanted.gateway || gateway === undefined) {
    gateway = await requestGateway(ipam, id, wanted.gateway);
    if (gateway !== undefined) taken(gateway);
  }
  for (const [name, address] of Object.entries(wanted.auxiliary ?? {})) {
    if (!subnet.contains(parseIp(address))) {
      const text = `auxiliary address: (${name}:${address}) must belong to the master pool: ${subnet}`;
      throw new AppError('forbidden', text);
    }
    await requestAuxiliary(ipam, id, name, address);
    taken(formatIp(parseIp(address)));
  }
  return {
    subnet: subnet.toString(),
    ...(wanted.ipRange ? { ipRange: wanted.ipRange } : {}),
    ...(gateway === undefined ? {} : { gateway }),
    ...(wanted.auxiliary === undefined ? {} : { auxiliary: wanted.auxiliary }),
    automatic: !wanted.subnet,
    remote: { id, space },
  };
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
