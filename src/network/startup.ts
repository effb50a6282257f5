import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../base/index.ts';
import { listAddresses } from '../netlink/rt/address.ts';
import { findLink } from '../netlink/rt/link.ts';
import type { NetworkRecord, Pool } from '../store/records.ts';
import type { Addressing } from './addressing.ts';
import type { Core } from './core.ts';
import { bridgeOptions } from './drivers/bridge/index.ts';
import { isRemoteIpam } from './external/ipams.ts';
import { removeUnfinished } from './external/unfinished.ts';
import type { Networks } from './networks.ts';
import { emptyPlan } from './plan/merge.ts';
import { brief } from './plugins/index.ts';
import { type DefaultLink, defaultBridge, singleton } from './predefined.ts';
import { hostPortsOf, ownerOf, serve } from './publishing.ts';

/** The networks that are always there, as the flags say now. */
export async function ensurePredefined(core: Core, addressing: Addressing): Promise<void> {
  const { records, options } = core;
  const byName = (name: string): NetworkRecord | undefined => records.networks().find((one) => one.name === name);
  records.putNetwork(singleton({ name: 'host', driver: 'host', ipv4: true }, byName('host')));
  records.putNetwork(singleton({ name: 'none', driver: 'null', ipv4: false }, byName('none')));
  const before = byName('bridge');
  const after = options.bridge === 'none' ? undefined : defaultOf(core, addressing, before);
  if (after !== undefined) records.putNetwork(after);
  else if (before !== undefined) records.deleteNetwork(before.id);
  if (before === undefined) return;
  const plan = core.planner.network(before);
  await core.reconciler.change(plan, after === undefined ? emptyPlan : core.planner.network(after));
}

function defaultOf(core: Core, addressing: Addressing, before: NetworkRecord | undefined): NetworkRecord {
  const { options, drivers, records } = core;
  const bridge = options.bridge ?? before?.options[bridgeOptions.name] ?? freeBridge(core);
  const choose = (family: 4 | 6): Pool =>
    addressing.choosePools({ ipv4: family === 4, ipv6: family === 6, pools: [] })[0]!;
  const wanted = defaultBridge(options, before, linkOf(core, bridge), choose);
  const network = before === undefined ? wanted : withoutMoving(core, before, wanted);
  drivers.get('bridge').check(network, records.networks(), records.sharing(network));
  return network;
}

/**
 * The default network does not move under running containers: their addresses and routes are of the old subnet. A
 * family that one of them has an address of stays as it is until the start that finds none.
 */
function withoutMoving({ records, options }: Core, before: NetworkRecord, wanted: NetworkRecord): NetworkRecord {
  const leases = records.endpointsIn(before.id).flatMap(({ lease }) => lease ?? []);
  const poolOf = ({ ipam }: NetworkRecord, family: 4 | 6): Pool | undefined =>
    ipam.pools.find(({ subnet }) => subnet.includes(':') === (family === 6));
  const pools = ([4, 6] as const).flatMap((family) => {
    const [old, next] = [poolOf(before, family), poolOf(wanted, family)];
    const used = leases.some((lease) => (family === 4 ? lease.ipv4 : lease.ipv6) !== undefined);
    if (!used || old === undefined || isDeepStrictEqual(old, next)) return next ?? [];
    const text = next === undefined ? 'goes' : `becomes ${next.subnet}`;
    options.notice(`the default network keeps ${old.subnet} while containers are on it; it ${text} at the next start`);
    return old;
  });
  return { ...wanted, ipv6: pools.some(({ subnet }) => subnet.includes(':')), ipam: { ...wanted.ipam, pools } };
}

/** A bridge without our mark is somebody else's, who may have given it addresses. */
function linkOf({ reconciler, options }: Core, name: string): DefaultLink {
  const { route } = reconciler.host;
  const link = findLink(route, name);
  const foreign = link !== undefined && !link.alias.startsWith(`${options.table}:`);
  return { name, foreign, addresses: foreign ? listAddresses(route, link.index).map(({ cidr }) => cidr) : [] };
}

/** docker0, unless another engine of this namespace has it. */
function freeBridge({ options, reconciler }: Core): string {
  const taken = (name: string): boolean => findLink(reconciler.host.route, name) !== undefined;
  if (!taken('docker0')) return 'docker0';
  let number = 0;
  while (taken(`portolan${number}`)) number++;
  options.notice(`the link docker0 is somebody else's: the default bridge is portolan${number}`);
  return `portolan${number}`;
}

/** Forgets sandboxes whose namespace is gone, as all are after the machine was started anew. */
export function dropLostSandboxes({ records, leases, pins, debts, log }: Core): void {
  for (const sandbox of records.sandboxes().filter(({ id }) => !pins.exists(id))) {
    log.info(`network: the sandbox of ${sandbox.containerName} is gone`);
    records.transaction(() => {
      for (const endpoint of records.endpointsOf(sandbox.containerId)) {
        debts.owe(endpoint);
        leases.end(endpoint, sandbox.containerName);
      }
      records.deleteSandbox(sandbox);
    });
  }
}

/**
 * Sandboxes whose records are from before each family had a gateway of its own: theirs is told by the rule that chose it,
 * else the comparison with the kernel would take away the IPv6 default route of containers that run.
 */
export function completeGateways({ records, planner }: Core): void {
  if (!records.networks().some(({ ipv6 }) => ipv6)) return;
  for (const sandbox of records.sandboxes()) {
    if (sandbox.gateway6EndpointId !== undefined) continue;
    const leased = records.endpointsOf(sandbox.containerId).filter(({ lease }) => lease !== undefined);
    const { ipv6 } = planner.gatewaysAmong(leased);
    if (ipv6 !== undefined) records.putSandbox({ ...sandbox, gateway6EndpointId: ipv6.id });
  }
}

/** Takes back connections of running containers that a plugin had not answered for when the engine ended. */
export function dropProvisional({ records, debts }: Core): void {
  const endpoints = records.networks().flatMap(({ id }) => records.endpointsIn(id));
  for (const endpoint of endpoints) {
    if (endpoint.provisional !== true) continue;
    records.transaction(() => {
      debts.owe(endpoint);
      records.deleteEndpoint(endpoint);
    });
  }
}

/** Tells plugins what they have not heard while the engine or they were away. */
export async function remind(core: Core, networks: Networks): Promise<void> {
  const { records, ipams, debts, log } = core;
  const names = new Set(
    records
      .networks()
      .filter(isRemoteIpam)
      .map(({ ipam }) => ipam.driver),
  );
  const greet = async (name: string): Promise<void> => {
    // One that keeps nothing itself is told what it gave.
    await ipams
      .named(name)
      .capabilities(brief)
      .catch((error: unknown) => log.warn(`network: ${messageOf(error)}`));
  };
  await Promise.all([...names].map(greet));
  await Promise.all([debts.settleAll(), removeUnfinished(core, (id) => networks.remove(id))]);
}

/**
 * Names first: containers run on, what they have asked since the engine ended waits, and the records alone say the answer.
 * Where the kernel has to be mended before, `resume` opens the rest.
 */
export function answer({ records, names, pins, log }: Core): void {
  names.refresh(records.networks().map(({ id }) => id));
  for (const sandbox of records.sandboxes()) {
    try {
      pins.with(sandbox.id, (netns) => names.open(sandbox, netns));
    } catch (error) {
      log.debug(`network: names of ${sandbox.containerName} wait for its repair: ${messageOf(error)}`);
    }
  }
}

/** What lives in this process for the sandboxes that are up: port reservations, relays, the resolver. */
export async function resume(core: Core): Promise<void> {
  const { records, ports, names, pins, log } = core;
  for (const sandbox of records.sandboxes()) {
    const lost = await ports.restore(ownerOf(sandbox), hostPortsOf(sandbox));
    for (const text of lost) log.warn(`container ${sandbox.containerName}: ${text}`);
    serve(core, sandbox);
    pins.with(sandbox.id, (netns) => names.repair(sandbox, netns));
  }
}

/** What leads to the resolver within each sandbox; a turn of the event loop for each. One line for each mended. */
export async function repairResolvers({ records, names, pins }: Core): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const sandbox of records.sandboxes()) {
    pins.with(sandbox.id, (netns) => {
      if (names.repair(sandbox, netns))
        lines.push(`added redirection to the resolver (container ${sandbox.containerName})`);
    });
    await setImmediate();
  }
  return lines;
}
