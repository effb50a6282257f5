import { messageOf } from '../../base/index.ts';
import type { NetworkRecord } from '../../store/records.ts';
import type { Core } from '../core.ts';
import { Unreachable } from '../plugins/index.ts';
import { returnPools } from './pools.ts';

/** Has the network's plugin make it. Throws what the plugin says; whether it heard us or not, nothing is left of it. */
export async function makeElsewhere({ drivers, log }: Core, network: NetworkRecord): Promise<void> {
  const { external } = drivers.get(network.driver);
  try {
    await external?.createNetwork(network);
  } catch (error) {
    if (error instanceof Unreachable) {
      await external?.deleteNetwork(network).catch((again: unknown) => {
        log.warn(`network ${network.name}: ${messageOf(again)}`);
      });
    }
    throw error;
  }
}

/** Has the network's plugins forget it, and what they still know of its endpoints. Never throws: it goes without them. */
export async function unmakeElsewhere(core: Core, network: NetworkRecord): Promise<void> {
  const { external } = core.drivers.get(network.driver);
  await core.debts.settle(network.id);
  await external?.deleteNetwork(network).catch((error: unknown) => {
    core.log.warn(`network ${network.name} (${network.id}) is removed without its plugin: ${messageOf(error)}`);
  });
  await returnPools(core, network);
}
