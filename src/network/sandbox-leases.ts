import type { EndpointRecord, NetworkRecord, SandboxRecord } from '../store/records.ts';
import type { Core } from './core.ts';
import { acquire, expectNetwork, type Leased, surrender } from './external/joining.ts';
import { networkNotFound } from './lookup.ts';

/**
 * Addresses for a sandbox that is about to be built, all or none. The records first: a kernel that has more than them is
 * cleaned at the next start, one that has less is mended.
 */
export async function leaseAll(
  core: Core,
  sandbox: SandboxRecord,
  endpoints: readonly EndpointRecord[],
): Promise<readonly Leased[]> {
  const { records, drivers } = core;
  await using undo = new AsyncDisposableStack();
  const leased: Leased[] = [];
  const joined: NetworkRecord[] = [];
  records.putSandbox(sandbox);
  undo.defer(() => records.deleteSandbox(sandbox));
  for (const endpoint of endpoints) {
    const network = records.network(endpoint.networkId);
    if (network === undefined) throw networkNotFound(endpoint.networkId);
    if (!drivers.get(network.driver).addressed) continue;
    const taken = leased.map(({ lease }) => lease.interface);
    const one = await acquire(core, sandbox, network, endpoint, taken, 'keep');
    undo.defer(() => surrender(core, sandbox, one, 'keep'));
    leased.push(one);
    joined.push(network);
  }
  for (const network of joined) expectNetwork(core, network);
  records.transaction(() => {
    for (const endpoint of leased) records.putEndpoint(endpoint);
  });
  undo.move();
  return leased;
}
