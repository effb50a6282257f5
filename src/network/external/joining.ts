import { AppError } from '../../base/index.ts';
import type { EndpointLease, EndpointRecord, NetworkRecord, SandboxRecord } from '../../store/records.ts';
import type { Core } from '../core.ts';
import { networkNotFound } from '../lookup.ts';
import { freeInterface } from '../new-lease.ts';
import { leaseOf } from './addresses.ts';
import type { ExternalDriver } from './driver.ts';

export type Leased = EndpointRecord & { readonly lease: EndpointLease };

/**
 * What an endpoint needs before its plan: addresses and a name, and of a plugin's network also that the plugin makes it
 * and joins it to the sandbox. The records of plugins' endpoints are written on the way, before each call. `taken` are
 * the names of the sandbox's interfaces. Throws Docker's errors, and then `surrender` has been done with `record`.
 */
export async function acquire(
  core: Core,
  sandbox: SandboxRecord,
  network: NetworkRecord,
  endpoint: EndpointRecord,
  taken: readonly string[],
  record: 'keep' | 'drop',
): Promise<Leased> {
  expectNetwork(core, network);
  const driver = core.drivers.get(network.driver);
  await core.debts.settle(network.id);
  const inside = freeInterface(taken, driver.interfaceName(network, endpoint.request));
  const whole = await leaseOf(core, network, endpoint, inside, sandbox.containerName);
  const lease = driver.lease?.(whole) ?? whole;
  await core.left.silence(network.id, lease);
  if (driver.external === undefined) return { ...endpoint, lease };
  const { external } = driver;
  // A plugin chooses hardware addresses, unless the user does, or the one that was asked for an address knows it by them.
  const isChosen = endpoint.request.mac !== undefined || (await core.ipams.knowsMacs(network));
  const given = { ...lease, mac: isChosen ? lease.mac : '' };
  const begun: Leased = { ...endpoint, lease: given, ...(record === 'drop' ? { provisional: true } : {}) };
  expectNetwork(core, network);
  core.records.putEndpoint(begun);
  try {
    return await join(core, external, sandbox, begun, taken);
  } catch (error) {
    await surrender(core, sandbox, core.records.endpoint(endpoint.id) ?? begun, record);
    throw error;
  }
}

/** Throws Docker's error for a network that went while somebody else was asked. To be called just before it is used. */
export function expectNetwork({ records }: Core, { id, name }: NetworkRecord): void {
  const found = records.network(id);
  if (found === undefined || found.unfinished === true) throw networkNotFound(name);
}

async function join(
  { records, pins }: Core,
  external: ExternalDriver,
  sandbox: SandboxRecord,
  begun: Leased,
  taken: readonly string[],
): Promise<Leased> {
  const filled = await external.createEndpoint(begun, sandbox, begun.lease);
  const made = { ...begun, lease: { ...begun.lease, ...filled } };
  records.putEndpoint(made);
  const { join, prefix } = await external.join(made, sandbox, pins.path(sandbox.id));
  const name = freeInterface(taken, { prefix, wanted: undefined });
  const { provisional: _, ...rest } = made;
  const joined = { ...rest, lease: { ...made.lease, interface: name, plugin: join } };
  records.putEndpoint(joined);
  return joined;
}

/**
 * The reverse, when the kernel has let go of it: the endpoint is down, or gone with `drop`, and nobody has its addresses
 * any more. Never throws: what plugins do not hear stays owed.
 */
export async function surrender(
  core: Core,
  sandbox: SandboxRecord,
  endpoint: EndpointRecord,
  record: 'keep' | 'drop',
): Promise<void> {
  const { records, leases, debts } = core;
  const { networkId, lease } = endpoint;
  records.transaction(() => {
    debts.owe(endpoint);
    leases.end(endpoint, sandbox.containerName);
    if (record === 'drop') records.deleteEndpoint(endpoint);
  });
  await debts.settle(networkId);
  if (lease !== undefined) leases.giveBack(networkId, lease);
}

/** Tells plugins which endpoint leads a sandbox out now, and which no longer does. Throws what a plugin says. */
export async function expose(core: Core, before: SandboxRecord | undefined, after: SandboxRecord): Promise<void> {
  const [past, next] = [gatewaysOf(before), gatewaysOf(after)];
  for (const id of past) {
    const one = next.has(id) ? undefined : externalOf(core, id);
    await one?.external.conceal(one.endpoint.networkId, id);
  }
  for (const id of next) {
    const one = past.has(id) ? undefined : externalOf(core, id);
    if (one !== undefined) await exposeOne(one, after);
  }
}

async function exposeOne({ endpoint, external }: External, sandbox: SandboxRecord): Promise<void> {
  try {
    await external.expose(endpoint, sandbox);
  } catch (error) {
    const what = `driver failed programming external connectivity on endpoint ${sandbox.containerName} (${endpoint.id})`;
    throw error instanceof AppError ? new AppError(error.kind, `${what}: ${error.message}`, { cause: error }) : error;
  }
}

/** Ids of the endpoints that a sandbox leads out through, in one family or both. */
const gatewaysOf = (sandbox: SandboxRecord | undefined): ReadonlySet<string> =>
  new Set([sandbox?.gatewayEndpointId, sandbox?.gateway6EndpointId].filter((id) => id !== undefined));

export const leadsOut = (sandbox: SandboxRecord, endpointId: string): boolean => gatewaysOf(sandbox).has(endpointId);

type External = { readonly endpoint: EndpointRecord; readonly external: ExternalDriver };

function externalOf({ records, drivers }: Core, endpointId: string): External | undefined {
  const endpoint = records.endpoint(endpointId);
  const network = endpoint && records.network(endpoint.networkId);
  const external = network && drivers.get(network.driver).external;
  return endpoint === undefined || external === undefined ? undefined : { endpoint, external };
}
